"""Whether parameters are numbers: one that was written in place has passed no check."""

from __future__ import annotations

import numpy as np

from vmc.errors import UserError


def refuse_parameters_not_finite(source: object, names: list[str], theta: np.ndarray) -> None:
    """Look at the parameters (n_params,) of these names; `source` says where they are.

    Raises
    ------
    UserError
        with the name of the first that is not finite.
    """
    for name, value in zip(names, theta.tolist()):
        if not np.isfinite(value):
            raise UserError(f"{source}: parameter '{name}' is {value}, expected a finite number")
