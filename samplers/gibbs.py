"""Block Gibbs moves: hidden variables given the coordinates, then coordinates given the hidden variables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from numerics.link import Slot, link
from samplers.base import Kernels, MoveKernels

hidden = Slot("hidden", "(p, tile, n)")
draw_hidden = Slot("draw_hidden", "(p, X, H, states)")
draw_visible = Slot("draw_visible", "(p, H, X, states)")


@dataclass(frozen=True)
class Gibbs:
    """h from pi(h | x), then x from pi(x | h), of a joint density pi(x, h) whose marginal in x is the target.

    S. Geman and D. Geman, IEEE Trans. Pattern Anal. 6, 721 (1984).  Nothing is refused and there is no step size.

    Parameters
    ----------
    hidden : kernel (p, tile, n) that returns H, an array (or a tuple of them) with room for the hidden variables.
    draw_hidden : kernel (p, X, H, states) that writes hidden variables for the coordinates X (n, tile).
    draw_visible : kernel (p, H, X, states) that writes coordinates for the hidden variables H.
    """

    hidden: Callable
    draw_hidden: Callable
    draw_visible: Callable
    name = "gibbs"
    target_acceptance = 1.0
    takes_temperature = False
    opens_p = True

    def options(self) -> np.ndarray:
        """No step size: a zero, which tuning leaves as it is."""
        return np.zeros(1)

    def proposals(self, n: int) -> int:
        """One for each step, always accepted."""
        return 1

    def link(self, target: Kernels) -> MoveKernels:
        """Compile; the conditional densities say all there is to know of the target."""
        return MoveKernels(
            link(_prepare, hidden=self.hidden),
            link(_begin),
            link(_step, draw_hidden=self.draw_hidden, draw_visible=self.draw_visible),
        )


def _prepare(p, tile, n):
    return hidden(p, tile, n)


def _begin(p, X, options, memory):
    pass


def _step(p, X, states, options, memory):
    draw_hidden(p, X, memory, states)
    draw_visible(p, memory, X, states)
    return X.shape[1]
