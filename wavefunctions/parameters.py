"""The flat parameter vector of a wave function and the named views into it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np


@dataclass(frozen=True)
class ParameterLayout:
    """Names and shapes of the parameters, in the order in which they lie in the flat vector theta."""

    shapes: tuple[tuple[str, tuple[int, ...]], ...]

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
        names = []
        for name, shape in self.shapes:
            if math.prod(shape) == 1:
                names.append(name)
                continue
            names += [f"{name}[{','.join(map(str, index))}]" for index in product(*map(range, shape))]
        return names

    def prefixed(self, prefix: str) -> ParameterLayout:
        """The same layout with every name put below `prefix`."""
        return ParameterLayout(tuple((f"{prefix}.{name}", shape) for name, shape in self.shapes))

    def __add__(self, other: ParameterLayout) -> ParameterLayout:
        return ParameterLayout(self.shapes + other.shapes)
