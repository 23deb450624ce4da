"""Backflow: determinants of orbitals at the coordinates of quasi-particles."""

from wavefunctions.backflow.backflow_slater import BackflowSlater
from wavefunctions.backflow.base import QuasiParticles
from wavefunctions.backflow.pair import PairBackflow

__all__ = ["BackflowSlater", "PairBackflow", "QuasiParticles"]
