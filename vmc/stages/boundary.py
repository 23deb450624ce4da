"""Steps that end before zero, for parameters that must stay above it."""

from __future__ import annotations

import numpy as np

#: What is left at least of a positive parameter after one step.
LEFT = 0.1
#: Values that fall no further: as good as zero, and it must not become one by underflow.
SMALLEST = 1e-100


def kept_positive(theta: np.ndarray, update: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """The update (n_params,) with which `positive` parameters fall to a tenth of their value at most; a new array.

    The fraction to the boundary of interior-point methods (J. Nocedal and S. J. Wright, Numerical Optimization, 2nd
    ed., Springer 2006, section 19.2), for each parameter by itself: a long step of one must not stop the others.

    Parameters
    ----------
    theta : the parameters before it, (n_params,).
    positive : which of them must stay above zero, (n_params,) of bool.
    """
    lowest = np.where(theta > SMALLEST, (LEFT - 1.0) * theta, 0.0)
    return np.where(positive, np.maximum(update, lowest), update)
