"""Masks that make a dense network autoregressive: outputs of feature i see only features before i."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np


def layer_sizes(n_features: int, hidden: Sequence[int], outputs_each: int) -> list[int]:
    """Units of all layers of a network with `outputs_each` outputs for every feature."""
    return [n_features, *hidden, n_features * outputs_each]


def parameter_mask(n_features: int, hidden: Sequence[int], outputs_each: int) -> np.ndarray:
    """One for parameters that stay and zero for those that are cut, in the order of a network's flat vector.

    M. Germain, K. Gregor, I. Murray and H. Larochelle, "MADE", ICML 2015, eqs. (12) and (13): every unit has a degree,
    and is connected to units of the layer below whose degree is not above its own; outputs of feature i to those below
    i.  Degrees of hidden units go round through 1, ..., n_features - 1.
    """
    degrees = [np.arange(1, n_features + 1)]
    degrees += [np.arange(units) % max(n_features - 1, 1) + 1 for units in hidden]
    outputs = np.repeat(np.arange(1, n_features + 1), outputs_each)
    parts = []
    for below, above in itertools.pairwise([*degrees, outputs]):
        seen = below[None, :] < above[:, None] if above is outputs else below[None, :] <= above[:, None]
        parts += [seen.astype(np.float64).ravel(), np.ones(above.size)]
    return np.concatenate(parts)
