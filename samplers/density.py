"""A density from one function of the user's, log pi of a single configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba.core.errors import NumbaError

from numerics.link import Slot, as_kernel, inlined, kernel, link
from samplers.base import Kernels
from samplers.functions import require_indices, require_number, require_params, require_slopes

value = Slot("value", "(params, x)")
slope = Slot("slope", "(params, x)")
function = Slot("function", "(x)")
log_density = Slot("log_density", "(p, X, log, ws)")

SLOTS = ("workspace", "log_density", "log_density_gradient", "refresh", "block_ratio", "block_accept")
#: Step of the default gradient relative to max(1, |x_k|), about eps**(1/5) as fourth-order differences want it.
DIFFERENCE_STEP = 1e-3


class Density:
    """A density pi(x) known up to its norm, x an array of n numbers.

    Parameters
    ----------
    log_density : compiled or plain function of x, shape (n,), or of (params, x) where params are given: log pi(x).
        Where pi vanishes it returns -inf; what is not a number is never accepted, counted, and doubted in summaries.
    n : number of coordinates.
    gradient : function of the same arguments that returns grad log pi, shape (n,).  Where it is missing the gradient
        comes from fourth-order central differences, 4 n evaluations: moves stay exact, since any drift has its
        exact ratio in the decision.
    params : what the functions need to know, handed to them as it is: arrays, numbers, tuples of them.  Changing it
        compiles nothing.
    names : of the coordinates, for summaries; x0, x1, ... where not given.

    Raises
    ------
    ValueError
        if n is not positive or the names are not n different ones, or a function looks for more coordinates.
    TypeError
        for params that are something else.
    """

    def __init__(
        self,
        log_density: Callable,
        n: int,
        gradient: Callable | None = None,
        params: Any = None,
        names: Sequence[str] | None = None,
    ) -> None:
        require_params(() if params is None else params)
        if n > 0:
            require_indices("log_density", log_density, params, n)
            if gradient is not None:
                require_indices("gradient", gradient, params, n)
        of_params = (lambda f: link(_without_params, function=f)) if params is None else as_kernel
        number = of_params(log_density)
        whole = link(_each_walker, value=number)
        kernels = {"workspace": as_kernel(_one_column), "log_density": whole}
        self._number = number
        self._slopes = None if gradient is None else of_params(gradient)
        if gradient is not None:
            kernels["log_density_gradient"] = link(_each_slope, log_density=whole, slope=self._slopes)
        self._set(kernels, n, () if params is None else params, names)

    @classmethod
    def from_kernels(cls, kernels: Kernels, n: int, p: Any, names: Sequence[str] | None = None) -> Density:
        """A density from tile kernels by slot name (see :mod:`samplers.base`), for speed; p is handed to them.

        Raises
        ------
        TypeError
            if ``workspace`` or ``log_density`` is missing, or for a slot no move knows.
        """
        unknown = sorted(set(kernels) - set(SLOTS))
        if unknown:
            raise TypeError(f"unknown kernel {unknown[0]!r}, expected one of {', '.join(SLOTS)}")
        missing = [slot for slot in ("workspace", "log_density") if slot not in kernels]
        if missing:
            raise TypeError(f"kernel '{missing[0]}' is missing: a density needs workspace and log_density")
        density = cls.__new__(cls)
        density._number = density._slopes = None
        density._set(kernels, n, p, names)
        return density

    def _set(self, kernels: Kernels, n: int, p: Any, names: Sequence[str] | None) -> None:
        if n < 1:
            raise ValueError(f"n = {n}: expected at least one coordinate")
        if names is not None and len(names) != n:
            raise ValueError(f"names = {list(names)}: expected {n}, one for each coordinate")
        if names is not None and len(set(names)) < n:
            raise ValueError(f"names = {list(names)}: expected a different one for each coordinate")
        self.n = n
        self.p = p
        self.names = tuple(names) if names is not None else tuple(f"x{k}" for k in range(n))
        whole = {"log_density": as_kernel(kernels["log_density"])}
        full = {"refresh": no_refresh, "block_accept": no_block_accept, **kernels}
        full.setdefault("log_density_gradient", link(_difference_gradient, **whole))
        full.setdefault("block_ratio", link(_whole_block_ratio, **whole))
        self.kernels = {slot: as_kernel(given) for slot, given in full.items()}

    def log_density(self, X: np.ndarray) -> np.ndarray:
        """Log pi at configurations X (n_points, n).

        Raises
        ------
        ValueError
            for arrays of another shape.
        TypeError
            for a log density of the user's that is no number.
        """
        if np.ndim(X) != 2 or np.shape(X)[1] != self.n:
            raise ValueError(f"X has shape {np.shape(X)}: expected (n_points, {self.n})")
        tile = np.ascontiguousarray(np.transpose(X), dtype=np.float64)
        log = np.empty(tile.shape[1])
        ws = self.kernels["workspace"](self.p, tile.shape[1], self.n)
        try:
            self.kernels["log_density"](self.p, tile, log, ws)
        except (NumbaError, TypeError, ValueError):
            # Asked only where the kernel does not compile: Python's own call of the function is compiled for itself.
            if self._number is not None and log.size:
                require_number(self._number, self.p, tile[:, 0])
            raise
        return log

    def require_slopes(self, x: np.ndarray) -> None:
        """Refuse a gradient of the user's that is not n numbers at x, (n,): kernels look no further.

        Raises
        ------
        ValueError
            naming what it returned.
        """
        if self._slopes is not None:
            require_slopes(self._slopes, self.p, x)

    def slopes_are_known(self, X: np.ndarray) -> bool:
        """Whether a gradient of the user's, if there is one, is finite at any of the configurations X (n_points, n)."""
        return self._slopes is None or any(np.isfinite(self._slopes(self.p, x.copy())).all() for x in X)


