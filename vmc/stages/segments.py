"""Sums of each walker in consecutive segments of a run whose length is not known in advance.

A run keeps at most `N_SEGMENTS` equal segments, the last of them perhaps not full. When it outgrows them,
neighbours are merged, so that the segments follow from the number of measurements alone: 32 or fewer single
measurements at first, and from then on between 17 and 32 segments of 2, 4, 8, ... measurements.
"""

import numpy as np

#: A cut at a segment boundary wastes at most 1/17 of a run, halves differ by as little; 512 bytes a walker.
N_SEGMENTS = 32


def no_sums(n_walkers: int) -> np.ndarray:
    """Count and sum of finite values of each walker in each segment, all zero: (n_walkers, N_SEGMENTS, 2)."""
    return np.zeros((n_walkers, N_SEGMENTS, 2))


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


def add_rows(sums: np.ndarray, n_rows: int, values: np.ndarray, finite: np.ndarray) -> None:
    """Add further measurements of some walkers to their `sums`, in place.

    Parameters
    ----------
    sums : of these walkers, with room (see :func:`make_room`).
    n_rows : measurements made before.
    values : (n_more, n_walkers), zero where `finite` is false.
    """
    length = segment_length(n_rows + len(values))
    segment = np.arange(n_rows, n_rows + len(values)) // length
    for s in np.unique(segment):
        chosen = segment == s
        sums[:, s, 0] += finite[chosen].sum(axis=0)
        sums[:, s, 1] += values[chosen].sum(axis=0)


def walker_means_of(sums: np.ndarray, reference: float) -> np.ndarray | None:
    """Means of the walkers that have finite samples, from their sums (n_walkers, n_segments, 2)."""
    count, total = sums.sum(axis=1).T
    some = count > 0
    return reference + total[some] / count[some] if some.any() else None


def half_means_of(sums: np.ndarray, reference: float) -> np.ndarray | None:
    """Means of either half of each walker's path, parted at a segment, once both have begun."""
    rows = np.cumsum(sums[:, :, 0].max(axis=0, initial=0.0))
    if len(rows) < 2:
        return None
    middle = 1 + int(np.argmin(np.abs(rows[:-1] - 0.5 * rows[-1])))
    halves = np.stack([sums[:, :middle].sum(axis=1), sums[:, middle:].sum(axis=1)], axis=1)
    if not (halves[:, :, 0] > 0).all():
        return None
    return reference + halves[:, :, 1] / halves[:, :, 0]
