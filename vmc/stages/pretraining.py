"""Supervised pretraining: parameters that make log|psi| follow a given function, by penalised least squares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from numerics.dense import zero
from numerics.link import Slot, link
from samplers.base import TILE
from vmc.measuring.compiling import plain_refusals
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_values

workspace = Slot("workspace", "(p, tile, n)")
log_derivatives = Slot("log_derivatives", "(p, X, O, first, ws)")


#: Share of its first value at which a parameter that must be positive is held.
LEAST = 1e-3


@dataclass(frozen=True)
class Fit:
    """What a fit achieved.

    Attributes
    ----------
    losses : value of the penalised sum of squares after every iteration, from the start on.
    deviation : root of the mean square of log|psi| - target - offset at the end.
    explained : share of the variance of the target that is explained; one is perfect.
    offset : of log|psi| - target; psi need not be normalised.
    converged : whether the optimiser stopped by itself.
    """

    losses: np.ndarray
    deviation: float
    explained: float
    offset: float
    converged: bool


@plain_refusals()
def pretrain(
    wave_function: WaveFunction,
    target: np.ndarray | WaveFunction,
    X: np.ndarray,
    *,
    l1: float = 0.0,
    l2: float = 0.0,
    max_iterations: int = 500,
    tolerance: float = 1e-10,
    fixed: str | Sequence[str] = (),
    watch: Callable[[], None] = lambda: None,
) -> Fit:
    """Fit ``wave_function.theta`` to log|psi| values; the start is the theta it has.

    Minimises 1/2 <(log|psi_theta| - target - offset)^2> + l2/2 |theta|^2 + l1 |theta|_1 over theta and the offset,
    docs/theory.md eq. (30): ridge with l2 (Hoerl and Kennard 1970), lasso with l1 (Tibshirani 1996), which sets
    parameters to exactly zero.  By L-BFGS (SciPy); for l1 theta is the difference of two vectors that are not negative.
    Where parameters that must be positive come out at or below zero, the fit is made again with bounds.

    Parameters
    ----------
    wave_function : whose parameters change.
    target : values of log|psi| at X, shape (n,), or a wave function of the same system.
    X : configurations (n, N d), best drawn from the target's |psi|^2.
    l1, l2 : strengths of the penalties.
    max_iterations, tolerance : of the optimiser; the tolerance is on the relative change of the loss.
    fixed : names of parameters that stay as they are, or what stands before their dot.
    watch : called before every evaluation of the loss; what it raises ends the fit, at the parameters tried last.

    Raises
    ------
    ValueError
        for shapes that do not fit, values that are not finite, penalties below zero, or names of no parameter.
    """
    problem = _Problem(wave_function, target, X, l2, wave_function.layout.chosen(fixed), watch)
    if not (np.isfinite([l1, l2]).all() and l1 >= 0.0 and l2 >= 0.0):
        raise ValueError(f"l1 = {l1}, l2 = {l2}: expected numbers not below zero")
    start = wave_function.theta.copy()
    least = np.full(start.size, -np.inf)
    converged, losses = _fit(problem, start, least, l1, max_iterations, tolerance)
    positive = wave_function.layout.must_be_positive()
    if not (wave_function.theta[positive] > 0.0).all():
        # only then: with bounds that are never reached the digits would be others
        least[positive] = LEAST * start[positive]
        converged, losses = _fit(problem, start, least, l1, max_iterations, tolerance)
    residual, offset = problem.residual(wave_function.theta)
    deviation = float(np.sqrt(np.mean(residual**2)))
    spread = float(problem.target.std())
    explained = 1.0 - (deviation / spread) ** 2 if spread > 0.0 else float(deviation == 0.0)
    return Fit(np.array(losses), deviation, explained, offset, converged)


def _fit(problem, start, least, l1, max_iterations, tolerance):
    """Minimise from `start` with theta >= least; whether it converged, and the losses."""
    losses: list[float] = []
    if l1:
        converged = _minimise_lasso(problem, start, least, l1, losses, max_iterations, tolerance)
    else:
        converged = _minimise(problem, start, least, losses, max_iterations, tolerance)
    return converged, losses


def _minimise(problem, start, least, losses, max_iterations, tolerance):
    from scipy.optimize import minimize

    losses.append(problem.loss(start)[0])
    found = minimize(
        problem.loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(low, None) for low in least] if np.isfinite(least).any() else None,
        callback=lambda intermediate_result: losses.append(float(intermediate_result.fun)),
        options={"maxiter": max_iterations, "ftol": tolerance, "gtol": 0.0, "maxfun": 20 * max_iterations},
    )
    problem.set(found.x)
    return bool(found.success)


def _minimise_lasso(problem, start, least, l1, losses, max_iterations, tolerance):
    """theta = u - v with u, v >= 0, where |theta|_1 = sum (u + v) is smooth; v = 0 where theta has a least value."""
    from scipy.optimize import minimize

    P = start.size
    penalty = l1 * ~np.tile(problem.fixed, 2)

    def loss(uv: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = problem.loss(uv[:P] - uv[P:])
        return value + penalty @ uv, penalty + np.concatenate([gradient, -gradient])

    uv = np.concatenate([np.maximum(start, 0.0), np.maximum(-start, 0.0)])
    losses.append(loss(uv)[0])
    found = minimize(
        loss,
        uv,
        jac=True,
        method="L-BFGS-B",
        bounds=[(max(low, 0.0), None) for low in least] + [(0.0, 0.0 if low > 0.0 else None) for low in least],
        callback=lambda intermediate_result: losses.append(float(intermediate_result.fun)),
        options={"maxiter": max_iterations, "ftol": tolerance, "gtol": 0.0, "maxfun": 20 * max_iterations},
    )
    problem.set(found.x[:P] - found.x[P:])
    return bool(found.success)


class _Problem:
    """The smooth part of the loss and its gradient at any parameters."""

    def __init__(
        self,
        wave_function: WaveFunction,
        target: np.ndarray | WaveFunction,
        X: np.ndarray,
        l2: float,
        fixed: np.ndarray,
        watch: Callable[[], None],
    ) -> None:
        X = np.ascontiguousarray(np.atleast_2d(X), dtype=np.float64)
        n = wave_function.system.n_coordinates
        if X.ndim != 2 or X.shape[1] != n or len(X) < 2:
            raise ValueError(f"X has shape {X.shape}: expected at least two configurations of {n} coordinates")
        self.wave_function, self.l2, self.fixed, self.watch = wave_function, l2, fixed, watch
        self.X = np.ascontiguousarray(X.T)
        if isinstance(target, WaveFunction):
            if target.system != wave_function.system:
                raise ValueError(f"target of {target.system}, wave function of {wave_function.system}")
            self.target = link_log_values(target.kernels)(target.arguments(), self.X)
        else:
            self.target = np.array(target, dtype=np.float64)
        if self.target.shape != (len(X),):
            raise ValueError(f"target has shape {self.target.shape}: expected ({len(X)},), one value for each of X")
        if not (np.isfinite(self.target).all() and np.isfinite(X).all()):
            raise ValueError("target or X: expected finite values")
        k = wave_function.kernels
        self._log_values = link_log_values(k)
        self._pull = link(_add_weighted, workspace=k["workspace"], log_derivatives=k["log_derivatives"])

    def set(self, theta: np.ndarray) -> None:
        """Take over parameters."""
        self.wave_function.theta[:] = theta

    def residual(self, theta: np.ndarray) -> tuple[np.ndarray, float]:
        """log|psi| - target less its mean, and the mean."""
        self.set(theta)
        difference = self._log_values(self.wave_function.arguments(), self.X) - self.target
        offset = float(difference.mean())
        return difference - offset, offset

    def loss(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """1/2 <residual^2> + l2/2 |theta|^2, and its gradient, of zero by what is fixed.

        The offset is at its optimum, so it adds none.
        """
        self.watch()
        residual, _ = self.residual(theta)
        sums = np.zeros(theta.size)
        self._pull(self.wave_function.arguments(), self.X, residual / residual.size, TILE, sums)
        value = 0.5 * float(np.mean(residual**2)) + 0.5 * self.l2 * float(theta @ theta)
        return value, np.where(self.fixed, 0.0, sums + self.l2 * theta)


def _add_weighted(p, X, weights, tile, sums):
    """sums (n_params,) += sum over configurations of weight d log|psi| / d theta."""
    for first in range(0, weights.size, tile):
        last = min(first + tile, weights.size)
        x, O = X[:, first:last].copy(), np.empty((sums.size, last - first))
        zero(O)
        log_derivatives(p, x, O, 0, workspace(p, last - first, X.shape[0]))
        for k in range(sums.size):
            total = 0.0
            for b in range(last - first):
                total += O[k, b] * weights[first + b]
            sums[k] += total
