"""Stochastic reconfiguration: the gradient seen in the metric of the wave functions themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vmc.ensemble import Ensemble, first_offender
from vmc.estimators import N_SCALARS, EnergyMoments, energy_gradient, energy_sums
from vmc.measurement import BlockSample
from vmc.optimizers.linear_solvers import solve_conjugate_gradients, solve_dense
from vmc.optimizers.normal_product import normal_product
from vmc.optimizers.packed import covariance, pack_overlap, packed_size, unpack
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

    def direction(
        self, ensemble: Ensemble, n_samples: int, stride: int
    ) -> tuple[EnergyMoments, np.ndarray, np.ndarray]:
        """Energies, gradient and preconditioned direction from one sample of all walkers."""
        if self.solver == "cholesky":
            return self._form_and_solve(ensemble, n_samples, stride)
        return self._apply_and_solve(ensemble, n_samples, stride)

    def _form_and_solve(self, ensemble, n_samples, stride):
        P = ensemble.measurement.wave_function.n_params
        n_energy = N_SCALARS + ensemble.measurement.n_components
        buffer = ensemble.scratch("sums", n_energy + 2 * P + packed_size(P))
        tree = ensemble.tree(buffer.size)
        memory = ensemble.scratch("rows", n_samples * _largest_block(ensemble), P)
        offender = None
        for block, X, states in ensemble.blocks():
            rows = memory[: n_samples * X.shape[0]]
            sample = ensemble.measure(X, states, n_samples, stride, rows)
            finite = _sums_of_rows(sample, ensemble.reference, buffer, n_energy, P)
            pack_overlap(finite, buffer[n_energy + 2 * P :])
            tree.add(block, buffer)
            offender = first_offender(offender, sample)
        total = tree.finish()
        energies, gradient, mean = _reduce(ensemble, total, n_energy, P, n_samples * stride, offender)
        if not np.isfinite(total).all():
            return energies, gradient, np.full(P, np.nan)
        S = unpack(covariance(total[n_energy + 2 * P :], mean, energies.n_samples), P)
        direction = solve_dense(S, 0.5 * gradient, self.diagonal_shift, self.diagonal_scale)
        return energies, gradient, direction

    def _apply_and_solve(self, ensemble, n_samples, stride):
        P = ensemble.measurement.wave_function.n_params
        n_energy = N_SCALARS + ensemble.measurement.n_components
        buffer = ensemble.scratch("sums", n_energy + 3 * P)
        tree = ensemble.tree(buffer.size)
        memory = ensemble.scratch("rows", n_samples * ensemble.partition.n_local, P)
        first, kept = 0, {}
        offender = None
        for block, X, states in ensemble.blocks():
            rows = memory[first : first + n_samples * X.shape[0]]
            first += len(rows)
            sample = ensemble.measure(X, states, n_samples, stride, rows)
            kept[block] = _sums_of_rows(sample, ensemble.reference, buffer, n_energy, P)
            buffer[n_energy + 2 * P :] = np.einsum("sk,sk->k", kept[block], kept[block])
            tree.add(block, buffer)
            offender = first_offender(offender, sample)
        total = tree.finish()
        energies, gradient, mean = _reduce(ensemble, total, n_energy, P, n_samples * stride, offender)
        variances = total[n_energy + 2 * P :] / energies.n_samples - mean * mean
        added = self.diagonal_shift + self.diagonal_scale * variances
        products = ensemble.tree(P)

        def apply(x: np.ndarray) -> np.ndarray:
            for block, rows in kept.items():
                products.add(block, normal_product(rows, x))
            return products.finish() / energies.n_samples - mean * (mean @ x) + added * x

        def solve(apply: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
            diagonal = variances + added
            return solve_conjugate_gradients(apply, 0.5 * gradient, diagonal, self.tolerance, self.max_iterations)[0]

        return energies, gradient, drive_from_root(ensemble.communicator, P, apply, solve)


def _largest_block(ensemble: Ensemble) -> int:
    return max(X.shape[0] for _, X, _ in ensemble.blocks())


def _sums_of_rows(sample: BlockSample, reference: float, buffer: np.ndarray, n_energy: int, P: int) -> np.ndarray:
    """Put energies, sum O and sum (E_L - reference) O of a block into the buffer; return the finite rows."""
    total = sample.energies.sum(axis=2).ravel() - reference
    finite = np.isfinite(total)
    rows = sample.rows
    if not finite.all():
        rows, total = rows[finite], total[finite]
    buffer[:n_energy] = energy_sums(sample, reference)
    buffer[n_energy : n_energy + P] = rows.sum(axis=0)
    buffer[n_energy + P : n_energy + 2 * P] = total @ rows
    return rows


def _reduce(ensemble, total, n_energy, P, n_steps, offender):
    energies = ensemble.estimate(total[:n_energy], n_steps, offender)
    moments = total[n_energy : n_energy + 2 * P].reshape(2, P)
    gradient = energy_gradient(moments, energies, ensemble.reference)
    return energies, gradient, moments[0] / energies.n_samples
