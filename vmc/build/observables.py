"""From a table 'observables' to the observable."""

from __future__ import annotations

from hamiltonians.base import Hamiltonian
from vmc import observables
from vmc.config import observable_sections as tables
from vmc.build.user_kernels import UserKernels
from vmc.observables import Observable
from vmc.observables.names import refuse_taken_name
from wavefunctions.base import WaveFunction


def build_observable(
    section: tables.ObservableSection, hamiltonian: Hamiltonian, wave_function: WaveFunction, kernels: UserKernels
) -> Observable:
    """The observable a table names."""
    system, length = hamiltonian.system, observables.length_unit(hamiltonian.unit)
    match section:
        case tables.RadialDensitySection():
            return observables.radial_density(system, section.bins, section.r_max, length)
        case tables.DensityProfilesSection():
            return observables.density_profiles(system, section.bins, section.x_max, length)
        case tables.DensityMapSection():
            return observables.density_map(system, section.bins, section.x_max, length)
        case tables.PairDistributionSection():
            return observables.pair_distribution(system, section.bins, section.r_max, length)
        case tables.MomentsSection():
            return observables.moments(system, length)
        case tables.PairCorrelationSection():
            return observables.pair_correlation(system, section.bins, length)
        case tables.StructureFactorSection():
            return observables.structure_factor(system, section.shells, length)
        case tables.MomentumDistributionSection():
            return observables.momentum_distribution(wave_function, section.shells, length)
        case tables.KineticFormsSection():
            return observables.kinetic_forms(wave_function, hamiltonian.unit)
        case tables.UserObservable():
            constants = tuple(section.constants)
            refuse_taken_name(section.name, hamiltonian.components)
            return kernels.made(
                "observable",
                lambda f: observables.configuration_average(section.name, f, system, constants, section.units),
            )
    raise TypeError(f"observable {section!r} is not known")
