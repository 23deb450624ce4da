"""Densities in the plane that models learn, and how far draws are from them."""

from __future__ import annotations

import numpy as np
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.utils import gen_batches

from samplers.generative.diffusion.mixture import NormalMixture
from samplers.generative.targets import EightGaussians, TwoMoons

TOYS = {target.name: target for target in (EightGaussians(), TwoMoons())}
#: Three normal densities of unequal weights and widths.
THREE_GAUSSIANS = NormalMixture(
    np.array([0.3, 0.5, 0.2]), np.array([[-2.0, 0.0], [1.0, 1.5], [2.0, -2.0]]), np.array([0.3, 0.5, 0.2])
)
#: Widths of the kernels that the maximum mean discrepancy averages over.
WIDTHS = (0.1, 0.25, 0.5, 1.0)


def modes(X: np.ndarray) -> tuple[np.ndarray, float]:
    """Share of every mode of the eight Gaussians, by the nearest centre, and of rows within three widths of one."""
    target = EightGaussians()
    distance = np.linalg.norm(X[:, None] - target.centres, axis=2)
    return np.bincount(distance.argmin(axis=1), minlength=8) / len(X), float(target.modes_found(X).sum())


def squared_discrepancy(X: np.ndarray, Y: np.ndarray) -> float:
    """Squared maximum mean discrepancy of two samples (n, features), without bias; it may be negative.

    A. Gretton et al., J. Mach. Learn. Res. 13, 723 (2012), eq. (3): mean of k(x, x') + mean of k(y, y') over pairs of
    different rows, less twice the mean of k(x, y); k is the mean of normal kernels of all `WIDTHS`.
    """
    n, m = len(X), len(Y)
    within = (_kernel_sum(X, X) - n) / (n * (n - 1.0)) + (_kernel_sum(Y, Y) - m) / (m * (m - 1.0))
    return within - 2.0 * _kernel_sum(X, Y) / (n * m)


def _kernel_sum(X: np.ndarray, Y: np.ndarray) -> float:
    """Sum of the kernel over all pairs of rows, in pieces that fit into a cache."""
    parts = [X[rows] for rows in gen_batches(len(X), 100)]
    return sum(float(rbf_kernel(part, Y, 0.5 / width**2).sum()) for part in parts for width in WIDTHS) / len(WIDTHS)


def noise_of_discrepancy(target: EightGaussians | TwoMoons, n: int, n_small: int = 1000, n_repeats: int = 100) -> float:
    """Standard deviation of the squared discrepancy between two exact samples of n rows.

    Measured with `n_small` rows: for equal laws the estimate is a degenerate U-statistic, which scatters as 1 / n.
    """
    rng = np.random.default_rng(3)
    pairs = [squared_discrepancy(target.sample(n_small, rng), target.sample(n_small, rng)) for _ in range(n_repeats)]
    return float(np.std(pairs, ddof=1)) * n_small / n
