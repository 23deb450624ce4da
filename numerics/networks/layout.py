"""Where the parameters of a network lie in one flat vector, and what they are at first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from numerics.link import inlined


def parameter_shapes(sizes: Sequence[int], layer_norm: bool = False) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes in the order of the flat vector: weights1, biases1, (gains1,) weights2, ..."""
    n_layers = len(sizes) - 1
    for layer, (n_in, n_out) in enumerate(itertools.pairwise(sizes), start=1):
        yield f"weights{layer}", (n_out, n_in)
        yield f"biases{layer}", (n_out,)
        if layer_norm and layer < n_layers:
            yield f"gains{layer}", (n_out,)


def n_parameters(sizes: Sequence[int], layer_norm: bool = False) -> int:
    """Length of the flat parameter vector."""
    return sum(int(np.prod(shape)) for _, shape in parameter_shapes(sizes, layer_norm))


def initial_parameters(
    sizes: Sequence[int], rng: np.random.Generator, output_scale: float = 1.0, layer_norm: bool = False
) -> np.ndarray:
    """Weights normal with variance 1 / n_in, so that units keep their spread from layer to layer; biases 0, gains 1.

    LeCun, Bottou, Orr and Müller, "Efficient BackProp" (1998).  `output_scale` multiplies the last layer's weights.
    """
    parts = []
    for name, shape in parameter_shapes(sizes, layer_norm):
        if name.startswith("weights"):
            scale = output_scale if name == f"weights{len(sizes) - 1}" else 1.0
            parts.append(rng.normal(0.0, scale / np.sqrt(shape[1]), shape[0] * shape[1]))
        else:
            parts.append(np.full(shape, 1.0 if name.startswith("gains") else 0.0))
    return np.concatenate(parts)


@inlined
def weights_of(theta, start, n_out, n_in):
    """The weights of a layer whose parameters begin at `start`."""
    return theta[start : start + n_out * n_in].reshape(n_out, n_in)


@inlined
def layer_size(n_in, n_out, gains):
    """Number of parameters of a layer, with or without gains."""
    return n_out * (n_in + 1) + (n_out if gains else 0)
