"""Whether psi can have an energy at its parameters: those written in place have passed no check."""

from __future__ import annotations

import numpy as np

from vmc.errors import UserError
from wavefunctions.parameters import ParameterLayout


def refuse_parameters(source: object, layout: ParameterLayout, theta: np.ndarray) -> None:
    """Look at parameters (n_params,) of this layout; `source` says where they are.

    Raises
    ------
    UserError
        with the name of the first that is not finite, or that must be positive and is not.
    """
    for name, value, positive in zip(layout.names(), theta.tolist(), layout.must_be_positive().tolist()):
        if not np.isfinite(value):
            raise UserError(f"{source}: parameter '{name}' is {value}, expected a finite number")
        if positive and not value > 0.0:
            raise UserError(f"{source}: parameter '{name}' is {value}, expected a positive number")
