"""Steps that end before zero, for parameters that must stay above it."""

from __future__ import annotations

import numpy as np

#: What is left at least of a positive parameter after one step.
LEFT = 0.1
#: Values that fall no further: as good as zero, and it must not become one by underflow.
SMALLEST = 1e-100
#: Values that only steps towards zero, one after another, have led to.
EDGE = 1e-10


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


def driven_to_zero(names: list[str], theta: np.ndarray, positive: np.ndarray) -> str:
    """A line on the first `positive` parameter (of n_params names) that steps have taken to zero, or nothing."""
    for name, value in zip(names, np.where(positive, theta, np.inf).tolist()):
        if value < EDGE:
            return (
                f"parameter '{name}' was driven to {value:.1e}, and beyond zero psi has no energy: other factors lack "
                "what it was to do (none that makes psi wider, or narrower?)"
            )
    return ""
