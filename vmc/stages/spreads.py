"""Whether the walkers are spread as far as |psi|^2 reaches, which the energy need not tell.

Along a soft axis walkers take long to get where psi is, while an energy that hardly depends on it looks settled from
the first measurement on; at an eigenstate it does wherever they are.  What is looked at is sum_i m_i x_ik^2 for each
axis k: it is the same for particles that change places, and on either side of a node.
"""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from vmc.observables.density_profiles import AXES
from vmc.stages.segments import half_means_of, walker_means_of
from vmc.statistics.walkers import MINIMUM_WALKERS, longest_length_in_tau, walker_drift


def n_axes(system: System) -> int:
    """How many axes there are along which walkers may have to spread; none in a cell, through which they go."""
    return 0 if system.cell is not None else system.n_dim


def spreads_of(system: System, X: np.ndarray) -> np.ndarray:
    """sum_i m_i x_ik^2 of configurations X (n, N d), (n, n_axes)."""
    if not n_axes(system):
        return np.empty((len(X), 0))
    return (system.coordinate_masses * X**2).reshape(len(X), -1, system.n_dim).sum(axis=1)


def spread_drifts(walker_sums: np.ndarray, first: int) -> dict[str, float]:
    """By how many sigmas the spread along each axis is larger in the second half; of few walkers nothing is known.

    Parameters
    ----------
    walker_sums : see :mod:`vmc.stages.segments`; the spreads are its last values, the first of them number `first`.
    """
    drifts = {}
    for value in range(first, walker_sums.shape[2] - 1):
        half_means = half_means_of(walker_sums, value=value)
        if half_means is not None and len(half_means) >= MINIMUM_WALKERS:
            drifts[_name(value - first)] = walker_drift(half_means)
    return drifts


def shortest_spread(walker_sums: np.ndarray, first: int, spreads: np.ndarray) -> tuple[str, float]:
    """Name and length of the run in autocorrelation times, at most, of the spread that is slowest; nan if not known.

    Parameters
    ----------
    walker_sums, first : as above.
    spreads : those of all walkers now, (n_walkers, n_axes).
    """
    slowest, length = "", np.nan
    for value in range(first, walker_sums.shape[2] - 1):
        means = walker_means_of(walker_sums, value=value)
        if means is None or len(means) < MINIMUM_WALKERS:
            continue
        own = longest_length_in_tau(means, spreads[:, value - first])
        if not own >= length:
            slowest, length = _name(value - first), own
    return slowest, float(length)


def _name(axis: int) -> str:
    return f"spread along {AXES[axis]}"
