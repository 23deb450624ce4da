"""Numbers and checks of workload W8 that every peer shares: one step of stochastic reconfiguration.

Given rows O (samples, parameters), not centred, and the energy gradient F: centre O, form S = O^T O / samples
and solve (S + shift) x = F. No autodiff, no sampling. S is well conditioned: kind to iterative solvers.
"""

import measure
import numpy as np

N_PARAMS = 1000
N_SAMPLES = 4000
DIAGONAL_SHIFT = 1e-3


def problem():
    """Rows O with correlated columns of unlike size and mean, and a right-hand side."""
    rng = np.random.default_rng(8)
    rows = rng.normal(size=(N_SAMPLES, N_PARAMS)) * rng.uniform(0.1, 2, N_PARAMS)
    rows += 0.5 * rng.normal(size=(N_SAMPLES, 1)) + rng.normal(size=N_PARAMS)
    return rows, rng.normal(size=N_PARAMS)


def checks(rows, gradient, solution):
    """Relative residual of the solution, with S formed anew by NumPy."""
    centred = rows - rows.mean(0)
    residual = centred.T @ (centred @ solution) / len(rows) + DIAGONAL_SHIFT * solution - gradient
    relative = np.linalg.norm(residual) / np.linalg.norm(gradient)
    return {"relative_residual": measure.between(relative, 0, 1e-9)}
