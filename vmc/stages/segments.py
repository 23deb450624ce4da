"""Sums of each walker in consecutive segments of a run whose length is not known in advance.

A run keeps at most `N_SEGMENTS` equal segments, the last of them perhaps not full. When it outgrows them,
neighbours are merged, so that the segments follow from the number of measurements alone: 32 or fewer single
measurements at first, and from then on between 17 and 32 segments of 2, 4, 8, ... measurements.
"""

from collections.abc import Sequence

import numpy as np

#: A cut at a segment boundary wastes at most 1/17 of a run, halves differ by as little; 256 bytes a walker and sum.
N_SEGMENTS = 32


def no_sums(n_walkers: int, n_values: int = 1) -> np.ndarray:
    """Number of measurements of each walker in each segment and sums of values, (n_walkers, N_SEGMENTS, 1 + n_values).

    All zero.
    """
    return np.zeros((n_walkers, N_SEGMENTS, 1 + n_values))


def segment_length(n_rows: int) -> int:
    """Measurements per segment of a run of `n_rows` measurements, a power of two."""
    length = 1
    while n_rows > N_SEGMENTS * length:
        length *= 2
    return length


def segment_starts(n_rows: int) -> np.ndarray:
    """First measurement of each segment of a run of `n_rows` measurements."""
    return np.arange(0, n_rows, segment_length(n_rows))


def make_room(sums: np.ndarray, n_rows: int, n_more: int) -> None:
    """Merge neighbours in place until a run of `n_rows` measurements has room for `n_more`."""
    length, needed = segment_length(n_rows), segment_length(n_rows + n_more)
    while length < needed:
        merged = sums[:, 0::2] + sums[:, 1::2]
        sums[:, : N_SEGMENTS // 2] = merged
        sums[:, N_SEGMENTS // 2 :] = 0.0
        length *= 2


def add_rows(sums: np.ndarray, n_rows: int, finite: np.ndarray, values: Sequence[np.ndarray]) -> None:
    """Add further measurements of some walkers to their `sums`, in place.

    Parameters
    ----------
    sums : of these walkers, with room (see :func:`make_room`).
    n_rows : measurements made before.
    finite : which of the measurements count, (n_more, n_walkers).
    values : one array of that shape for each sum, zero where `finite` is false.
    """
    length, n_more = segment_length(n_rows + len(finite)), len(finite)
    for s in range(n_rows // length, -(-(n_rows + n_more) // length)):
        chosen = slice(max(s * length - n_rows, 0), (s + 1) * length - n_rows)
        sums[:, s, 0] += finite[chosen].sum(axis=0)
        for c, value in enumerate(values, start=1):
            sums[:, s, c] += value[chosen].sum(axis=0)


def walker_means_of(sums: np.ndarray, reference: float = 0.0, value: int = 0) -> np.ndarray | None:
    """Means of the walkers that have finite samples, (n_walkers,), of one of the values, which are less `reference`."""
    count, total = sums[:, :, [0, 1 + value]].sum(axis=1).T
    some = count > 0
    return reference + total[some] / count[some] if some.any() else None


def half_means_of(sums: np.ndarray, reference: float = 0.0, value: int = 0) -> np.ndarray | None:
    """The same of either half of each walker's path, parted at a segment, once both have begun."""
    sums = sums[:, :, [0, 1 + value]]
    rows = np.cumsum(sums[:, :, 0].max(axis=0, initial=0.0))
    if len(rows) < 2:
        return None
    middle = 1 + int(np.argmin(np.abs(rows[:-1] - 0.5 * rows[-1])))
    halves = np.stack([sums[:, :middle].sum(axis=1), sums[:, middle:].sum(axis=1)], axis=1)
    if not (halves[:, :, 0] > 0).all():
        return None
    return reference + halves[:, :, 1] / halves[:, :, 0]
