"""The evaluation run: frozen parameters, a series of energies, and what is needed for their error bars."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import numpy as np

from vmc.errors import UserError
from vmc.measuring.ensemble import Ensemble, first_offender
from vmc.measuring.estimators import N_SCALARS, EnergyMoments, energy_sums
from vmc.measuring.measurement import TILE
from vmc.observables.measured import estimate
from vmc.soundness.looks import refuse_unsound_parameters
from vmc.stages.blind_spots import blind_spots, digits_of_derivatives
from vmc.stages.energy_summary import EnergySummary
from vmc.stages.growing import Growing
from vmc.stages.measurements import finite_energies, step_sums
from vmc.stages.safeguard import GaveUpError
from vmc.stages.segments import (
    add_rows,
    half_means_of,
    make_room,
    no_sums,
    segment_length,
    segment_starts,
    walker_means_of,
)
from vmc.stages.spreads import shortest_spread, spread_drifts, spread_names, spreads_of
from vmc.stages.stopping import is_reached
from vmc.statistics import Estimate, Verdict, equilibration_cut, refusal_of_a_quarter, standing_walkers, summarise
from vmc.statistics.functions import function_of_means, variance_error
from vmc.statistics.summary import ZERO_VARIANCE, drift

#: Scatter of a series relative to its values that is rounding.
ROUNDING = 1e-13


class Evaluation:
    """Accumulates an evaluation run chunk by chunk.

    Parameters
    ----------
    ensemble : the walkers; their energy reference must not change during the run.
    stride : steps before each measurement.
    equilibration : measurements to leave out at the start; None to let a test decide.
    target_error : the error bar that is wanted, or None.

    Attributes
    ----------
    walker_sums : count and sums of E_L - reference, of the components and outside of cells of the spreads of each
        mass along the axes (:mod:`vmc.stages.spreads`) of each of this rank's walkers in each segment of the run after
        the measurements left out by request, see :mod:`vmc.stages.segments`.
    totals : sums of :func:`vmc.measuring.estimators.energy_sums` over the whole run.
    block_sums : sums of the observables over the whole run in each of this rank's blocks of walkers,
        (n_local_blocks, n_tiles, n_sums); apart for each tile, so that they are added up one measurement after the
        other, whatever the chunks.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        stride: int,
        equilibration: int | None = None,
        target_error: float | None = None,
    ) -> None:
        self.ensemble = ensemble
        self.stride = stride
        self.equilibration = equilibration
        self.target_error = target_error
        n_components = ensemble.measurement.n_components
        self._series = Growing(np.empty((0, 1 + n_components)))
        self._moments = Growing(np.empty((0, 2)))
        self._n_spreads = len(spread_names(ensemble.measurement.wave_function.system))
        self.walker_sums = no_sums(ensemble.partition.n_local, 1 + n_components + self._n_spreads)
        self.totals = np.zeros(N_SCALARS + n_components)
        n_tiles = -(-ensemble.partition.largest_block // TILE)
        n_sums = ensemble.measurement.observables.n_sums
        self.block_sums = np.zeros((len(ensemble.partition.blocks), n_tiles, n_sums))

    @property
    def series(self) -> np.ndarray:
        """Mean over the walkers of the energy and its components at each measurement, (n_done, 1 + n_components)."""
        return self._series.array

    @property
    def moments(self) -> np.ndarray:
        """At each measurement the number of finite local energies and the mean of (E_L - reference)^2, (n_done, 2)."""
        return self._moments.array

    def restore(self, series: np.ndarray, moments: np.ndarray) -> None:
        """Put earlier measurements in the place of these."""
        self._series, self._moments = Growing(series), Growing(moments)

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
        GaveUpError
            before the first measurement, where psi has no energy at the parameters that came of an optimisation.
        """
        ensemble = self.ensemble
        if not self.n_done:
            self._look_again()
        n_components = ensemble.measurement.n_components
        n_sums = N_SCALARS + n_components
        tree = ensemble.tree("evaluation", n_sums + n_samples * (3 + n_components))
        n_kept, skipped = self._kept(n_samples)
        make_room(self.walker_sums, n_kept, n_samples - skipped)
        offender = None
        for own, (block, X, states) in zip(self.block_sums, ensemble.blocks(), strict=True):
            sample = ensemble.measure(X, states, n_samples, self.stride, observed=own, spreads=self._n_spreads > 0)
            offender = first_offender(offender, sample)
            shifted, parts, finite = finite_energies(sample.energies, ensemble.reference)
            steps = step_sums(parts, shifted, finite)
            tree.add(block, np.concatenate([energy_sums(sample, ensemble.reference), steps.ravel()]))
            own_sums = self.walker_sums[ensemble.partition.local_walkers(block)]
            spreads = sample.spreads if finite.all() else np.where(finite, sample.spreads, 0.0)
            values = [value[skipped:] for value in (shifted, *np.moveaxis(parts, 2, 0), *spreads)]
            add_rows(own_sums, n_kept, finite[skipped:], values)
        total = tree.finish()
        energies = ensemble.estimate(total[:n_sums], n_samples * self.stride, offender)
        self.totals += total[:n_sums]
        steps = total[n_sums:].reshape(n_samples, 3 + n_components)
        means = steps[:, 1:] / np.maximum(steps[:, :1], 1.0)
        self._moments.add(np.stack([steps[:, 0], means[:, 0]], axis=1))
        means = means[:, 1:]
        means[:, 0] += ensemble.reference
        self._series.add(means)
        return energies

    def _look_again(self) -> None:
        """At parameters that an optimisation has found, of which a job tells as of one that gave up."""
        try:
            refuse_unsound_parameters(self.ensemble)
        except UserError as error:
            raise GaveUpError(str(error)) from error

    def _kept(self, n_samples: int) -> tuple[int, int]:
        """Measurements in the walkers' sums so far, and how many of the next `n_samples` stay out of them."""
        missing = max((self.equilibration or 0) - self.n_done, 0)
        return max(self.n_done - (self.equilibration or 0), 0), min(missing, n_samples)

    def reached_target(self) -> bool:
        """Whether the error bar is the wanted one and can be believed.  Collective."""
        summary = self.summary()
        return bool(self.ensemble.communicator.broadcast(summary is not None and summary.target_reached))

    def all_block_sums(self) -> np.ndarray | None:
        """Sums of the observables in all blocks, as `block_sums`, on the root, None elsewhere.  Collective."""
        if self.block_sums.size:
            return self.ensemble.communicator.gather_rows(self.block_sums)
        shape = (self.ensemble.partition.n_blocks, *self.block_sums.shape[1:])
        return np.zeros(shape) if self.ensemble.communicator.is_root else None

    def summary(self) -> EnergySummary | None:
        """Estimates and verdict from what has been measured; on the root only, None elsewhere. Collective."""
        system = self.ensemble.measurement.wave_function.system
        walker_sums = self.ensemble.communicator.gather_rows(self.walker_sums)
        spreads = self.ensemble.communicator.gather_rows(spreads_of(system, self.ensemble.X))
        block_sums = self.all_block_sums()
        if walker_sums is None or block_sums is None or spreads is None:
            return None
        left_out, walker_sums = self._cut(walker_sums)
        components, virial_ratio, means_of_parts, drifts = self._parts(left_out, walker_sums)
        walker_means = walker_means_of(walker_sums, self.ensemble.reference)
        half_means = half_means_of(walker_sums, self.ensemble.reference)
        drifts |= spread_drifts(walker_sums, system)
        slow_part = shortest_spread(walker_sums, spreads, system)
        energy, verdict = self._energy(left_out, walker_sums, walker_means, half_means, drifts, slow_part)
        if _stands(self.series[left_out:, 0], energy.variance):
            energy = replace(energy, variance_error=nan)
            components = {name: _without_error(component) for name, component in components.items()}
            virial_ratio = _without_error(virial_ratio)
        target = self.target_error
        with np.errstate(invalid="ignore"):  # an observable that is infinite on either side is not a number
            block_sums = block_sums.sum(axis=1)
        return EnergySummary(
            energy,
            verdict,
            components,
            virial_ratio=virial_ratio,
            acceptance=self._acceptance,
            n_nonfinite=int(self.totals[1]),
            n_measurements=self.n_done,
            equilibration=left_out,
            target_reached=None if target is None else is_reached(energy, verdict, target),
            observables=estimate(self.ensemble.measurement.observables, block_sums),
            walker_means=walker_means,
            half_means=half_means,
            walker_means_of_parts=means_of_parts,
        )

    def _parts(
        self, left_out: int, walker_sums: np.ndarray
    ) -> tuple[dict[str, Estimate], Estimate, dict[str, np.ndarray], dict[str, float]]:
        """Components and virial ratio, means of each walker, and drifts, from what is not left out."""
        hamiltonian = self.ensemble.measurement.hamiltonian
        parts, components, means, drifts = self.series[left_out:, 1:], {}, {}, {}
        scale = float(np.abs(parts.mean(axis=0)).max())
        for c, name in enumerate(hamiltonian.components):
            own = walker_means_of(walker_sums, value=1 + c)
            components[name], _ = summarise(parts[:, c], own, unit=hamiltonian.unit)
            drifts[f"part '{name}'"] = drift(parts[:, c], half_means_of(walker_sums, value=1 + c), scale)
            if own is not None:
                means[name] = own
        together = np.stack(list(means.values()), axis=1) if means else None
        return components, function_of_means(parts, hamiltonian.virial_ratio, together), means, drifts

    def _refusal(self, n_segments: int) -> float:
        """Probability that a walker refuses all proposals of a quarter of these segments, where few are accepted."""
        n_kept = self.n_done - (self.equilibration or 0)
        n_proposals = segment_length(n_kept) * self.stride * self._proposals_per_step
        return refusal_of_a_quarter(self._acceptance, n_segments, n_proposals)

    @property
    def _proposals_per_step(self) -> int:
        move = self.ensemble.measurement.move
        return move.proposals(self.ensemble.measurement.wave_function.system.n_coordinates)

    @property
    def _acceptance(self) -> float:
        n, n_bad, accepted = self.totals[:3]
        return float(accepted / ((n + n_bad) * self.stride * self._proposals_per_step))

    def _cut(self, walker_sums: np.ndarray) -> tuple[int, np.ndarray]:
        """Measurements to leave out at the start, and the walkers' sums (n_walkers, n_segments, 2) without them."""
        if self.equilibration is not None:
            n_kept = self.n_done - self.equilibration
            if n_kept < 1:  # not there yet: the last measurement stands for what will come
                return self.n_done - 1, walker_sums[:, :0]
            return self.equilibration, walker_sums[:, : len(segment_starts(n_kept))]
        starts = segment_starts(self.n_done)
        walker_sums = walker_sums[:, : len(starts)]
        # Parts see walkers on their way, to the middle of the trap say, where the energy of a good psi does not.
        n = self.series.shape[1]
        cut = max(
            equilibration_cut(self.series[:, c], starts, walker_sums[:, :, [0, 1 + c]], n_series=n) for c in range(n)
        )
        return int(starts[cut]), walker_sums[:, cut:]

    def _energy(
        self,
        left_out: int,
        walker_sums: np.ndarray,
        walker_means: np.ndarray | None,
        half_means: np.ndarray | None,
        drifts: dict[str, float],
        slow_part: tuple[str, float],
    ) -> tuple[Estimate, Verdict]:
        """Estimate of the energy from what is not left out, and the verdict."""
        reference, measurement = self.ensemble.reference, self.ensemble.measurement
        rows = self.series[left_out:, 0]
        counts, squares = self.moments[left_out:].T
        n = counts.sum()
        first = counts @ (rows - reference) / n
        variance = max(float(counts @ squares / n - first**2), 0.0)
        parts = self.series[left_out:, 1:].mean(axis=0)
        return summarise(
            rows,
            walker_means=walker_means,
            half_means=half_means,
            variance=variance,
            n_samples=int(n),
            n_nonfinite=len(rows) * self.ensemble.partition.n_walkers - int(n),
            drifts_of_parts=drifts,
            negligible_deviation=digits_of_derivatives(measurement) * abs(float(parts[0])),
            variance_error=variance_error(rows - reference, squares),
            unit=measurement.hamiltonian.unit,
            n_standing=standing_walkers(walker_sums, variance**0.5, self._refusal(walker_sums.shape[1])),
            slow_part=slow_part[0],
            length_of_slow_part=slow_part[1],
            **blind_spots(self.ensemble, parts, variance, int(n)),
        )


def _stands(rows: np.ndarray, variance: float) -> bool:
    """Whether the mean over the walkers (n_rows,) never changed though their energies differ: none of them moved.

    A series without scatter then has no error to tell, not an error of zero as in an eigenstate.
    """
    largest = np.abs(rows).max()
    return bool(np.ptp(rows) <= ROUNDING * largest and variance > (ZERO_VARIANCE * largest) ** 2)


def _without_error(estimate: Estimate) -> Estimate:
    return replace(estimate, error=nan, variance=nan, autocorrelation_time=nan, ess=nan, r_hat=nan)