@kernel
def no_refresh(p, X, ws):
    """State of a density that keeps none for moves of one block."""


@kernel
def no_block_accept(p, X, i, Y, accepted, ws):
    """Accept a move of one block where no state is kept."""


def _without_params(params, x):
    return function(x)


def _one_column(p, tile, n):
    return (np.empty(n),)


def _each_walker(p, X, log, ws):
    x = ws[0]
    for b in range(X.shape[1]):
        for k in range(x.size):
            x[k] = X[k, b]
        log[b] = value(p, x)


def _each_slope(p, X, log, G, ws):
    log_density(p, X, log, ws)
    x = ws[0]
    for b in range(X.shape[1]):
        for k in range(x.size):
            x[k] = X[k, b]
        g = slope(p, x)
        for k in range(x.size):
            G[k, b] = g[k]


def _difference_gradient(p, X, log, G, ws):
    Z = X.copy()
    near, far = np.empty(log.size), np.empty(log.size)
    log_density(p, X, log, ws)
    for k in range(X.shape[0]):
        for b in range(log.size):
            G[k, b] = 0.0
        for side in (1.0, -1.0):
            for b in range(log.size):
                Z[k, b] = X[k, b] + side * _difference_step(X[k, b])
            log_density(p, Z, near, ws)
            for b in range(log.size):
                Z[k, b] = X[k, b] + 2.0 * side * _difference_step(X[k, b])
            log_density(p, Z, far, ws)
            for b in range(log.size):
                G[k, b] += side * (8.0 * near[b] - far[b]) / (12.0 * _difference_step(X[k, b]))
        for b in range(log.size):
            Z[k, b] = X[k, b]


@inlined
def _difference_step(x):
    return DIFFERENCE_STEP * max(1.0, abs(x))


def _whole_block_ratio(p, X, i, Y, log_ratio, ws):
    width, tile = Y.shape
    Z, old = X.copy(), np.empty(tile)
    for k in range(width):
        for b in range(tile):
            Z[i * width + k, b] = Y[k, b]
    log_density(p, X, old, ws)
    log_density(p, Z, log_ratio, ws)
    for b in range(tile):
        log_ratio[b] -= old[b]
