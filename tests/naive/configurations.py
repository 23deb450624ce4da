"""Random configurations for comparisons."""

import numpy as np


def apart(system, n, spread=1.0, closest=0.0, seed=1):
    """Normal configurations (n, N d) with no pair closer than `closest`, where cancellation would cost digits."""
    rng = np.random.default_rng(seed)
    chosen = []
    while len(chosen) < n:
        x = rng.normal(0.0, spread, (system.n_particles, system.n_dim))
        if smallest_distance(x) >= closest:
            chosen.append(x.ravel())
    return np.array(chosen)


def smallest_distance(x):
    """Smallest distance between any two of the points x (N, d)."""
    distances = np.linalg.norm(x[:, None] - x[None, :], axis=2)
    np.fill_diagonal(distances, np.inf)
    return distances.min()
