"""Quasi-Newton minimisation of the energy on a fixed sample whose weights follow the parameters."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vmc.measuring.ensemble import Ensemble
from vmc.optimizers.base import Iteration, State
from vmc.parallel.serving import drive_from_root
from wavefunctions.evaluation import link_log_values

_MAX_SHRINKS = 8
#: Share of the energy below which what a step promises is one of digits.
_ROUNDING = 1e-12
METHODS = {"bfgs": "BFGS", "lbfgs": "L-BFGS-B"}


class _SampleWornOutError(Exception):
    """The weights have become so uneven that the fixed sample no longer speaks for psi."""


@dataclass(frozen=True)
class QuasiNewton:
    """One iteration: draw a sample, minimise the reweighted energy on it, docs/theory.md eqs. (22)-(23).

    E(theta) = sum_s w_s E_L(x_s; theta) / sum_s w_s with w_s = |psi_theta(x_s) / psi_0(x_s)|^2.  The gradient
    handed to SciPy is the covariance estimator with the same weights, exact up to the sampling error.

    Parameters
    ----------
    method : 'bfgs' or 'lbfgs'.
    n_samples : snapshots of all walkers in the fixed sample.
    stride : steps between snapshots.
    max_iterations : of the minimiser on one sample.
    smallest_share : of effective samples, (sum w)^2 / (n sum w^2); below it the minimiser is stopped.
    first_step : length of the first trial step in theta; shortened where the sample does not bear it.
    """

    method: str = "bfgs"
    n_samples: int = 10
    stride: int = 10
    max_iterations: int = 10
    smallest_share: float = 0.5
    first_step: float = 0.1

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method = {self.method!r}: expected one of {', '.join(METHODS)}")

    def init(self, n_params: int) -> State:
        """Every sample starts anew: nothing is remembered."""
        return {}

    def iterate(self, ensemble: Ensemble, iteration: int, state: State, damping: float) -> Iteration:
        """Measure, then minimise on snapshots of the walkers; `damping` shortens the resulting step."""
        sample = ensemble.gradient(self.n_samples, self.stride)
        if not np.isfinite(sample.gradient).all():
            return Iteration(sample.energies, np.nan, np.full(sample.gradient.size, np.nan))
        fixed = _FixedSample(ensemble, self.n_samples, self.stride)
        theta = ensemble.measurement.wave_function.theta
        start = theta.copy()
        communicator = ensemble.communicator
        end = drive_from_root(communicator, start.size, fixed.evaluate, lambda f: self._minimise(f, start))
        theta[:] = start
        update = damping * (end - start)
        return Iteration(sample.energies, float(np.linalg.norm(sample.gradient)), update)

    def _minimise(self, evaluate: Callable[[np.ndarray], np.ndarray], start: np.ndarray) -> np.ndarray:
        """The best parameters seen; the unit of length shrinks until the first step stays on the sample.

        The gradient is not quite the derivative of the energy on the sample: where the two disagree on which way is
        down, no line search finds anything better, and the root of the gradient is taken, whose noise is smaller.
        """
        unit = self.first_step
        for _ in range(_MAX_SHRINKS):
            search = _Search(evaluate, start, unit, self.smallest_share)
            search.run(METHODS[self.method], self.max_iterations)
            if search.n_evaluations_better > 1 or not search.worn_out:
                break
            unit *= 0.25
        if search.n_evaluations_better > 1:
            return search.best_theta
        return _root_along_gradient(evaluate, start, unit, self.smallest_share)


def _root_along_gradient(
    evaluate: Callable[[np.ndarray], np.ndarray], start: np.ndarray, unit: float, share: float
) -> np.ndarray:
    """Where the slope against the gradient vanishes on the sample: by one secant, at most `unit` away.

    Shorter where the sample does not bear the unit, and `start` itself where it bears no step.
    """
    here = evaluate(start)
    steepness = float(np.linalg.norm(here[2:]))
    if not (math.isfinite(steepness) and steepness * unit > _ROUNDING * abs(here[0])):
        return start
    direction = -here[2:] / steepness
    for _ in range(_MAX_SHRINKS):
        result = evaluate(start + unit * direction)
        if np.isfinite(result).all() and result[1] >= share:
            slope = max(float(result[2:] @ direction), 0.0)
            return start + unit * steepness / (steepness + slope) * direction
        unit *= 0.25
    return start


class _Search:
    """One minimisation in y, theta = start + unit * y, since SciPy's first trial step has length one."""

    def __init__(
        self, evaluate: Callable[[np.ndarray], np.ndarray], start: np.ndarray, unit: float, share: float
    ) -> None:
        self.evaluate = evaluate
        self.start = start
        self.unit = unit
        self.smallest_share = share
        self.best_energy = np.inf
        self.best_theta = start
        self.n_evaluations_better = 0
        self.worn_out = False

    def run(self, method: str, max_iterations: int) -> None:
        from scipy.optimize import minimize

        zero = np.zeros_like(self.start)
        with contextlib.suppress(_SampleWornOutError):
            minimize(self.objective, zero, jac=True, method=method, options={"maxiter": max_iterations})

    def objective(self, y: np.ndarray) -> tuple[float, np.ndarray]:
        theta = self.start + self.unit * y
        result = self.evaluate(theta)
        energy, share = result[0], result[1]
        if not np.isfinite(result).all() or share < self.smallest_share:
            self.worn_out = True
            raise _SampleWornOutError
        if energy < self.best_energy:
            self.best_energy = energy
            self.best_theta = theta
            self.n_evaluations_better += 1
        return energy, self.unit * result[2:]


