"""The log-derivatives of all samples, shared out over the ranks by parameters instead of walkers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vmc.measuring.ensemble import Ensemble
from vmc.measuring.measurement import BlockSample


class SampleSpace:
    """O (n_params, samples of all ranks), centred, in as many chunks of parameters as there are blocks of walkers.

    Walkers belong to ranks, but products over parameters need all samples of a parameter in one place: so ranks swap
    columns for rows.  The chunks depend on the number of blocks alone, and every sum goes along the same tree as the
    sums over walkers: the number of ranks leaves no trace.

    Parameters
    ----------
    ensemble : whose blocks will be added.
    n_samples : measurements per walker.

    Attributes
    ----------
    n_samples : of all walkers and ranks.
    energies : local energies less their mean, (n_samples,); zero where they are not finite, as is O.  After `gather`.
    """

    def __init__(self, ensemble: Ensemble, n_samples: int) -> None:
        self.ensemble = ensemble
        self._per_walker = n_samples
        self.n_samples = n_samples * ensemble.partition.n_walkers
        self._n_params = ensemble.measurement.wave_function.n_params
        self._O = ensemble.scratch("O by walkers", self._n_params, n_samples * ensemble.partition.n_local)
        self._energies = ensemble.tree("energies of samples", self.n_samples)
        self._X = self._O
        self.energies = np.zeros(0)

    def add(self, block: int, sample: BlockSample) -> None:
        """Take over what a block has measured."""
        n, partition = self._per_walker, self.ensemble.partition
        here = partition.local_walkers(block)
        self._O[:, n * here.start : n * here.stop] = sample.O
        energies = np.zeros(self.n_samples)
        there = partition.block_walkers(block)
        energies[n * there.start : n * there.stop] = sample.energies.sum(axis=2).ravel() - self.ensemble.reference
        self._energies.add(block, energies)

    def gather(self) -> None:
        """Swap columns for rows, and centre; collective, after all blocks were added."""
        energies = self._energies.finish().copy()
        finite = np.isfinite(energies)
        self._X = self._swap()
        weights = finite / max(np.count_nonzero(finite), 1)
        for _, chunk in self.chunks():
            if not finite.all():
                chunk[:, ~finite] = 0.0
            chunk -= (chunk @ weights)[:, None]
            if not finite.all():
                chunk[:, ~finite] = 0.0
        energies[~finite] = 0.0
        self.energies = np.where(finite, energies - energies @ weights, 0.0)

    def chunks(self) -> Iterator[tuple[int, np.ndarray]]:
        """Number and rows (parameters of the chunk, n_samples) of each of this rank's chunks."""
        first = self._parameters(self.ensemble.partition.blocks.start).start
        for block in self.ensemble.partition.blocks:
            chunk = self._parameters(block)
            yield block, self._X[chunk.start - first : chunk.stop - first]

    def times(self, x: np.ndarray) -> np.ndarray:
        """O x (n_params,) for x (n_samples,); collective."""
        tree, buffer = self.ensemble.tree("parameters", self._n_params), np.zeros(self._n_params)
        for block, chunk in self.chunks():
            buffer[:] = 0.0
            buffer[self._parameters(block)] = chunk @ x
            tree.add(block, buffer)
        return tree.finish().copy()

    def transpose_times(self, x: np.ndarray) -> np.ndarray:
        """O^T x (n_samples,) for x (n_params,); collective."""
        tree = self.ensemble.tree("samples", self.n_samples)
        for block, chunk in self.chunks():
            tree.add(block, x[self._parameters(block)] @ chunk)
        return tree.finish().copy()

    def _parameters(self, block: int) -> slice:
        n_blocks = self.ensemble.partition.n_blocks
        return slice(block * self._n_params // n_blocks, (block + 1) * self._n_params // n_blocks)

    def _parameters_of(self, rank: int) -> slice:
        blocks = self.ensemble.partition.blocks_of(rank)
        return slice(self._parameters(blocks.start).start, self._parameters(blocks.stop - 1).stop)

    def _swap(self) -> np.ndarray:
        """This rank's parameters of all samples from all parameters of this rank's samples, by pairwise exchange."""
        rank, size = self.ensemble.communicator.rank, self.ensemble.communicator.size
        if size == 1:
            return self._O
        n, partition, mine = self._per_walker, self.ensemble.partition, self._parameters_of(rank)
        X = self.ensemble.scratch("O by parameters", mine.stop - mine.start, self.n_samples)
        for turn in range(size):  # in every turn ranks r and (turn - r) mod size meet
            partner = (turn - rank) % size
            walkers = partition.walkers_of(partner)
            columns = slice(n * walkers.start, n * walkers.stop)
            if partner == rank:
                X[:, columns] = self._O[mine]
                continue
            received = np.empty((mine.stop - mine.start, columns.stop - columns.start))
            self.ensemble.communicator.exchange(self._O[self._parameters_of(partner)], received, partner)
            X[:, columns] = received
        return X
