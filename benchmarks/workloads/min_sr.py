"""Numbers and checks of workload W8's second part, which every peer shares: one step of minSR.

Given O (samples, parameters), not centred, and the local energies: centre both, form T = O O^T / samples, and return
O^T (T + shift)^-1 epsilon / samples.  No autodiff, no sampling.
"""

import measure
import numpy as np

N_PARAMS = 10_000
N_SAMPLES = 1000
DIAGONAL_SHIFT = 1e-3


def problem():
    """O with correlated columns of unlike size and mean, and energies."""
    rng = np.random.default_rng(9)
    O = rng.normal(size=(N_SAMPLES, N_PARAMS)) * rng.uniform(0.1, 2, N_PARAMS)
    O += 0.5 * rng.normal(size=(N_SAMPLES, 1)) + rng.normal(size=N_PARAMS)
    return O, rng.normal(size=N_SAMPLES)


def checks(O, energies, direction):
    """Relative residual of (S + shift) direction = O^T epsilon / samples, which has the same solution."""
    centred, epsilon = O - O.mean(0), energies - energies.mean()
    right = centred.T @ epsilon / len(O)
    residual = centred.T @ (centred @ direction) / len(O) + DIAGONAL_SHIFT * direction - right
    return {"relative_residual": measure.between(np.linalg.norm(residual) / np.linalg.norm(right), 0, 1e-9)}
