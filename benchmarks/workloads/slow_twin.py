"""What checks of several workloads compare with: derivatives by differences, the energy of a dot. Plain NumPy."""

import itertools

import numpy as np

DIFFERENCE = 2e-3


def gradient_and_laplacian(log_psi, x):
    """Gradient and Laplacian of log psi, a function of configurations (points, n), by fourth-order differences."""
    gradient, laplacian, centre = np.empty_like(x), np.zeros(len(x)), log_psi(x)
    for k in range(x.shape[1]):
        shifted = {}
        for n in (-2, -1, 1, 2):
            y = x.copy()
            y[:, k] += n * DIFFERENCE
            shifted[n] = log_psi(y)
        first = 8 * (shifted[1] - shifted[-1]) - (shifted[2] - shifted[-2])
        second = 16 * (shifted[1] + shifted[-1]) - (shifted[2] + shifted[-2]) - 30 * centre
        gradient[:, k] = first / (12 * DIFFERENCE)
        laplacian += second / (12 * DIFFERENCE**2)
    return gradient, laplacian


def dot_energy(x, n_dim):
    """Trap (omega = 1) and Coulomb energy of configurations x (points, N d)."""
    r = x.reshape(len(x), -1, n_dim)
    pairs = itertools.combinations(range(r.shape[1]), 2)
    return 0.5 * (x**2).sum(1) + sum(1 / np.linalg.norm(r[:, p] - r[:, q], axis=1) for p, q in pairs)
