"""Stochastic reconfiguration: the gradient seen in the metric of the wave functions themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vmc.measuring.ensemble import Ensemble, first_offender
from vmc.measuring.estimators import EnergyMoments, energy_sums
from vmc.measuring.measurement import BlockSample
from vmc.optimizers.base import State
from vmc.optimizers.linear_solvers import solve_conjugate_gradients, solve_packed
from vmc.optimizers.normal_product import normal_product
from vmc.optimizers.packed import covariance, pack_overlap, packed_size
from vmc.optimizers.preconditioner import Direction, gradient_and_mean, n_energy_sums
from vmc.parallel.serving import drive_from_root

SOLVERS = ("cholesky", "cg")


@dataclass(frozen=True)
class StochasticReconfiguration:
    """Solve (S + shift + scale diag S) delta = 1/2 dE/dtheta, docs/theory.md eqs. (20)-(21).

    S_kl = <O_k O_l> - <O_k><O_l>.  With a learning rate eta, theta - eta delta follows imaginary time for a
    time eta.  Sorella, Phys. Rev. Lett. 80, 4558 (1998); Becca and Sorella, "Quantum Monte Carlo Approaches
    for Correlated Systems" (2017), chapter 6.

    Parameters
    ----------
    diagonal_shift : added to the diagonal of S.
    diagonal_scale : share of the diagonal of S added to it.
    solver : 'cholesky' forms S, n_params^2 numbers; 'cg' only applies it, and keeps the samples' O.
    tolerance, max_iterations : of the conjugate gradients.
    """

    diagonal_shift: float = 1e-3
    diagonal_scale: float = 0.0
    solver: str = "cholesky"
    tolerance: float = 1e-6
    max_iterations: int = 200

    def __post_init__(self) -> None:
        if self.solver not in SOLVERS:
            raise ValueError(f"solver = {self.solver!r}: expected one of {', '.join(SOLVERS)}")

    def init(self, n_params: int) -> State:
        """Nothing is remembered."""
        return {}

    def direction(self, ensemble: Ensemble, n_samples: int, stride: int, state: State) -> Direction:
        """Sample all walkers and solve."""
        if self.solver == "cholesky":
            return self._form_and_solve(ensemble, n_samples, stride)
        return self._apply_and_solve(ensemble, n_samples, stride)

    def _form_and_solve(self, ensemble: Ensemble, n_samples: int, stride: int) -> Direction:
        energies, gradient, S = sample_overlap(ensemble, n_samples, stride)
        if S is None:
            return Direction(energies, gradient, np.full(gradient.size, np.nan))
        direction = solve_packed(S, 0.5 * gradient, self.diagonal_shift, self.diagonal_scale)
        return Direction(energies, gradient, direction)

    def _apply_and_solve(self, ensemble: Ensemble, n_samples: int, stride: int) -> Direction:
        P, n_energy = ensemble.measurement.wave_function.n_params, n_energy_sums(ensemble)
        buffer = ensemble.scratch("sums", n_energy + 3 * P)
        tree = ensemble.tree("overlap", buffer.size)
        kept = {}
        offender = None
        for block, X, states in ensemble.blocks():
            O = ensemble.scratch(f"O of block {block}", P, n_samples * len(X))
            sample = ensemble.measure(X, states, n_samples, stride, O)
            kept[block] = _add_up(sample, ensemble.reference, buffer, n_energy)
            buffer[n_energy + 2 * P :] = np.einsum("ks,ks->k", kept[block], kept[block])
            tree.add(block, buffer)
            offender = first_offender(offender, sample)
        total = tree.finish()
        energies = ensemble.estimate(total[:n_energy], n_samples * stride, offender)
        gradient, mean = gradient_and_mean(ensemble, energies, total[n_energy : n_energy + 2 * P])
        variances = total[n_energy + 2 * P :] / energies.n_samples - mean * mean
        added = self.diagonal_shift + self.diagonal_scale * variances
        products = ensemble.tree("products", P)

        def apply(x: np.ndarray) -> np.ndarray:
            for block, O in kept.items():
                products.add(block, normal_product(O, x))
            return products.finish() / energies.n_samples - mean * (mean @ x) + added * x

        def solve(apply: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
            diagonal = variances + added
            return solve_conjugate_gradients(apply, 0.5 * gradient, diagonal, self.tolerance, self.max_iterations)[0]

        return Direction(energies, gradient, drive_from_root(ensemble.communicator, P, apply, solve))


def sample_overlap(
    ensemble: Ensemble, n_samples: int, stride: int
) -> tuple[EnergyMoments, np.ndarray, np.ndarray | None]:
    """Sample all walkers: energies, dE/dtheta, and S packed (see :mod:`vmc.optimizers.packed`).  Collective.

    No S where a sum is not finite.
    """
    P, n_energy = ensemble.measurement.wave_function.n_params, n_energy_sums(ensemble)
    buffer = ensemble.scratch("sums", n_energy + 2 * P + packed_size(P))
    tree = ensemble.tree("overlap", buffer.size)
    offender = None
    for block, X, states in ensemble.blocks():
        O = ensemble.scratch(f"O {len(X)}", P, n_samples * len(X))
        sample = ensemble.measure(X, states, n_samples, stride, O)
        pack_overlap(_add_up(sample, ensemble.reference, buffer, n_energy), buffer[n_energy + 2 * P :])
        tree.add(block, buffer)
        offender = first_offender(offender, sample)
    total = tree.finish()
    energies = ensemble.estimate(total[:n_energy], n_samples * stride, offender)
    gradient, mean = gradient_and_mean(ensemble, energies, total[n_energy : n_energy + 2 * P])
    if not np.isfinite(total).all():
        return energies, gradient, None
    return energies, gradient, covariance(total[n_energy + 2 * P :], mean, energies.n_samples)


def _add_up(sample: BlockSample, reference: float, buffer: np.ndarray, n_energy: int) -> np.ndarray:
    """Put energies, sum O and sum (E_L - reference) O of a block into the buffer; return O of the finite samples."""
    total = sample.energies.sum(axis=2).ravel() - reference
    finite = np.isfinite(total)
    O = sample.O
    if not finite.all():
        O, total = np.ascontiguousarray(O[:, finite]), total[finite]
    P = len(O)
    buffer[:n_energy] = energy_sums(sample, reference)
    buffer[n_energy : n_energy + P] = O.sum(axis=1)
    buffer[n_energy + P : n_energy + 2 * P] = O @ total
    return O
