"""Slater determinants of one-particle orbitals, a factor for each spin, and sums of them."""

from wavefunctions.slater.expansion import SlaterExpansion
from wavefunctions.slater.slater import Slater

__all__ = ["Slater", "SlaterExpansion"]
