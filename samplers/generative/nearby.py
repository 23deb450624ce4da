"""Where the target itself leads from draws of two-valued features: rows that no proposal has chosen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from numerics.random import stream_states
from samplers.acceptance import decide

#: Stream of the random numbers of these moves, apart from those of the chains.
STREAM = 1


def swept(log_density: Callable[[np.ndarray], np.ndarray], rows: np.ndarray, low: float, seed: int) -> np.ndarray:
    """Rows (n, n_features) of `low` and 1 after one sweep of the heat bath, feature by feature; it keeps the target.

    S. Geman and D. Geman, IEEE Trans. PAMI 6, 721 (1984).  The target is asked once for every feature.
    """
    rows = rows.copy()
    states, turned = stream_states(seed, 0, len(rows), STREAM), np.empty(len(rows), dtype=np.bool_)
    log_p = np.asarray(log_density(rows))
    for feature in range(rows.shape[1]):
        others = rows.copy()
        others[:, feature] = np.where(rows[:, feature] > 0.0, low, 1.0)
        log_p_new = np.asarray(log_density(others))
        decide(-np.logaddexp(0.0, log_p - log_p_new), states, turned)
        rows[turned] = others[turned]
        log_p = np.where(turned, log_p_new, log_p)
    return rows
