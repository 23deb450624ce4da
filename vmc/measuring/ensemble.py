"""All walkers of a job: each rank moves and measures its blocks, sums are combined in one fixed order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from numerics.random import stream_states
from samplers.base import MOVE_STREAM
from vmc.errors import UserError
from vmc.measuring.estimators import N_SCALARS, EnergyMoments, energy_gradient, energy_moments, energy_sums
from vmc.measuring.measurement import BlockSample, Measurement
from vmc.measuring.walkers import Spread, start_walkers
from vmc.parallel import Communicator, Partition, TreeSum

#: Largest tolerated share of samples whose local energy is not finite.
NONFINITE_LIMIT = 0.01


@dataclass(frozen=True)
class GradientSample:
    """Energy and its gradient at the current parameters."""

    energies: EnergyMoments
    gradient: np.ndarray


class Ensemble:
    """The walkers of one rank, and sums over the walkers of all ranks.

    Parameters
    ----------
    measurement : the compiled loop.
    communicator, partition : the ranks and who holds which walkers.
    seed : of the walkers' random streams.
    start_spread : standard deviation of the starting coordinates of a mass of one, a length, of all axes or of each;
        not used in a cell.
    fixed : names of parameters that are not to change: the energy is taken not to depend on them.

    Attributes
    ----------
    fixed : which parameters these are, (n_params,) of bool.
    """

    def __init__(
        self,
        measurement: Measurement,
        communicator: Communicator,
        partition: Partition,
        seed: int,
        start_spread: Spread = 1.0,
        fixed: str | Sequence[str] = (),
    ) -> None:
        self.measurement = measurement
        self.communicator = communicator
        self.partition = partition
        self._seed = seed
        self._start_spread = start_spread
        self.fixed = measurement.wave_function.layout.chosen(fixed)
        first = partition.walkers.start
        self.X = np.empty((partition.n_local, measurement.wave_function.system.n_coordinates))
        self.restart()
        self.states = stream_states(seed, first, partition.n_local, MOVE_STREAM)
        self.options = np.array(measurement.move.options(), dtype=np.float64)  # whole numbers could not be tuned
        self._trees: dict[tuple[str, int], TreeSum] = {}
        self._scratch: dict[str, np.ndarray] = {}
        #: The parameters at which somebody made sure that psi has an energy.
        self.looked_at: np.ndarray | None = None
        #: Energy subtracted inside sums, against cancellation; always near the mean.
        self.reference = 0.0

    def restart(self) -> None:
        """Put all walkers at their starting points; their random streams go on."""
        self.X[:] = start_walkers(
            self.measurement.wave_function,
            self._seed,
            self.partition.walkers.start,
            self.partition.n_local,
            self._start_spread,
        )

    @property
    def _proposals(self) -> int:
        n = self.measurement.wave_function.system.n_coordinates
        return self.partition.n_walkers * self.measurement.move.proposals(n)

    def blocks(self) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Number, configurations and random streams of each of this rank's blocks."""
        for block in self.partition.blocks:
            rows = self.partition.local_walkers(block)
            yield block, self.X[rows], self.states[rows]

    def tree(self, name: str, buffer_size: int) -> TreeSum:
        """The sum over all blocks of buffers of this size; its total is valid until the next sum under this name."""
        tree = self._trees.get((name, buffer_size))
        if tree is None:
            tree = self._trees[name, buffer_size] = TreeSum(self.communicator, self.partition, buffer_size)
        return tree

    def scratch(self, name: str, *shape: int) -> np.ndarray:
        """An array kept from one iteration to the next under a name; what it holds is anyone's guess.

        Fresh memory costs a page fault every 4 kB, which no second rank makes fewer.
        """
        array = self._scratch.get(name)
        if array is None or array.shape != shape:
            array = self._scratch[name] = np.empty(shape)
        return array

    def advance(self, n_steps: int) -> float:
        """Move all walkers without measuring; return the acceptance rate."""
        tree = self.tree("accepted", 1)
        for block, X, states in self.blocks():
            tree.add(block, np.array([float(self.measurement.advance(X, states, self.options, n_steps))]))
        return float(tree.finish()[0]) / (self._proposals * n_steps)

    def measure(
        self,
        X: np.ndarray,
        states: np.ndarray,
        n_samples: int,
        stride: int,
        O: np.ndarray | None = None,
        observed: np.ndarray | None = None,
        spreads: bool = False,
    ) -> BlockSample:
        """Measure one of :meth:`blocks`, collecting the log-derivatives of every sample in `O` if given.

        Those by fixed parameters are zero.  Observables are added to `observed` (n_tiles, n_sums) if given, and how far
        out the particles are is kept if asked for.
        """
        sample = self.measurement.measure(
            X, states, self.options, n_samples, stride, self.reference, O=O, observed=observed, spreads=spreads
        )
        if O is not None:
            sample.O[self.fixed] = 0.0
        return sample

    def energies(self, n_samples: int, stride: int) -> EnergyMoments:
        """Energy from `n_samples` measurements of every walker."""
        tree = self.tree("energies", N_SCALARS + self.measurement.n_components)
        offender = None
        for block, X, states in self.blocks():
            sample = self.measure(X, states, n_samples, stride)
            tree.add(block, energy_sums(sample, self.reference))
            offender = first_offender(offender, sample)
        return self.estimate(tree.finish(), n_samples * stride, offender)

    def gradient(self, n_samples: int, stride: int) -> GradientSample:
        """Energy and gradient from `n_samples` measurements of every walker, sums only."""
        n_params = self.measurement.wave_function.n_params
        n_energy = N_SCALARS + self.measurement.n_components
        tree = self.tree("gradient", n_energy + 2 * n_params)
        offender = None
        for block, X, states in self.blocks():
            sample = self.measurement.measure(X, states, self.options, n_samples, stride, self.reference, moments=True)
            tree.add(block, np.concatenate([energy_sums(sample, self.reference), sample.moments.ravel()]))
            offender = first_offender(offender, sample)
        total = tree.finish()
        energies = self.estimate(total[:n_energy], n_samples * stride, offender)
        moments = total[n_energy:].reshape(2, n_params)
        gradient = energy_gradient(moments, energies, self.reference)
        gradient[self.fixed] = 0.0
        return GradientSample(energies, gradient)

    def estimate(self, sums: np.ndarray, n_steps: int, offender: np.ndarray | None) -> EnergyMoments:
        """Estimates from summed energies; the reference of the next sample follows the mean.

        Raises
        ------
        UserError
            on all ranks, when more than one per cent of the local energies are not finite, or any of them because the
            potential is infinite where psi does not vanish: so is the energy then, whatever the other samples say.
        """
        energies = energy_moments(sums, self.reference, self._proposals * n_steps)
        if energies.n_nonfinite:
            self._judge(energies, offender)
        return energies

    def follow(self, energies: EnergyMoments) -> None:
        """Take the mean of a sample as the reference of the next ones."""
        self.reference = energies.energy

    def _judge(self, energies: EnergyMoments, offender: np.ndarray | None) -> None:
        """Refuse samples that may not be left out."""
        n = self.measurement.wave_function.system.n_coordinates
        mine = np.full((1, 1 + n), np.nan) if offender is None else offender[None, :]
        gathered = self.communicator.gather_rows(mine)
        text = None if gathered is None else self._objection(energies, gathered[~np.isnan(gathered[:, 0])])
        if text := self.communicator.broadcast(text):
            raise UserError(text)

    def _objection(self, energies: EnergyMoments, offenders: np.ndarray) -> str:
        """What is wrong with the samples that are not finite, of which some ranks name one; empty if they are few."""
        system = self.measurement.wave_function.system
        offenders = offenders[np.argsort(-offenders[:, 0], kind="stable")]
        where = offenders[0, 1:].reshape(-1, system.n_dim).tolist() if len(offenders) else "not a number itself"
        n_samples = energies.n_nonfinite + energies.n_samples
        if len(offenders) and offenders[0, 0]:
            return (
                f"the potential is infinite and psi does not vanish in some of {n_samples} samples, of a walker at "
                f"{where} say: the energy is infinite, expected a psi that is zero wherever the potential is infinite"
            )
        if energies.nonfinite_fraction > NONFINITE_LIMIT:
            return (
                f"the local energy of {energies.n_nonfinite} of {n_samples} samples is not finite "
                f"(limit {NONFINITE_LIMIT:.0%}); the first walker concerned stands at {where}"
            )
        return ""


def first_offender(known: np.ndarray | None, sample: BlockSample) -> np.ndarray | None:
    """The first configuration of this rank with an energy that is not finite, (1 + N d,).

    Its first entry is one where the potential is infinite, beside a kinetic energy that is not; such a configuration
    comes before others.
    """
    if np.isnan(sample.offender[0]) or (known is not None and known[0]):
        return known
    kinetic, potential = sample.energies[:, :, 0], sample.energies[:, :, 1:]
    is_infinite = np.isfinite(kinetic) & np.isposinf(potential).any(axis=2)
    if known is not None and not is_infinite.any():
        return known
    return np.concatenate([[float(is_infinite.any())], sample.offender])
