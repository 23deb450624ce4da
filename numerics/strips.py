"""Eight walkers of a tile at a time, the lanes of :mod:`numerics.lanes`."""

from __future__ import annotations

from numerics.lanes import LANES
from numerics.link import inlined


@inlined
def take_row(row, first, out):
    """out = row[first : first + LANES], the last walker repeated where there are fewer."""
    last = row.size - 1
    for w in range(LANES):
        out[w] = row[min(first + w, last)]


@inlined
def take_strip(X, first, x):
    """The same for all rows of X (n, tile)."""
    for c in range(X.shape[0]):
        take_row(X[c], first, x[c])
