"""Averages over |psi|^2 beside the energy: densities, distances, momenta, and functions of the user's.

One observable per file; :mod:`vmc.observables.base` says what an observable is.
"""

from vmc.observables.base import Axis, Observable, Points, Quantity, length_unit
from vmc.observables.configuration import configuration_average
from vmc.observables.density_map import density_map
from vmc.observables.density_profiles import density_profiles
from vmc.observables.kinetic_forms import kinetic_forms
from vmc.observables.measured import Measured
from vmc.observables.moments import moments
from vmc.observables.momentum_distribution import momentum_distribution
from vmc.observables.pair_correlation import pair_correlation
from vmc.observables.pair_distribution import pair_distribution
from vmc.observables.radial_density import radial_density
from vmc.observables.structure_factor import structure_factor

__all__ = [
    "Axis",
    "Measured",
    "Observable",
    "Points",
    "Quantity",
    "configuration_average",
    "density_map",
    "density_profiles",
    "kinetic_forms",
    "length_unit",
    "moments",
    "momentum_distribution",
    "pair_correlation",
    "pair_distribution",
    "radial_density",
    "structure_factor",
]
