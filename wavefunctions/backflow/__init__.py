"""Backflow: determinants of orbitals at the coordinates of quasi-particles."""

from wavefunctions.backflow.backflow_slater import BackflowSlater
from wavefunctions.backflow.base import QuasiParticles
from wavefunctions.backflow.excitations import BackflowExcitations
from wavefunctions.backflow.expansion import BackflowExpansion
from wavefunctions.backflow.pair import PairBackflow
from wavefunctions.backflow.plane_waves import PlaneWaveBackflow
from wavefunctions.backflow.summed import SummedBackflow

__all__ = [
    "BackflowExcitations",
    "BackflowExpansion",
    "BackflowSlater",
    "PairBackflow",
    "PlaneWaveBackflow",
    "QuasiParticles",
    "SummedBackflow",
]
