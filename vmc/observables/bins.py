"""Counting in bins of equal width, and what the counts are divided by."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.link import inlined
from vmc.observables.base import Axis, Observable, Quantity


@inlined
def bin_of(x, low, inverse_width, n_bins):
    """The bin of x, n_bins where x lies outside or is not a number."""
    place = (x - low) * inverse_width
    return int(place) if 0.0 <= place < n_bins else n_bins


@inlined
def count(x, low, inverse_width, counts):
    """Add one to the bin of each entry of x (n,); the last entry of `counts` is for those outside."""
    n_bins = counts.size - 1
    for b in range(x.size):
        counts[bin_of(x[b], low, inverse_width, n_bins)] += 1.0


@inlined
def total(x):
    """Sum of x (n,), in a loop that stores nothing: its order then cannot depend on where arrays lie in memory."""
    found = 0.0
    for b in range(x.size):
        found += x[b]
    return found


def histograms(
    system: System,
    quantities: tuple[Quantity, ...],
    volume: np.ndarray,
    accumulate: Callable,
    constants: tuple[Any, ...],
) -> Observable:
    """Densities counted in bins: one row of counts per quantity, its last entry for what falls outside.

    Parameters
    ----------
    system : the particles.
    volume : of each bin, of the shape of the quantities' arrays.
    accumulate, constants : see :class:`vmc.observables.base.Observable`.
    """
    n_rows = len(quantities)

    def values(means: np.ndarray) -> tuple[np.ndarray, ...]:
        rows = means.reshape(n_rows, volume.size + 1)
        return tuple(row[:-1].reshape(volume.shape) / volume for row in rows)

    def outside(means: np.ndarray) -> tuple[float, ...]:
        return tuple(means.reshape(n_rows, volume.size + 1)[:, -1].tolist())

    return Observable(quantities, n_rows * (volume.size + 1), accumulate, values, constants, outside, system=system)


def histograms_by_kind(
    system: System,
    whole: Quantity,
    kinds: dict[str, str],
    volume: np.ndarray,
    accumulate: Callable,
    constants: tuple[Any, ...],
) -> Observable:
    """Density of all particles or pairs, and of each kind where there is more than one, counted in bins (n,).

    The kernel keeps a row of counts for each kind, its last entry for what falls outside.

    Parameters
    ----------
    kinds : what the names of their quantities end in, and what they are called.
    """
    shown = kinds if len(kinds) > 1 else {}
    parts = [
        Quantity(f"{whole.name}_{end}", f"{whole.long_name}, {called}", whole.units, whole.axes)
        for end, called in shown.items()
    ]

    def rows_of(means: np.ndarray) -> list[np.ndarray]:
        rows = means.reshape(len(kinds), volume.size + 1)
        return [rows.sum(axis=0), *(rows if shown else ())]

    def values(means: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(row[:-1] / volume for row in rows_of(means))

    def outside(means: np.ndarray) -> tuple[float, ...]:
        return tuple(float(row[-1]) for row in rows_of(means))

    n_sums = len(kinds) * (volume.size + 1)
    return Observable((whole, *parts), n_sums, accumulate, values, constants, outside, system=system)


def radial_axis(n_bins: int, r_max: float, unit: str) -> Axis:
    """Distances from 0 to r_max."""
    return Axis("r", unit, np.linspace(0.0, _checked("r_max", r_max), _checked_bins(n_bins) + 1))


def symmetric_axis(name: str, n_bins: int, x_max: float, unit: str) -> Axis:
    """Coordinates from -x_max to x_max."""
    _checked("x_max", x_max)
    return Axis(name, unit, np.linspace(-x_max, x_max, _checked_bins(n_bins) + 1))


def shell_volumes(edges: np.ndarray, n_dim: int) -> np.ndarray:
    """Volumes of the shells between spheres of radii `edges`: 2 dr on a line, pi (b^2 - a^2), 4/3 pi (b^3 - a^3)."""
    unit_ball = {1: 2.0, 2: math.pi, 3: 4.0 * math.pi / 3.0}[n_dim]
    return unit_ball * np.diff(edges**n_dim)


def _checked(name: str, length: float) -> float:
    if not 0.0 < length < math.inf:
        raise ValueError(f"{name} = {length}: expected a positive length")
    return length


def _checked_bins(n_bins: int) -> int:
    if n_bins < 1:
        raise ValueError(f"bins = {n_bins}: expected at least 1")
    return n_bins
