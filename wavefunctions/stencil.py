"""What differences of psi are made of: log|psi| and its sign at four places around a configuration."""

from __future__ import annotations

from collections.abc import Callable

from numerics.link import Slot, link

log_psi = Slot("log_psi", "(p, X, log, sign, ws)")
shorten = Slot("shorten", "(h, step, centre, values, sign, signs)")

#: The smallest step that lengths over which psi changes make, as a share of the usual one.
SMALLEST_SHARE = 1e-4


def link_stencil(log_psi: Callable, shorten: Callable) -> Callable:
    """Kernel (p, X, k, step, Z, h, centre, sign, values, signs, ws) for the coordinate k of a tile of walkers.

    It fills `values` and `signs` (4, tile) at x_k + h, - h, + 2 h and - 2 h, of the steps h (tile,) that it is given.
    Z, a copy of X, is one again in the end.

    Parameters
    ----------
    shorten : looks at the first two places and makes steps of h shorter; says whether it did.  `step` is the usual one.
    """
    return link(_around, apart=True, log_psi=log_psi, shorten=shorten)


def _around(p, X, k, step, Z, h, centre, sign, values, signs, ws):
    place, fitted = 0, False
    while place < 4:
        multiple = (1.0 + place // 2) * (1.0 - 2.0 * (place % 2))
        for b in range(h.size):
            Z[k, b] = X[k, b] + multiple * h[b]
            values[place, b] = 0.0
            signs[place, b] = 1.0
        log_psi(p, Z, values[place], signs[place], ws)
        place += 1
        if place == 2 and not fitted:
            fitted = True
            if shorten(h, step, centre, values, sign, signs):
                place = 0
    for b in range(h.size):
        Z[k, b] = X[k, b]
