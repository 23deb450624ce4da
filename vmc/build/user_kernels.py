"""Functions of the user's that a configuration asks for by name."""

from __future__ import annotations

import contextlib
import sysconfig
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from vmc.errors import UserError

#: Names under which --kernel hands functions of the user's to a configuration.
USER_KERNELS = ("interaction", "potential", "log_psi", "observable")
_OURS = ("vmc", "hamiltonians", "wavefunctions", "samplers", "numerics")
_INSTALLED = tuple(Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib", "platlib"))
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


@contextlib.contextmanager
def plain_exceptions(kernels: Kernels) -> Iterator[None]:
    """Turn what the user's functions raise while they are at work into a UserError of one line."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        # Numba adds the place in the compiled function, in the file where one that says the same was first compiled.
        place = traceback.extract_tb(error.__traceback__)[-1]
        ours = (Path(__file__).parents[2] / package for package in _OURS)
        if not kernels or any(Path(place.filename).is_relative_to(folder) for folder in (*ours, *_INSTALLED)):
            raise
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        where = f"{place.name}: {place.line}".rstrip(": ")
        raise UserError(f"a function of --kernel raises {said}, in {where}") from error
