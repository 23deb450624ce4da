"""From sums per block of walkers to values with error bars."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vmc.observables.base import Axis, Observable, Points, Quantity
from vmc.observables.chain import Chain
from vmc.observables.trial import shape_of
from vmc.statistics import format_value
from vmc.statistics.student import widening_factor

#: The error of an error from fewer blocks exceeds 27 %; none is given then.  Nor is it in bins that are empty in all
#: but fewer blocks: walkers come there seldom, and stay, and the scatter lacks what they bring.
MINIMUM_BLOCKS = 8


@dataclass(frozen=True)
class Measured:
    """An observable with its error bar.

    Attributes
    ----------
    name, long_name, units, axes : see :class:`vmc.observables.base.Quantity`.
    value : a number as an array without dimensions, or one entry per bin.
    error : half width of the 68.27 % interval of each value by itself, of the same shape; nan where fewer than
        MINIMUM_BLOCKS blocks of walkers were measured, where all blocks agree exactly, and in bins that are empty in
        all but fewer than MINIMUM_BLOCKS blocks.
    outside : mean number of particles or pairs outside the axes.
    n_blocks : blocks of walkers the error is from.
    """

    name: str
    long_name: str
    units: str
    axes: tuple[Axis | Points, ...]
    value: np.ndarray
    error: np.ndarray
    outside: float
    n_blocks: int

    def bins(self, position: int = 0) -> Axis:
        """The bins along a dimension.

        Raises
        ------
        TypeError
            where there are points.
        """
        axis = self.axes[position]
        if not isinstance(axis, Axis):
            raise TypeError(f"{self.name} is over points, expected bins")
        return axis

    def __str__(self) -> str:
        if not self.axes and math.isinf(self.value):
            return "infinite in some samples"
        if not self.axes and math.isnan(self.value):
            return "not a number: its function gives none in some samples"
        if not self.axes and math.isnan(self.error) and self.n_blocks >= MINIMUM_BLOCKS:
            return f"{float(self.value):g} {self.units}".rstrip() + ", the same in all blocks of walkers"
        if not self.axes:
            return format_value(float(self.value), float(self.error), self.units)
        size = " x ".join(str(n) for n in self.value.shape)
        what = "bins" if isinstance(self.axes[0], Axis) else f"values of {self.axes[0].name}"
        # Over values of k it is a difference of averages, and may be below zero.
        is_told = what == "bins" or self.outside > 0.0
        return f"{size} {what}" + (f", {self.outside:.3g} outside" if is_told else "")

    def as_dict(self) -> dict[str, Any]:
        """Value, error, units and edges of bins or points for JSON, which has neither nan nor infinity: None there."""
        result: dict[str, Any] = {"value": _for_json(self.value), "error": _for_json(self.error), "units": self.units}
        for axis in self.axes:
            key, places = ("edges", axis.edges) if isinstance(axis, Axis) else ("points", axis.centres)
            result.setdefault(key, {})[axis.name] = places.tolist()
        if self.axes:
            result["outside"] = _for_json(np.array(self.outside))
        return result


def _for_json(array: np.ndarray) -> Any:
    """Nested lists, or a number, with None in the place of what is not finite."""
    found = array.astype(object)
    found[~np.isfinite(array)] = None
    return found.tolist()


def estimate(chain: Chain, block_sums: np.ndarray) -> dict[str, Measured]:
    """Values and errors by name, from the sums of each canonical block of walkers (n_blocks, n_sums).

    Blocks are independent and each holds the whole path of its walkers, so that their scatter counts correlation in
    time in.  The error is the jackknife's over blocks, docs/theory.md eq. (36): for means it is the scatter of block
    means / sqrt(n_blocks), and it is right for any smooth function of means.  Student's t with n_blocks - 1 degrees of
    freedom widens it.
    """
    if not chain.observables:
        return {}
    has_any = block_sums[:, 0] > 0.0
    if not has_any.any():
        return {}
    if not has_any.all():
        block_sums = block_sums[has_any]  # a copy, which may be large
    found = {}
    first = 1
    for observable in chain.observables:
        own = block_sums[:, first : first + observable.n_sums]
        for measured in _measure(observable, block_sums[:, 0], own):
            found[measured.name] = measured
        first += observable.n_sums
    return found


def _measure(observable: Observable, counts: np.ndarray, sums: np.ndarray) -> Iterator[Measured]:
    """The quantities of one observable, from the number of configurations and the sums of each block."""
    with np.errstate(all="ignore"):  # of functions that are infinite somewhere
        n, total = counts.sum(), sums.sum(axis=0)
        means = total / n
        values, outside = _values(observable, means), _outside(observable, means)
        errors = [np.full(np.shape(value), math.nan) for value in values]
        if len(counts) >= MINIMUM_BLOCKS:
            replicas = [np.empty((len(counts), *np.shape(value))) for value in values]
            for block, (count, own) in enumerate(zip(counts, sums)):  # one by one: they may be large
                for replica, value in zip(replicas, _values(observable, (total - own) / (n - count))):
                    replica[block] = value
            errors = [_jackknife_error(replica) for replica in replicas]
            if any(_has_bins(quantity) for quantity in observable.quantities):
                _leave_out_rare_bins(observable, errors, counts, sums)
    for quantity, value, error, far in zip(observable.quantities, values, errors, outside):
        yield _measured(quantity, np.asarray(value, float), error, far, len(counts))


def _has_bins(quantity: Quantity) -> bool:
    return bool(quantity.axes) and all(isinstance(axis, Axis) for axis in quantity.axes)


def _leave_out_rare_bins(
    observable: Observable, errors: list[np.ndarray], counts: np.ndarray, sums: np.ndarray
) -> None:
    """Write nan over the errors of bins that are zero, or 0 / 0, in all blocks but fewer than MINIMUM_BLOCKS."""
    n_filled = [np.zeros(np.shape(error), dtype=np.int32) for error in errors]
    for count, own in zip(counts, sums):
        for filled, value in zip(n_filled, _values(observable, own / count)):
            filled += np.isfinite(value) & (value != 0.0)
    for quantity, error, filled in zip(observable.quantities, errors, n_filled):
        if _has_bins(quantity):
            error[filled < MINIMUM_BLOCKS] = math.nan


def _values(observable: Observable, means: np.ndarray) -> Sequence[np.ndarray]:
    """What the function gives, not a number where it fails: the energy of a long run is not to be lost with it."""
    try:
        return observable.values(means)
    except (ArithmeticError, ValueError):
        return [np.full(shape_of(quantity), math.nan) for quantity in observable.quantities]


def _outside(observable: Observable, means: np.ndarray) -> Sequence[float]:
    try:
        return observable.outside(means)
    except (ArithmeticError, ValueError):
        return [math.nan] * len(observable.quantities)


def _measured(quantity: Quantity, value: np.ndarray, error: np.ndarray, outside: float, n_blocks: int) -> Measured:
    return Measured(
        quantity.name, quantity.long_name, quantity.units, quantity.axes, value, error, float(outside), n_blocks
    )


def _jackknife_error(replicas: np.ndarray) -> np.ndarray:
    """Error from the values without each of the blocks, (n_blocks, ...), which are overwritten."""
    n = len(replicas)
    replicas -= replicas[0].copy()  # the scatter is exactly zero where all are equal
    replicas -= replicas.sum(axis=0) / n
    replicas *= replicas
    error = np.sqrt((n - 1.0) * (replicas.sum(axis=0) / n)) * widening_factor(n - 1)
    return np.where(error > 0.0, error, math.nan)


def _kinds_of(name: str, observables: dict[str, Measured]) -> list[str]:
    """What there is of an observable by spins, by the ends of the names."""
    if not observables[name].axes:
        return []
    parts = (other for other, measured in observables.items() if other.startswith(f"{name}_") and measured.axes)
    return [other.removeprefix(f"{name}_") for other in parts]


def observable_lines(observables: dict[str, Measured], equilibration: int = 0) -> list[str]:
    """One line each: numbers with their errors, histograms with their size, what fell outside, and of which spins.

    Parameters
    ----------
    equilibration : measurements that the energy leaves out at the start, and the observables do not.
    """
    kinds = {name: _kinds_of(name, observables) for name in observables}
    inside = {f"{name}_{kind}" for name, own in kinds.items() for kind in own}
    lines = [
        f"{name:<17} {measured}" + (f"; also {', '.join(kinds[name])}" if kinds[name] else "")
        for name, measured in observables.items()
        if name not in inside
    ]
    n_blocks = max((measured.n_blocks for measured in observables.values()), default=MINIMUM_BLOCKS)
    if n_blocks < MINIMUM_BLOCKS:
        lines.append(f"note: no errors of observables from n_blocks = {n_blocks}, expected at least {MINIMUM_BLOCKS}")
    if observables and equilibration:
        lines.append(f"note: observables include the first {equilibration} measurements, which the energy leaves out")
    return lines
