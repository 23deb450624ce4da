"""Numbers and checks of workload W3 that every peer shares: a feed-forward network in a two-dimensional dot.

    log psi = -1/2 sum_i x_i^2 + N(x),  N of sizes N d - hidden - hidden - 1, tanh,
    E_L = -1/2 sum_i (d_i^2 log psi + (d_i log psi)^2) + 1/2 sum_i x_i^2 + sum_(p<q) 1 / r_pq,

in units of the dot (omega = 1). A full sample is one move of all particles, one local energy, and its share of the
energy gradient (sums of O and E_L O). The larger network is run in three dimensions.
"""

import itertools

import measure
import numpy as np
import slow_twin

CASES = {"small": (6, 2, (64, 64)), "large": (14, 3, (128, 128))}  # particles, dimensions, hidden layers
STEP_SIZE = {"small": 0.2, "large": 0.1}
POINTS = 8


def sizes(case):
    n_particles, n_dim, hidden = CASES[case]
    return (n_particles * n_dim, *hidden, 1)


def parameters(case):
    """(W, b) of every layer, W (out, in): normal with variance 1 / in, and small biases."""
    rng = np.random.default_rng(7)
    shapes = itertools.pairwise(sizes(case))
    return [(rng.normal(0, n_in**-0.5, (n_out, n_in)), rng.normal(0, 0.1, n_out)) for n_in, n_out in shapes]


def log_psi(theta, x):
    """Log psi of configurations x (points, N d), plain NumPy."""
    units = x
    for layer, (w, b) in enumerate(theta):
        units = units @ w.T + b
        if layer < len(theta) - 1:
            units = np.tanh(units)
    return units[:, 0] - 0.5 * (x**2).sum(1)


def local_energy(case, theta, x):
    """E_L by differences: the slow twin."""
    gradient, laplacian = slow_twin.gradient_and_laplacian(lambda y: log_psi(theta, y), x)
    return -0.5 * (laplacian + (gradient**2).sum(1)) + slow_twin.dot_energy(x, CASES[case][1])


def checks(case, x, energies, acceptance):
    """The energies of some configurations against the slow twin, and an acceptance that means moves."""
    own = local_energy(case, parameters(case), np.asarray(x)[:POINTS])
    deviation = np.abs(np.asarray(energies)[:POINTS] / own - 1).max()
    return {
        "acceptance": measure.between(acceptance, 0.1, 0.9),
        "largest_relative_deviation_of_energies": measure.between(deviation, 0, 1e-6),
    }
