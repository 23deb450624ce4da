"""The evaluation run: frozen parameters, a series of energies, and what is needed for their error bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmc.ensemble import Ensemble, first_offender
from vmc.estimators import N_SCALARS, EnergyMoments, energy_sums
from vmc.statistics import Estimate, Verdict, summarise


@dataclass(frozen=True)
class EnergySummary:
    """Energy and its components as estimates, and the verdict on the energy's error bar."""

    energy: Estimate
    verdict: Verdict
    components: dict[str, Estimate]
    virial_ratio: float
    acceptance: float
    n_nonfinite: int


class Evaluation:
    """Accumulates an evaluation run chunk by chunk.

    Parameters
    ----------
    ensemble : the walkers; their energy reference must not change during the run.
    n_samples : measurements per walker in the whole run.
    stride : steps before each measurement.

    Attributes
    ----------
    series : mean over all walkers at each measurement of the energy and each component,
        (n_done, 1 + n_components).
    walker_sums : count and sum of E_L - reference of each of this rank's walkers, in either half of the
        run, shape (n_local, 2, 2).
    totals : sums of :func:`vmc.estimators.energy_sums` over the whole run.
    """

    def __init__(self, ensemble: Ensemble, n_samples: int, stride: int) -> None:
        self.ensemble = ensemble
        self.n_samples = n_samples
        self.stride = stride
        n_components = ensemble.measurement.n_components
        self.series = np.empty((0, 1 + n_components))
        self.walker_sums = np.zeros((ensemble.partition.n_local, 2, 2))
        self.totals = np.zeros(N_SCALARS + n_components)

    @property
    def n_done(self) -> int:
        """Measurements per walker made so far."""
        return len(self.series)

    def run(self, n_samples: int) -> EnergyMoments:
        """Add `n_samples` measurements of every walker; return the estimates from these alone.

        Raises
        ------
        UserError
            when more than one per cent of the chunk's local energies are not finite.
        """
        ensemble = self.ensemble
        n_components = ensemble.measurement.n_components
        n_sums = N_SCALARS + n_components
        tree = ensemble.tree("evaluation", n_sums + n_samples * (2 + n_components))
        half = np.arange(self.n_done, self.n_done + n_samples) * 2 >= self.n_samples
        offender = None
        for block, X, states in ensemble.blocks():
            sample = ensemble.measure(X, states, n_samples, self.stride)
            offender = first_offender(offender, sample)
            steps = _step_sums(sample.energies, ensemble.reference)
            tree.add(block, np.concatenate([energy_sums(sample, ensemble.reference), steps.ravel()]))
            self._add_walkers(block, sample.energies, half)
        total = tree.finish()
        energies = ensemble.estimate(total[:n_sums], n_samples * self.stride, offender)
        self.totals += total[:n_sums]
        steps = total[n_sums:].reshape(n_samples, 2 + n_components)
        means = steps[:, 1:] / np.maximum(steps[:, :1], 1.0)
        means[:, 0] += ensemble.reference
        self.series = np.concatenate([self.series, means])
        return energies

    def _add_walkers(self, block: int, energies: np.ndarray, half: np.ndarray) -> None:
        rows = self.ensemble.partition.local_walkers(block)
        total = energies.sum(axis=2) - self.ensemble.reference
        finite = np.isfinite(total)
        if not finite.all():
            total = np.where(finite, total, 0.0)
        for part, chosen in enumerate((~half, half)):
            if chosen.any():
                self.walker_sums[rows, part, 0] += finite[chosen].sum(axis=0)
                self.walker_sums[rows, part, 1] += total[chosen].sum(axis=0)

    def summary(self) -> EnergySummary | None:
        """Estimates and verdict from what has been measured; on the root only, None elsewhere. Collective."""
        gathered = self.ensemble.communicator.gather_rows(self.walker_sums)
        if gathered is None:
            return None
        hamiltonian = self.ensemble.measurement.hamiltonian
        reference = self.ensemble.reference
        n, n_bad, accepted, first, second = self.totals[:5]
        variance = max(second / n - (first / n) ** 2, 0.0)
        energy, verdict = summarise(
            self.series[:, 0],
            walker_means=_walker_means(gathered.sum(axis=1), reference),
            half_means=_half_means(gathered, reference),
            variance=variance,
            n_samples=int(n),
            n_nonfinite=int(n_bad),
            unit=hamiltonian.unit,
        )
        components = {
            name: summarise(self.series[:, 1 + c], unit=hamiltonian.unit)[0]
            for c, name in enumerate(hamiltonian.components)
        }
        means = self.totals[N_SCALARS:] / n
        n_coordinates = self.ensemble.measurement.wave_function.system.n_coordinates
        proposals = (n + n_bad) * self.stride * self.ensemble.measurement.move.proposals(n_coordinates)
        return EnergySummary(
            energy, verdict, components, hamiltonian.virial_ratio(means), accepted / proposals, int(n_bad)
        )


def _step_sums(energies: np.ndarray, reference: float) -> np.ndarray:
    """Per measurement: number of finite energies, sum of E - reference, sum of each component."""
    total = energies.sum(axis=2) - reference
    finite = np.isfinite(total)
    if not finite.all():
        total = np.where(finite, total, 0.0)
        energies = np.where(finite[:, :, None], energies, 0.0)
    return np.concatenate([finite.sum(axis=1)[:, None], total.sum(axis=1)[:, None], energies.sum(axis=1)], axis=1)


def _walker_means(sums: np.ndarray, reference: float) -> np.ndarray:
    """Means of the walkers that have finite samples."""
    some = sums[:, 0] > 0
    return reference + sums[some, 1] / sums[some, 0]


def _half_means(sums: np.ndarray, reference: float) -> np.ndarray | None:
    """Means of either half of each walker's path, once both halves have begun."""
    if not (sums[:, :, 0] > 0).all():
        return None
    return reference + sums[:, :, 1] / sums[:, :, 0]
