"""Which networks message passing has, where their parameters lie, and what they are at first."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from numerics.networks import initial_parameters, parameter_shapes
from wavefunctions.parameters import ParameterLayout


@dataclass(frozen=True)
class Widths:
    """Numbers that set the sizes of all networks.

    Attributes
    ----------
    pair, particle : inputs of a pair and of a particle.
    width : channels of queries, keys, messages, and of hidden features of pairs and particles.
    hidden : units of the hidden layers of all networks.
    quasi, iterations : numbers of one quasi-particle, and how often messages are passed.
    """

    pair: int
    particle: int
    width: int
    hidden: tuple[int, ...]
    quasi: int
    iterations: int


@dataclass(frozen=True)
class Initial:
    """What the first parameters are drawn with; see :class:`wavefunctions.message_passing.MessagePassing`."""

    displacement_scale: float
    output_scale: float
    layer_norm: bool
    seed: int


@dataclass
class NetworkLayout:
    """Parameters piece by piece: maps and networks of one iteration after another, then what is behind them.

    Attributes
    ----------
    sizes : of every network, by name.
    shapes : names and shapes of all parameters.
    pieces : first values of every map and network, by name, in the order of the flat vector.
    """

    sizes: dict[str, np.ndarray] = field(default_factory=dict)
    shapes: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    pieces: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def parameters(self) -> ParameterLayout:
        """Names and shapes."""
        return ParameterLayout(tuple(self.shapes))

    @property
    def theta(self) -> np.ndarray:
        """All first values in one vector."""
        return np.concatenate(list(self.pieces.values()))

    @property
    def bounds(self) -> dict[str, tuple[int, int]]:
        """Where each piece begins and ends in the flat vector."""
        ends = np.cumsum([0, *(piece.size for piece in self.pieces.values())]).tolist()
        return dict(zip(self.pieces, itertools.pairwise(ends), strict=True))

    def add_map(self, name: str, width: int, inputs: int, rng: np.random.Generator) -> None:
        """Weights (width, inputs) of variance 1 / inputs, and biases of variance one."""
        self.shapes += [(f"{name}_weights", (width, inputs)), (f"{name}_biases", (width,))]
        self.pieces[f"{name}_weights"] = rng.normal(0.0, inputs**-0.5, width * inputs)
        self.pieces[f"{name}_biases"] = rng.normal(0.0, 1.0, width)

    def add_network(
        self, name: str, sizes: Sequence[int], rng: np.random.Generator, scale: float, layer_norm: bool
    ) -> None:
        """A dense network, its last layer's weights multiplied by `scale`."""
        self.sizes[name] = np.array(sizes, dtype=np.int64)
        self.shapes += [(f"{name}_{part}", shape) for part, shape in parameter_shapes(sizes, layer_norm)]
        self.pieces[name] = initial_parameters(sizes, rng, scale, layer_norm)


def named(name: str, t: int) -> str:
    """What belongs to iteration t = 1, 2, ...: 'message', 'message_2', ..."""
    return name if t == 1 else f"{name}_{t}"


def lay_out(widths: Widths, initial: Initial) -> NetworkLayout:
    """All maps and networks of docs/theory.md eqs. (60) to (62) and (70) with their first values."""
    rng = np.random.default_rng(initial.seed)
    layout = NetworkLayout()
    width, hidden = widths.width, widths.hidden
    for t in range(1, widths.iterations + 1):
        # hidden features of pairs and particles are there from the second iteration on
        learnt = width if t > 1 else 0
        pair, particle = widths.pair + learnt, widths.particle + learnt
        for name in ("query", "key"):
            layout.add_map(named(name, t), width, pair, rng)
        networks = {
            "message": (pair, *hidden, width),
            "attention": (width, *hidden, width),
            "update": (particle + width, *hidden, width),
        }
        if t < widths.iterations:
            networks["edge"] = (pair + width, *hidden, width)
        for name, sizes in networks.items():
            layout.add_network(named(name, t), sizes, rng, 1.0, initial.layer_norm)
    layout.add_network("factor", (width, *hidden[:1], 1), rng, initial.output_scale, initial.layer_norm)
    layout.shapes.append(("displacement", (widths.quasi, width)))
    scale = initial.displacement_scale * width**-0.5
    layout.pieces["displacement"] = rng.normal(0.0, scale, widths.quasi * width)
    return layout
