"""What a network keeps of a tile: its units, and buffers for derivatives on their way forward and back."""

from __future__ import annotations

import numpy as np

from numerics.lanes import LANES
from numerics.link import kernel

#: Walkers whose derivatives go through the layers together: their columns stay in the second-level cache, and a product
#: is large enough to run at the speed of the core.  They are the lanes of :mod:`numerics.lanes`.
STRIP = LANES


@kernel
def network_memory(sizes, tile, n_groups, n_directions):
    """Arrays for `n_groups` groups of `tile` columns, padded to whole strips; padding is zero input that nobody reads.

    Returns
    -------
    A : units after activation and residual, (sum of sizes, columns).
    Y : arguments of the activations, likewise.
    V : values of the activations, likewise, where there are residuals; they are those in A where there are none.
    U, S : with layer norm the normalised arguments, likewise, and 1 / deviation, (layers, columns).
    forward : two buffers for `n_directions` derivatives and the Laplacian of a strip of each group, and first and
        second derivatives of the activations of a layer, (units, STRIP).
    backward : four buffers for reverse mode.
    """
    padded = (tile + STRIP - 1) // STRIP * STRIP * n_groups
    widest = 0
    for layer in range(sizes.size):
        widest = max(widest, sizes[layer])
    n_columns = (n_directions + 1) * STRIP * n_groups
    total = sizes.sum()
    A, Y, V, U = (
        np.zeros((total, padded)),
        np.zeros((total, padded)),
        np.zeros((total, padded)),
        np.zeros((total, padded)),
    )
    S = np.zeros((sizes.size, padded))
    steep, curved = np.empty((widest, STRIP)), np.empty((widest, STRIP))
    forward = np.empty(widest * n_columns), np.empty(widest * n_columns), steep, curved
    size = widest * padded
    backward = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    return A, Y, V, U, S, forward, backward


@kernel
def set_inputs(X, n_groups, memory):
    """Put a tile (n_groups * n_0, tile) into the input layer, group by group."""
    A = memory[0]
    n = X.shape[0] // n_groups
    padded = A.shape[1] // n_groups
    for q in range(n_groups):
        for i in range(n):
            for w in range(X.shape[1]):
                A[i, q * padded + w] = X[q * n + i, w]
