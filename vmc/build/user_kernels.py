"""Functions of the user's that a configuration asks for by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from vmc.errors import UserError

#: Names under which --kernel hands functions of the user's to a configuration.
USER_KERNELS = ("interaction", "potential", "log_psi", "observable")
Kernels = Mapping[str, Callable]
Made = TypeVar("Made")


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

    def made(self, name: str, make: Callable[[Callable], Made]) -> Made:
        """What is made of the function of this name.

        Raises
        ------
        UserError
            if the command line names none, or it is refused.
        """
        function = self[name]
        try:
            return make(function)
        except ValueError as error:
            raise UserError(f"--kernel {name}: {error}") from error

    def refuse_unused(self) -> None:
        """Raise for a function that nothing asked for."""
        unused = sorted(set(self._kernels) - self._used)
        if unused:
            raise UserError(f"--kernel {unused[0]}: the configuration has no {unused[0]} of kind 'user'")
