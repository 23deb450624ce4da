"""Whether the walkers are spread as far as |psi|^2 reaches, which the energy need not tell.

Along a soft axis walkers take long to get where psi is, while an energy that hardly depends on it looks settled from
the first measurement on; at an eigenstate it does wherever they are.  What is looked at is sum_i m_i x_ik^2 for each
axis k: it is the same for particles that change places, and on either side of a node.  Particles of different masses
never change places, and each mass has a sum of its own: in one for all, the heavy would hide light ones that stand.
"""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from vmc.observables.density_profiles import AXES
from vmc.stages.segments import half_means_of, walker_means_of
from vmc.statistics.student import sigmas_among
from vmc.statistics.walkers import MINIMUM_WALKERS, longest_length_in_tau, walker_drift


def spread_names(system: System) -> list[str]:
    """What the spreads are called, all axes of one mass, then those of the next; none in a cell: all go through it."""
    axes = [] if system.cell is not None else [f"along {axis}" for axis in AXES[: system.n_dim]]
    if system.common_mass is not None:
        return [f"spread {axis}" for axis in axes]
    return [f"spread of mass {str(mass).removesuffix('.0')} {axis}" for mass in system.distinct_masses for axis in axes]


def spreads_of(system: System, X: np.ndarray) -> np.ndarray:
    """sum_i m_i x_ik^2 over the particles of each mass in configurations X (n, N d), (n, n_spreads)."""
    if system.cell is not None:
        return np.empty((len(X), 0))
    terms = (system.coordinate_masses * X**2).reshape(len(X), -1, system.n_dim)
    return np.concatenate(
        [terms[:, system.particle_masses == mass].sum(axis=1) for mass in system.distinct_masses], axis=1
    )


def spread_drifts(walker_sums: np.ndarray, system: System) -> dict[str, float]:
    """By how many sigmas each spread is larger in the second half; of few walkers nothing is known.

    Of several masses as many sigmas as are as improbable among the tests of all masses: false alarms are no more.

    Parameters
    ----------
    walker_sums : see :mod:`vmc.stages.segments`; the spreads are its last values.
    """
    drifts, names = {}, spread_names(system)
    for value, name in enumerate(names, start=_first(walker_sums, names)):
        half_means = half_means_of(walker_sums, value=value)
        if half_means is not None and len(half_means) >= MINIMUM_WALKERS:
            drifts[name] = sigmas_among(walker_drift(half_means), len(system.distinct_masses))
    return drifts


def shortest_spread(walker_sums: np.ndarray, spreads: np.ndarray, system: System) -> tuple[str, float]:
    """Name and length of the run in autocorrelation times, at most, of the spread that is slowest; nan if not known.

    Parameters
    ----------
    walker_sums : as above.
    spreads : those of all walkers now, (n_walkers, n_spreads).
    """
    slowest, length, names = "", np.nan, spread_names(system)
    for value, (name, now) in enumerate(zip(names, spreads.T, strict=True), start=_first(walker_sums, names)):
        means = walker_means_of(walker_sums, value=value)
        if means is None or len(means) < MINIMUM_WALKERS:
            continue
        own = longest_length_in_tau(means, now, len(system.distinct_masses))
        if not own >= length:
            slowest, length = name, own
    return slowest, float(length)


def _first(walker_sums: np.ndarray, names: list[str]) -> int:
    """The number of the first spread among the values, of which there is a count before."""
    return walker_sums.shape[2] - 1 - len(names)
