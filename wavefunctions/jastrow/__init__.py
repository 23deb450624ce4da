"""Jastrow factors exp(sum_{i<j} u(r_ij)): one pair sum, one radial function per file."""

from wavefunctions.jastrow.gaussian_pair import GaussianPair
from wavefunctions.jastrow.hard_core import HardCore
from wavefunctions.jastrow.pade import Pade
from wavefunctions.jastrow.pade_series import PadeSeries
from wavefunctions.jastrow.pair_polynomial import PairPolynomial
from wavefunctions.jastrow.pair_sum import Jastrow
from wavefunctions.jastrow.plane_wave_pairs import PlaneWavePairs
from wavefunctions.jastrow.power_law import PowerLaw

__all__ = ["GaussianPair", "HardCore", "Jastrow", "Pade", "PadeSeries", "PairPolynomial", "PlaneWavePairs", "PowerLaw"]
