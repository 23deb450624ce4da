"""Functions of the user's that a configuration asks for by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vmc.errors import UserError

#: Names under which --kernel hands functions of the user's to a configuration.
USER_KERNELS = ("interaction", "potential", "log_psi", "observable")
Kernels = Mapping[str, Callable]


def _described(argument: Any) -> str:
    if isinstance(argument, np.ndarray):
        return f"array of shape {argument.shape}"
    return f"{len(argument)} constants {list(argument)}" if isinstance(argument, tuple) else f"{argument:g}"


class UserKernels:
    """Hands out the user's functions and remembers which were asked for."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        self._used: set[str] = set()

    def __getitem__(self, name: str) -> Callable:
        """The function of this name.

        Raises
        ------
        UserError
            if the command line names none.
        """
        if name not in self._kernels:
            raise UserError(f"kind = 'user' needs --kernel {name}=module:function on the command line")
        self._used.add(name)
        return self._kernels[name]

    def checked(self, name: str, first: Any, *example: Any) -> Callable:
        """The function of this name, tried once as plain Python: compiled code looks at no index.

        Parameters
        ----------
        first : its constants or parameters.
        example : what comes after them.

        Raises
        ------
        UserError
            if the command line names none, or it does not take these arguments, looks beyond the end of one, or does
            not return a number.
        """
        function = self[name]
        try:
            with np.errstate(all="ignore"):
                value = getattr(function, "py_func", function)(first, *example)
        except (IndexError, TypeError, NameError, AttributeError) as error:
            given = ", ".join(_described(argument) for argument in (first, *example))
            raise UserError(f"--kernel {name}: the function fails with the arguments ({given}): {error}") from error
        except (ArithmeticError, ValueError):
            return function  # of this example; compiled code has an infinity or nan
        if np.ndim(value) != 0 or not isinstance(value, int | float | np.number):
            raise UserError(f"--kernel {name}: the function returns {value!r}, expected one number")
        return function

    def refuse_unused(self) -> None:
        """Raise for a function that nothing asked for."""
        unused = sorted(set(self._kernels) - self._used)
        if unused:
            raise UserError(f"--kernel {unused[0]}: the configuration has no {unused[0]} of kind 'user'")
