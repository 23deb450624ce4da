"""How rows scatter about their mean, kept so that more rows can come, without loss of digits.

Kept are the number n of rows, their mean, and a root R of their scatter, R^T R = sum (x - mean)(x - mean)^T.  Of two
sets of rows the scatters add, and that of their means (T. F. Chan, G. H. Golub and R. J. LeVeque, Am. Stat. 37, 242
(1983), eq. (2.1) for one feature):

    mean = mean_1 + n_2 / n (mean_2 - mean_1),
    R^T R = R_1^T R_1 + R_2^T R_2 + n_1 n_2 / n (mean_2 - mean_1)(mean_2 - mean_1)^T.

The scatter itself would square the condition number: of variances below 1e-16 of the largest nothing would be left,
and of 1e-12 four digits.  The singular values of R_1, R_2 and sqrt(n_1 n_2 / n) (mean_2 - mean_1) on top of each other
are those of R without it (D. A. Ross, J. Lim, R.-S. Lin and M.-H. Yang, Int. J. Comput. Vis. 77, 125 (2008)).
They, and scikit-learn's IncrementalPCA, keep a few singular vectors, and lose what later rows would have made of the
others; here all are kept, in no more numbers than the scatter has, so that the sum is exact to rounding.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np


class Scatter(NamedTuple):
    """What is known of rows: their number, their mean (n_features,), and the root diag(lengths) directions.

    Attributes
    ----------
    lengths : singular values of the centred rows, largest first, as many as the fewer of rows and features: (r,).
    directions : their right singular vectors, in rows, (r, n_features).
    """

    n_rows: int
    mean: np.ndarray
    lengths: np.ndarray
    directions: np.ndarray

    @classmethod
    def of(cls, X: np.ndarray) -> Self:
        """That of the rows of X, (n_rows, n_features)."""
        mean = X.mean(axis=0)
        return cls(len(X), mean, *_axes(X - mean))

    def with_rows_of(self, other: Scatter) -> Scatter:
        """That of the rows of both."""
        n_rows = self.n_rows + other.n_rows
        apart = other.mean - self.mean
        between = np.sqrt(self.n_rows * (other.n_rows / n_rows)) * apart
        axes = _axes(np.vstack([self.root, other.root, between]))
        return Scatter(n_rows, self.mean + other.n_rows / n_rows * apart, *axes)

    @property
    def root(self) -> np.ndarray:
        """R, (r, n_features)."""
        return self.lengths[:, None] * self.directions


def _axes(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _, lengths, directions = np.linalg.svd(rows, full_matrices=False)
    return lengths, directions