class _FixedSample:
    """Snapshots of this rank's walkers, and the reweighted energy on the snapshots of all ranks."""

    def __init__(self, ensemble: Ensemble, n_samples: int, stride: int) -> None:
        self.ensemble = ensemble
        measurement = ensemble.measurement
        self.log_values = link_log_values(measurement.wave_function.kernels)
        self.energy = measurement.local_energy
        self.positive = measurement.wave_function.layout.must_be_positive()
        snapshots: dict[int, list[np.ndarray]] = {block: [] for block, _, _ in ensemble.blocks()}
        for _ in range(n_samples):
            ensemble.advance(stride)
            for block, X, _ in ensemble.blocks():
                snapshots[block].append(X.copy())
        self.X = {block: np.ascontiguousarray(np.concatenate(parts).T) for block, parts in snapshots.items()}
        self.start = {block: self._log_psi(X) for block, X in self.X.items()}

    def _log_psi(self, X: np.ndarray) -> np.ndarray:
        return self.log_values(self.ensemble.measurement.wave_function.arguments(), X)

    def evaluate(self, theta: np.ndarray) -> np.ndarray:
        """(energy, share of effective samples, gradient) at theta, NaN where psi has no energy; collective."""
        if not (theta[self.positive] > 0.0).all():
            return np.full(2 + theta.size, np.nan)
        ensemble = self.ensemble
        wave_function = ensemble.measurement.wave_function
        wave_function.theta[:] = theta
        logs = {block: 2.0 * (self._log_psi(X) - self.start[block]) for block, X in self.X.items()}
        finite = [value[np.isfinite(value)] for value in logs.values()]
        top = ensemble.communicator.max(max((part.max() for part in finite if part.size), default=-np.inf))
        tree = ensemble.tree("reweighted", 4 + 2 * theta.size)
        for block, X in self.X.items():
            tree.add(block, self._weighted_sums(X, logs[block] - top))
        total = tree.finish()
        weight, squares, n, energy = total[:4]
        O, EO = total[4:].reshape(2, theta.size)
        shift = energy / weight
        gradient = 2.0 * (EO / weight - shift * (O / weight))
        return np.concatenate([[ensemble.reference + shift, weight**2 / (n * squares)], gradient])

    def _weighted_sums(self, X: np.ndarray, log_weight: np.ndarray) -> np.ndarray:
        measurement = self.ensemble.measurement
        p, h = measurement.wave_function.arguments(), self.energy.arguments
        n, n_samples = X.shape
        memory = self.energy.prepare(p, n_samples, n)
        parts = np.empty((measurement.n_components, n_samples))
        O = np.zeros((measurement.wave_function.n_params, n_samples))
        self.energy.energy(p, h, X, parts, memory)
        self.energy.log_derivatives(p, X, O, 0, memory[0])
        O[self.ensemble.fixed] = 0.0
        local = parts.sum(axis=0) - self.ensemble.reference
        good = np.isfinite(local) & np.isfinite(log_weight)
        w, local, O = np.exp(log_weight[good]), local[good], O[:, good]
        return np.concatenate([[w.sum(), w @ w, n_samples, w @ local], O @ w, O @ (w * local)])
