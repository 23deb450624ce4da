"""Functions for compiled callers, without the wrappers through which Python and C call them.

Numba makes both wrappers for every function it compiles.  They take arguments out of Python objects and put results
into some, which for the nested tuples that kernels are handed is more code than most kernels.  Here what compiled
functions call is compiled *bare*, and a version for Python only if Python calls it.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from numba.core.dispatcher import Dispatcher

from numerics.link.apart import call_apart
from numerics.link.kernel_cache import jit_cached

#: Further options of Numba.  Python must not call what they made: it would jump to nowhere.
BARE: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def jit(function: Callable, options: dict[str, Any]) -> Any:
    """Like `numba.njit`, for functions that compiled ones call."""
    return _hand_over(jit_cached(function, options), jit_cached(function, {**options, **BARE}))


def jit_apart(function: types.FunctionType, options: dict[str, Any], fingerprint: str) -> tuple[Any, Callable]:
    """Jit a function that is called through its address, by Python too.

    Returns
    -------
    What Python calls, and what compiled functions call (see :mod:`numerics.link.apart`).
    """
    bare = jit_cached(function, {**options, **BARE})
    if not isinstance(bare, Dispatcher):
        return function, function
    call = call_apart(bare, fingerprint)

    def through_address(*arguments):
        return call(*arguments)

    compiled = jit_cached(through_address, options)
    compiled.py_func = function
    return _hand_over(compiled, bare), call


def _hand_over(compiled: Any, bare: Any) -> Any:
    """Let compiled callers of a function have its bare version."""
    if hasattr(compiled, "get_overload"):  # under NUMBA_DISABLE_JIT it is the function itself
        compiled.bare = bare
        compiled.get_call_template = bare.get_call_template
        compiled.get_overload = bare.get_overload
    return compiled
