"""The flat parameter vector of a wave function and the named views into it."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np


@dataclass(frozen=True)
class ParameterLayout:
    """Names and shapes of the parameters, in the order in which they lie in the flat vector theta.

    Parameters
    ----------
    shapes : (name, shape) of every parameter.
    positive : names of those that must stay above zero, where psi has no energy at or below it.

    Raises
    ------
    ValueError
        if `positive` names something that is no parameter.
    """

    shapes: tuple[tuple[str, tuple[int, ...]], ...]
    positive: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        known = [name for name, _ in self.shapes]
        if unknown := sorted(self.positive - set(known)):
            raise ValueError(f"positive = {unknown[0]!r}: expected one of {', '.join(known) or 'no parameters'}")

    @property
    def size(self) -> int:
        """Length of theta."""
        return sum(math.prod(shape) for _, shape in self.shapes)

    def views(self, theta: np.ndarray) -> tuple[np.ndarray, ...]:
        """One reshaped view of theta per parameter: writing to theta changes them."""
        views = []
        start = 0
        for _, shape in self.shapes:
            stop = start + math.prod(shape)
            views.append(theta[start:stop].reshape(shape))
            start = stop
        return tuple(views)

    def names(self) -> list[str]:
        """One name per entry of theta: 'alpha', 'weights[0,2]', ..."""
        return [entry for name, shape in self.shapes for entry in _entries(name, shape)]

    def must_be_positive(self) -> np.ndarray:
        """Which entries of theta must stay above zero, (size,) of bool."""
        return np.array([name in self.positive for name, shape in self.shapes for _ in range(math.prod(shape))], bool)

    def chosen(self, names: str | Iterable[str]) -> np.ndarray:
        """Which entries of theta are meant, (size,) of bool.

        Parameters
        ----------
        names : of parameters ('rbm.weights'), of single entries ('rbm.weights[0,2]'), or of what stands before the
            dot, for all there is below it ('rbm'); one or several.

        Raises
        ------
        ValueError
            for a name of nothing, with the nearest one.
        """
        mask = np.zeros(self.size, bool)
        for chosen in [names] if isinstance(names, str) else names:
            is_known = False
            for (name, shape), part in zip(self.shapes, self.views(mask)):
                if chosen == name or name.startswith(f"{chosen}."):
                    part[...] = is_known = True
                elif chosen.startswith(f"{name}[") and chosen in (entries := _entries(name, shape)):
                    part.flat[entries.index(chosen)] = is_known = True
            if not is_known:
                known = [name for name, _ in self.shapes]
                near = difflib.get_close_matches(chosen, [*known, *self.names()], n=1, cutoff=0.5)
                hint = f"did you mean '{near[0]}'? " if near else ""
                raise ValueError(f"{chosen!r}: {hint}expected one of {', '.join(known) or 'no parameters'}")
        return mask

    def prefixed(self, prefix: str) -> ParameterLayout:
        """The same layout with every name put below `prefix`."""
        shapes = tuple((f"{prefix}.{name}", shape) for name, shape in self.shapes)
        return ParameterLayout(shapes, frozenset(f"{prefix}.{name}" for name in self.positive))

    def __add__(self, other: ParameterLayout) -> ParameterLayout:
        return ParameterLayout(self.shapes + other.shapes, self.positive | other.positive)


def _entries(name: str, shape: tuple[int, ...]) -> list[str]:
    """Names of the entries of a parameter: 'alpha', or 'weights[0,2]'."""
    if math.prod(shape) == 1:
        return [name]
    return [f"{name}[{','.join(map(str, index))}]" for index in product(*map(range, shape))]
