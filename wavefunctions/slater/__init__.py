"""Slater determinants of one-particle orbitals, a factor for each spin."""

from wavefunctions.slater.slater import Slater

__all__ = ["Slater"]
