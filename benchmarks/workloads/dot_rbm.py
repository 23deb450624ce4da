"""Numbers and checks of workload W2 that every peer shares: a Gaussian-binary RBM for a two-dimensional dot.

    psi = F(x) = exp(-sum_i (x_i - a_i)^2 / 2) prod_j (1 + exp(b_j + sum_i x_i W_ij)),   H = N d,
    E_L = -1/2 sum_i (d_i^2 log psi + (d_i log psi)^2) + 1/2 sum_i x_i^2 + sum_(p<q) 1 / r_pq,

in units of the dot (omega = 1), without exchange symmetry. No mean energy is compared: this psi has no cusp,
E_L grows as 1 / r, and in two dimensions its variance diverges (logarithmically).

The functions below are the slow twin: plain NumPy, derivatives by central differences.
"""

import measure
import numpy as np
import slow_twin

N_DIM = 2
SIZES = (2, 6)
STEP_SIZE = 0.8  # standard deviation of the proposed displacement, each coordinate
ACCEPTANCE = (0.2, 0.8)
SIGMAS = 5.0
POINTS = 16  # configurations that are compared with the slow twin one by one


def parameters(n_particles):
    """Biases a (M,), b (H,) and weights W (M, H), M = H = N d, from a normal distribution of width 0.1."""
    m = n_particles * N_DIM
    rng = np.random.default_rng(2025)
    return rng.normal(0, 0.1, m), rng.normal(0, 0.1, m), rng.normal(0, 0.1, (m, m))


def log_psi(theta, x):
    """Log psi of configurations x (points, M)."""
    a, b, w = theta
    return -0.5 * ((x - a) ** 2).sum(1) + np.logaddexp(0.0, b + x @ w).sum(1)


def log_derivatives(theta, x):
    """Derivatives of log psi in the order a, b, W (row by row), shape (points, M + H + M H)."""
    columns = []
    for k, values in enumerate(theta):
        for index in np.ndindex(values.shape):
            shifted = []
            for sign in (1, -1):
                changed = [v.copy() for v in theta]
                changed[k][index] += sign * slow_twin.DIFFERENCE
                shifted.append(log_psi(changed, x))
            columns.append((shifted[0] - shifted[1]) / (2 * slow_twin.DIFFERENCE))
    return np.stack(columns, 1)


def checks(theta, acceptance, x, energies, rows=None):
    """Checks of a peer's samples x (chains, M), one from each independent chain, its E_L and rows of O.

    The sampled density is tested by <laplacian + 2 |gradient|^2> = 0, which holds for |psi|^2.
    """
    x, energies = np.asarray(x), np.asarray(energies)
    gradient, laplacian = slow_twin.gradient_and_laplacian(lambda y: log_psi(theta, y), x)
    square = (gradient**2).sum(1)
    own = -0.5 * (laplacian + square) + slow_twin.dot_energy(x, N_DIM)
    zero = laplacian + 2 * square
    sigmas = zero.mean() / (zero.std(ddof=1) / np.sqrt(len(x)))
    result = {
        "acceptance": measure.between(acceptance, *ACCEPTANCE),
        "largest_relative_deviation_of_energies": measure.between(np.abs(energies / own - 1).max(), 0, 1e-6),
        "sigmas_of_density_identity": measure.between(sigmas, -SIGMAS, SIGMAS),
    }
    if rows is not None:
        deviation = np.abs(np.asarray(rows)[:POINTS] - log_derivatives(theta, x[:POINTS])).max()
        result["largest_deviation_of_log_derivatives"] = measure.between(deviation, 0, 1e-5)
    return result
