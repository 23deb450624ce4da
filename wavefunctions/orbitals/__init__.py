"""Sets of one-particle orbitals, what determinants are made of."""

from wavefunctions.orbitals.base import Orbitals
from wavefunctions.orbitals.combination import Combination
from wavefunctions.orbitals.factors import OrbitalFactors
from wavefunctions.orbitals.oscillator import Oscillator
from wavefunctions.orbitals.plane_waves import PlaneWaves

__all__ = ["Combination", "OrbitalFactors", "Orbitals", "Oscillator", "PlaneWaves"]
