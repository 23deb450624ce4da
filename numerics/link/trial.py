"""One call of a user's function as plain Python, since compiled code looks at no index."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np

_REAL = (int, float, np.integer, np.floating, np.bool_)


def tried(name: str, function: Callable, *example: Any, n_results: int = 1, differenced: bool = False) -> Callable:
    """The function, after a call with an example of its arguments.

    Parameters
    ----------
    name : what the function is called in messages.
    n_results : how many numbers it returns.
    differenced : whether derivatives will come from differences of them, which enlarge rounding: they have to be of
        double precision then.

    Raises
    ------
    ValueError
        if it is none, does not take these arguments, looks beyond the end of one, or does not return such numbers; for
        text among constants.
    """
    for argument in example:
        refuse_text(name, argument)
    plain = getattr(function, "py_func", function)
    if not isinstance(plain, types.FunctionType):
        raise ValueError(f"{name}: {function!r} is no function that can be compiled, expected a plain or jitted one")
    try:
        with np.errstate(all="ignore"):
            value = plain(*example)
    except (IndexError, TypeError, NameError, AttributeError) as error:
        given = ", ".join(_described(argument) for argument in example)
        raise ValueError(f"{name}: the function fails with the arguments ({given}): {error}") from error
    except (ArithmeticError, ValueError):
        return function  # of this example; compiled code has an infinity or nan
    found = value if isinstance(value, tuple) else (value,)
    if len(found) != n_results or not all(isinstance(number, _REAL) for number in found):
        expected = "one real number" if n_results == 1 else f"{n_results} real numbers"
        raise ValueError(f"{name}: the function returns {value!r}, expected {expected}")
    if differenced and any(isinstance(number, np.float16 | np.float32) for number in found):
        raise ValueError(
            f"{name}: the function returns {value!r}, expected double precision (float64) in all that it computes: "
            "derivatives come from differences, which enlarge rounding"
        )
    return function


def refuse_text(name: str, constants: Any) -> None:
    """Refuse text, or a tuple with text in it, as constants of a function: nothing can be computed with it.

    Raises
    ------
    ValueError
        naming what was given.
    """
    if isinstance(constants, str | bytes) or (
        isinstance(constants, tuple | list) and any(isinstance(constant, str | bytes) for constant in constants)
    ):
        raise ValueError(f"{name}: constants {constants!r}, expected numbers and arrays of them")


def _described(argument: Any) -> str:
    if isinstance(argument, np.ndarray):
        return f"array of shape {argument.shape}"
    return f"{len(argument)} constants {list(argument)}" if isinstance(argument, tuple) else f"{argument:g}"
