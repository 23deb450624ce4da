"""Stochastic reconfiguration in the space of samples, for more parameters than samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmc.measuring.ensemble import Ensemble, first_offender
from vmc.measuring.estimators import EnergyMoments, energy_sums
from vmc.optimizers.base import State
from vmc.optimizers.linear_solvers import solve_packed
from vmc.optimizers.packed import pack_products, packed_size, packed_times
from vmc.optimizers.preconditioner import Direction, n_energy_sums
from vmc.optimizers.sample_space import SampleSpace
from vmc.optimizers.stochastic_reconfiguration import sample_overlap

PREVIOUS = "previous_direction"


@dataclass(frozen=True)
class MinSR:
    """delta = O (O^T O + n shift)^-1 (epsilon - mu O^T previous) + mu previous, docs/theory.md eqs. (28)-(29).

    O (n_params, n) and epsilon = E_L are centred over the n samples.  Without momentum mu this is the solution of
    stochastic reconfiguration with the same shift, by a matrix of n^2 numbers (Chen and Heyl, Nature Physics 20, 1476
    (2024); Rende et al., Communications Physics 7, 260 (2024)); with it, SPRING (Goldshlager, Abrahamsen and Lin,
    J. Comput. Phys. 516, 113351 (2024)).  Where there are more samples than parameters the same direction comes from a
    matrix of n_params^2 numbers.

    Parameters
    ----------
    diagonal_shift : added to the diagonal of O^T O / n.
    momentum : mu, in [0, 1): how much of the previous direction to keep where the samples do not contradict.
    """

    diagonal_shift: float = 1e-3
    momentum: float = 0.0

    def __post_init__(self) -> None:
        if not self.diagonal_shift > 0.0:
            raise ValueError(f"diagonal_shift = {self.diagonal_shift}: expected a number above zero")
        if not 0.0 <= self.momentum < 1.0:
            raise ValueError(f"momentum = {self.momentum}: expected a number from zero to one, one excluded")

    def init(self, n_params: int) -> State:
        """The previous direction, where there is momentum."""
        return {PREVIOUS: np.zeros(n_params)} if self.momentum else {}

    def direction(self, ensemble: Ensemble, n_samples: int, stride: int, state: State) -> Direction:
        """Sample all walkers and solve, in the smaller of the two spaces."""
        if solves_for_parameters(ensemble.measurement.wave_function.n_params, n_samples * ensemble.partition.n_walkers):
            return self._of_parameters(ensemble, n_samples, stride, state)
        return self._of_samples(ensemble, n_samples, stride, state)

    def _of_samples(self, ensemble: Ensemble, n_samples: int, stride: int, state: State) -> Direction:
        space, energies = _sample(ensemble, n_samples, stride)
        gradient, direction = self.solve(space, energies.n_samples, state)
        return Direction(energies, gradient, direction)

    def _of_parameters(self, ensemble: Ensemble, n_samples: int, stride: int, state: State) -> Direction:
        """delta = (S + shift)^-1 (1/2 dE/dtheta - mu S previous) + mu previous.

        The same, since O (O^T O + c)^-1 = (O O^T + c)^-1 O.
        """
        energies, gradient, S = sample_overlap(ensemble, n_samples, stride)
        if S is None:
            return Direction(energies, gradient, np.full(gradient.size, np.nan))
        right = 0.5 * gradient
        if self.momentum:
            right -= self.momentum * packed_times(S, state[PREVIOUS])
        direction = self._with_previous(solve_packed(S, right, self.diagonal_shift, 0.0), state)
        return Direction(energies, gradient, direction)

    def solve(self, space: SampleSpace, n: int, state: State) -> tuple[np.ndarray, np.ndarray]:
        """dE/dtheta and the direction from n finite samples; collective."""
        gradient = space.times(space.energies) * (2.0 / n)
        T = _products(space, n)
        if T is None:
            return gradient, np.full(gradient.size, np.nan)
        right = space.energies.copy()
        if self.momentum:
            right -= self.momentum * space.transpose_times(state[PREVIOUS])
        x = solve_packed(T, right / n, self.diagonal_shift, 0.0)
        space.ensemble.communicator.fill_from_root(x)
        return gradient, self._with_previous(space.times(x), state)

    def _with_previous(self, direction: np.ndarray, state: State) -> np.ndarray:
        """direction + mu previous, which is the next previous one; in place."""
        if self.momentum:
            direction += self.momentum * state[PREVIOUS]
            state[PREVIOUS][:] = direction
        return direction


def solves_for_parameters(n_params: int, n_samples: int) -> bool:
    """Whether the space of the parameters is the smaller one."""
    return n_params < n_samples


def _sample(ensemble: Ensemble, n_samples: int, stride: int) -> tuple[SampleSpace, EnergyMoments]:
    space, n_energy = SampleSpace(ensemble, n_samples), n_energy_sums(ensemble)
    tree = ensemble.tree("energies", n_energy)
    offender = None
    for block, X, states in ensemble.blocks():
        O = ensemble.scratch(f"O {len(X)}", ensemble.measurement.wave_function.n_params, n_samples * len(X))
        sample = ensemble.measure(X, states, n_samples, stride, O)
        tree.add(block, energy_sums(sample, ensemble.reference))
        space.add(block, sample)
        offender = first_offender(offender, sample)
    energies = ensemble.estimate(tree.finish(), n_samples * stride, offender)
    space.gather()
    return space, energies


def _products(space: SampleSpace, n: int) -> np.ndarray | None:
    """O^T O / n (samples, samples), packed; None where it is not finite."""
    buffer = space.ensemble.scratch("products", packed_size(space.n_samples))
    tree = space.ensemble.tree("products", buffer.size)
    for block, chunk in space.chunks():
        pack_products(chunk, buffer)
        tree.add(block, buffer)
    total = tree.finish()
    if not np.isfinite(total).all():
        return None
    total /= n
    return total
