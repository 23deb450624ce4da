"""What the measuring loop keeps of a tile of walkers: energies, spreads, and moments of log-derivatives."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.elementary import is_finite
from numerics.link import kernel


@kernel
def moment_weights(E, reference, weights):
    """1 and E_L - reference of every walker of a tile, zeros where E_L is not finite; return how many are left out."""
    n_bad = 0
    for b in range(E.shape[1]):
        energy = -reference
        for c in range(E.shape[0]):
            energy += E[c, b]
        good = is_finite(energy)
        weights[0, b] = 1.0 if good else 0.0
        weights[1, b] = energy if good else 0.0
        n_bad += not good
    return n_bad


@kernel
def add_moments(O, weights, n_bad, moments):
    """moments (2, n_params) += weights (2, tile) O^T; O of walkers without weight may be anything."""
    if n_bad > 0:
        for b in range(O.shape[1]):
            if weights[0, b] == 0.0:
                O[:, b] = 0.0  # zero times infinity is not zero
    for k in range(O.shape[0]):
        row, first, second = O[k], 0.0, 0.0
        for b in range(row.size):
            first += weights[0, b] * row[b]
            second += weights[1, b] * row[b]
        moments[0, k] += first
        moments[1, k] += second


@kernel
def no_sums(p, X, weights, sums, first, ws):
    """Stands in for sums by products of matrices where a wave function has none."""


@kernel
def keep_energies(E, X, energies, offender):
    """Store the energy components of a tile (tile, n_components), and the first configuration that has none."""
    for b in range(X.shape[1]):
        total = 0.0
        for c in range(E.shape[0]):
            energies[b, c] = E[c, b]
            total += E[c, b]
        if not is_finite(total) and np.isnan(offender[0]):
            for k in range(offender.size):
                offender[k] = X[k, b]


def spread_rows(system: System) -> np.ndarray:
    """The row of the spreads that each coordinate counts in, (N d,): all axes of one mass, then those of the next."""
    kinds = np.array([system.distinct_masses.index(mass) for mass in system.particle_masses])
    return (kinds[:, None] * system.n_dim + np.arange(system.n_dim)).ravel()


@kernel
def keep_spreads(x, masses, rows, spreads):
    """Store sum_i m_i x_ik^2 over the particles of each mass of every walker of a tile, (n_masses d, tile)."""
    spreads[:] = 0.0
    for k in range(x.shape[0]):
        mass, row, out = masses[k], x[k], spreads[rows[k]]
        for b in range(row.size):
            out[b] += mass * row[b] * row[b]
