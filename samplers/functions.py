"""What a user's functions are handed and return, refused by name: compiled code would not say what is wrong."""

from __future__ import annotations

import numbers
import types
from collections.abc import Callable
from typing import Any

import numpy as np

#: Numbers among params above which a function is not tried as plain Python.
MANY = 10_000


def require_params(params: Any) -> None:
    """Refuse what compiled code does not take.

    Raises
    ------
    TypeError
        for anything but arrays of numbers, numbers and tuples of them.
    """
    wrong = _wrong_part(params)
    if wrong is None:
        return
    (part,) = wrong
    where = f"params = {params!r}" if part is params else f"params: {part!r} in it"
    raise TypeError(f"{where} is a {type(part).__name__}: expected an array, a number or a tuple of them")


def _wrong_part(params: Any) -> tuple[Any] | None:
    """The first part that is none of these, in a tuple since it may be None."""
    if isinstance(params, tuple):
        return next((wrong for wrong in map(_wrong_part, params) if wrong is not None), None)
    if isinstance(params, np.ndarray):
        return (params,) if params.dtype.hasobject or params.dtype.kind in "US" else None
    return None if isinstance(params, numbers.Number | np.number | np.bool_ | np.void) else (params,)


def require_indices(name: str, function: Callable, params: Any, n: int) -> None:
    """Refuse a function that looks for more than n coordinates: compiled code looks at no index and reads on.

    It is called once as plain Python, where it is not handed so many numbers that this may take long.

    Raises
    ------
    ValueError
        naming the function and n.
    """
    plain = getattr(function, "py_func", function)
    if not isinstance(plain, types.FunctionType) or _n_numbers(params) > MANY:
        return
    x = np.random.default_rng(1).normal(size=n)
    try:
        with np.errstate(all="ignore"):
            plain(x) if params is None else plain(params, x)
    except IndexError as error:
        raise ValueError(f"{name} fails with n = {n} coordinates: {error}") from error
    except Exception:
        return  # of this x, or of Python alone; what compiled code makes of it is looked at where walkers start


def _n_numbers(params: Any) -> int:
    """How many numbers there are in params."""
    return sum(map(_n_numbers, params)) if isinstance(params, tuple) else int(np.size(params))


def require_number(log_density: Callable, p: Any, x: np.ndarray) -> None:
    """Refuse a log density that is no real number at x, (n,).

    Raises
    ------
    TypeError
        naming what it returned.
    """
    found = log_density(p, x.copy())
    if isinstance(found, float | int | np.floating | np.integer | np.bool_):
        return
    what = f"an array of shape {found.shape}" if isinstance(found, np.ndarray) else repr(found)
    # Raised while Numba's pages about the same are handled, which would be printed above it.
    raise TypeError(
        f"log_density returns {what}: expected one number, log pi of the configuration, np.sum of its parts say"
    ) from None


def require_slopes(gradient: Callable, p: Any, x: np.ndarray) -> None:
    """Refuse a gradient that is not n numbers at x, (n,): kernels look no further.

    Raises
    ------
    ValueError
        naming what it returned.
    """
    found = np.shape(gradient(p, x.copy()))
    if found != x.shape:
        raise ValueError(f"gradient returns an array of shape {found}: expected ({x.size},), one for each coordinate")
