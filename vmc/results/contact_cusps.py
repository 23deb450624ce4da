"""Charges of two dimensions that meet: without the right cusp of psi there the energy has no variance.

With a slope of log psi other than that of docs/theory.md eq. (8) local energies go as 1 / r, of whose square there is
no average over a plane.  Whether a configuration near such a contact was among the samples is chance; the growth of
the estimated variance with their number is slow.
"""

from __future__ import annotations

import math

from vmc.build.hamiltonian import build_particles, contact_pole
from vmc.config import Config
from vmc.config.factor_sections import CuspedFactor, meeting_slope
from vmc.statistics import Estimate
from wavefunctions.jastrow.cusps import contact_slopes

#: Factors that have no cusp where two particles meet.
SMOOTH_AT_CONTACT = {
    *("gaussian", "rbm", "feed_forward", "deep_sets", "slater"),
    *("plane_wave_pairs", "radial_series", "gaussian_pair"),
}
#: Relative difference of two slopes that are the same.
SAME_SLOPE = 1e-9


def wrong_cusp(config: Config, energy: Estimate) -> str:
    """Whether charges of two dimensions meet where factors of psi have not the slope that the repulsion needs."""
    strength, system = contact_pole(config), build_particles(config)
    if not (system.n_dim == 2 and strength and system.particles_meet and energy.variance > 0.0 and _is_known(config)):
        return ""
    cusps = [meeting_slope(factor) for factor in config.wavefunction if isinstance(factor, CuspedFactor)]
    if not cusps:
        return (
            "variance    infinite, whatever its estimate: in two dimensions charges that meet need a cusp, which no "
            "factor of psi has here (pade has one); the error of the energy may be too small"
        )
    given = any(cusp is not None for cusp in cusps)
    if not given or system.common_mass is None:  # of several masses slopes may differ from pair to pair
        return ""
    needed = contact_slopes(system, strength)[-1]
    there = sum(needed if cusp is None else cusp for cusp in cusps)
    if math.isclose(there, needed, rel_tol=SAME_SLOPE):
        return ""
    return (
        f"variance    infinite, whatever its estimate: in two dimensions log psi needs a slope of {needed:.6g} where "
        f"these charges meet, and has {there:.6g} (cusp); the error of the energy may be too small"
    )


def _is_known(config: Config) -> bool:
    """Whether what all factors do at contact is known."""
    return all(
        isinstance(factor, CuspedFactor) or (factor.kind in SMOOTH_AT_CONTACT and not getattr(factor, "backflow", None))
        for factor in config.wavefunction
    )
