"""Products of a layer's weights with everything that goes through it."""

from __future__ import annotations

import numpy as np

from numerics.dense import add_product, zero
from numerics.link import kernel

#: Layers with fewer units than this are multiplied out by loops instead of BLAS.
NARROW = 4


@kernel
def multiply(W, B, C):
    """C = W B, all C-contiguous, by BLAS where it pays."""
    if W.shape[0] < NARROW:
        zero(C)
        add_product(W, B, C)
    else:
        np.dot(W, B, C)


@kernel
def multiply_transposed(W, B, C):
    """C = W^T B."""
    np.dot(W.T, B, C)
