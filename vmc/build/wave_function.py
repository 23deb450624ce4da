"""From the tables 'wavefunction' to the wave function."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from vmc.config import factor_sections as tables
from vmc.build.hamiltonian import contact_pole
from vmc.build.seeds import term_seeds
from vmc.build.slater import build_slater
from vmc.build.refusals import refuse_unsound, sphere_radius
from vmc.config.hamiltonian_sections import Coulomb, ElectronGasSection, TrapSection, UserFunction
from vmc.config.schema import Config
from vmc.build.user_kernels import UserKernels
from vmc.errors import UserError
from wavefunctions.base import WaveFunction
from wavefunctions.custom import Custom
from wavefunctions.deep_sets import DeepSets
from wavefunctions.feed_forward import FeedForward
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import (
    GaussianPair,
    HardCore,
    Pade,
    PadeSeries,
    PairPolynomial,
    PlaneWavePairs,
    PowerLaw,
)
from wavefunctions.product import Product
from wavefunctions.radial_series import RadialSeries
from wavefunctions.rbm import RBM


def build_wave_function(config: Config, system: System, kernels: UserKernels) -> WaveFunction:
    """The factor, or the product of several."""
    refuse_unsound(config, system)
    seeds = term_seeds(config.seed, config.wavefunction)
    factors = [
        _factor(config, system, section, kernels, seed)
        for section, seed in zip(config.wavefunction, seeds, strict=True)
    ]
    return factors[0] if len(factors) == 1 else Product(*factors)


def _factor(config: Config, system: System, section: tables.Factor, kernels: UserKernels, seed: int) -> WaveFunction:
    match section:
        case tables.GaussianFactor():
            return _gaussian(config, system, section)
        case tables.RBMFactor():
            options = section.model_dump(exclude={"kind", "sigma"})
            length = ((system.common_mass or 1.0) * _softest(config)) ** -0.5
            return RBM(system, seed=seed, sigma=section.sigma or length, **options)
        case tables.FeedForwardFactor():
            options = section.model_dump(exclude={"kind"})
            return FeedForward(system, seed=seed, **options)
        case tables.DeepSetsFactor():
            options = section.model_dump(exclude={"kind"})
            return DeepSets(system, seed=seed, **options)
        case tables.PadeFactor():
            return Pade(system, section.beta, _pole(config, section), section.cusp, section.shared_beta)
        case tables.PadeSeriesFactor():
            return PadeSeries(system, section.order, section.beta, _pole(config, section), section.cusp)
        case tables.PairPolynomialFactor():
            strength = _pole(config, section)
            return PairPolynomial(system, section.order, section.cutoff, strength, section.cusp, section.shared)
        case tables.PlaneWavePairsFactor():
            return PlaneWavePairs(system, section.n_shells, section.shared)
        case tables.RadialSeriesFactor():
            return RadialSeries(system, section.order, section.length)
        case tables.HardCoreFactor():
            return HardCore(system, _core_radius(config, section))
        case tables.PowerLawFactor():
            return PowerLaw(system, section.exponent)
        case tables.GaussianPairFactor():
            return GaussianPair(system, section.gamma)
        case tables.SlaterFactor():
            return build_slater(config, system, section)
        case tables.UserFactor():
            return kernels.made("log_psi", lambda f: Custom(system, f, section.parameters, section.signed))
    raise TypeError(f"factor {section!r} is not known")


def _gaussian(config: Config, system: System, section: tables.GaussianFactor) -> Gaussian:
    """As wide as the trap's own state where no width is given."""
    alpha, aspect = 0.5 * _softest(config) if section.alpha is None else section.alpha, section.aspect
    if section.per_axis and section.alpha is None and aspect is None and isinstance(config.hamiltonian, TrapSection):
        axes = np.broadcast_to(config.hamiltonian.frequencies, system.n_dim)
        aspect = list(axes / axes.min())
    return Gaussian(system, alpha, aspect, section.per_axis)


def _softest(config: Config) -> float:
    """The lowest frequency of a trap, one where there is none."""
    return min(config.hamiltonian.frequencies) if isinstance(config.hamiltonian, TrapSection) else 1.0


def _pole(config: Config, section: tables.CuspedFactor) -> float:
    """Strength of the 1 / r at contact, which says what slope a pair factor has there where no cusp is given.

    Raises
    ------
    UserError
        where it is not known, of a user's interaction, and where it is zero and the factor is nothing but its slope.
    """
    strength = contact_pole(config)
    if strength is not None:
        return strength
    if isinstance(getattr(config.hamiltonian, "interaction", None), UserFunction) and section.cusp is None:
        raise UserError(
            f"wavefunction {section.kind}: cusp is missing: what the interaction of kind 'user' is like at contact "
            "is not known, expected a slope, 0 where it is finite there"
        )
    if section.kind == "pade" and section.cusp is None and config.system.n_dim > 1:
        raise UserError(
            "wavefunction pade: cusp is missing: the interaction has no 1 / r at contact, which would make a cusp; "
            "expected a number, or another factor: gaussian_pair, or pade_series or pair_polynomial, which begin flat"
        )
    return 0.0


def _core_radius(config: Config, section: tables.HardCoreFactor) -> float:
    radius = section.core_radius or sphere_radius(config)
    if not radius:
        raise UserError("wavefunction hard_core: core_radius is missing, and there is no hard_sphere interaction")
    return radius
