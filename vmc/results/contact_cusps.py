"""Charges of two dimensions that meet: without the right cusp of psi there the energy has no variance.

With a slope of log psi other than that of docs/theory.md eq. (8) local energies go as 1 / r, of whose square there is
no average over a plane.  Whether a configuration near such a contact was among the samples is chance; the growth of
the estimated variance with their number is slow.
"""

from __future__ import annotations

import math

from vmc.build.hamiltonian import build_particles
from vmc.config import Config
from vmc.config.factor_sections import PadeFactor, PadeSeriesFactor, PairPolynomialFactor
from vmc.config.hamiltonian_sections import Coulomb, ElectronGasSection
from vmc.statistics import Estimate
from wavefunctions.jastrow.cusps import contact_slopes

#: Factors that have no cusp where two particles meet, and those of which it is known.
SMOOTH_AT_CONTACT = {
    *("gaussian", "rbm", "feed_forward", "deep_sets", "slater"),
    *("plane_wave_pairs", "radial_series", "gaussian_pair"),
}
CUSPED = PadeFactor | PadeSeriesFactor | PairPolynomialFactor
#: Relative difference of two slopes that are the same.
SAME_SLOPE = 1e-9


def wrong_cusp(config: Config, energy: Estimate) -> str:
    """Whether charges of two dimensions meet where factors of psi have not the slope that the repulsion needs."""
    strength = _strength(config)
    system = build_particles(config)
    meet = system.n_particles > 1 and (system.n_up is None or system.has_both_spins)
    if not (system.n_dim == 2 and strength and meet and energy.variance > 0.0) or not _is_known(config):
        return ""
    cusps = [factor.cusp for factor in config.wavefunction if isinstance(factor, CUSPED)]
    if not cusps:
        return (
            "variance    infinite, whatever its estimate: in two dimensions charges that meet need a cusp, which no "
            "factor of psi has here (pade has one); the error of the energy may be too small"
        )
    given = any(cusp is not None for cusp in cusps)
    if not given or system.common_mass is None:  # of several masses slopes may differ from pair to pair
        return ""
    needed = contact_slopes(system, strength)[-1]
    there = sum(_slope(cusp, needed) for cusp in cusps)
    if math.isclose(there, needed, rel_tol=SAME_SLOPE):
        return ""
    return (
        f"variance    infinite, whatever its estimate: in two dimensions log psi needs a slope of {needed:.6g} where "
        f"these charges meet, and has {there:.6g} (cusp); the error of the energy may be too small"
    )


def _strength(config: Config) -> float:
    """Of the 1 / r of a pair; zero where it has none."""
    hamiltonian = config.hamiltonian
    if isinstance(hamiltonian, ElectronGasSection):
        return 1.0
    charges = hamiltonian.interaction
    return charges.strength if isinstance(charges, Coulomb) and charges.softening == 0.0 else 0.0


def _is_known(config: Config) -> bool:
    """Whether what all factors do at contact is known."""
    return all(
        isinstance(factor, CUSPED) or (factor.kind in SMOOTH_AT_CONTACT and not getattr(factor, "backflow", None))
        for factor in config.wavefunction
    )


def _slope(cusp: float | list[float] | None, needed: float) -> float:
    """Of a factor for the pairs that may meet, the last kind of them."""
    if cusp is None:
        return needed
    return cusp[-1] if isinstance(cusp, list) else cusp
