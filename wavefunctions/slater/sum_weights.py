"""Weights of sums of determinants, docs/theory.md eq. (80): what they are at first, and what they multiply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wavefunctions.parameters import ParameterLayout


class SumWeights:
    """Weights gamma_s of sums over terms with coefficients B_sk.

    Parameters
    ----------
    sums : the coefficients B, (n_sums, n_terms).
    n_terms : how many terms there are.
    weights : initial ones; 1 for the first and 0 for the others where not given.

    Attributes
    ----------
    layout, theta : their name and initial values.

    Raises
    ------
    ValueError
        for sums that are not of so many terms, or of none, and weights that are not one for each sum, with one that is
        not zero.
    """

    def __init__(self, sums: np.ndarray, n_terms: int, weights: Sequence[float] | np.ndarray | None = None) -> None:
        _refuse_misfit(sums, n_terms)
        self.theta = _first(len(sums), weights)
        self.layout = ParameterLayout((("weights", self.theta.shape),))
        rows, columns = np.nonzero(sums)
        self._coefficients = rows.copy(), columns.copy(), sums[rows, columns]

    def arguments(self, theta: np.ndarray) -> tuple[Any, ...]:
        """(gamma, and for each coefficient of a sum: the sum, the term, its value), gamma the beginning of theta."""
        return theta[: self.theta.size], *self._coefficients


def _refuse_misfit(sums: np.ndarray, n_terms: int) -> None:
    if sums.ndim != 2 or sums.shape[1] != n_terms:
        raise ValueError(f"sums has the shape {sums.shape}: expected (n_sums, {n_terms}), a column a determinant")
    empty = np.flatnonzero(~sums.any(axis=1))
    if empty.size:
        raise ValueError(f"sums[{empty[0]}] is all zero: expected a determinant in every sum")


def _first(n_sums: int, weights: Sequence[float] | np.ndarray | None) -> np.ndarray:
    if weights is None:
        return np.eye(1, n_sums)[0]
    given = np.array(weights, dtype=np.float64)
    if given.shape != (n_sums,):
        raise ValueError(f"weights has {given.size} numbers: expected {n_sums}, one for each determinant or sum")
    if not given.any():
        raise ValueError("weights are all zero: expected at least one that is not")
    return given
