"""Templates, and the binding of kernels into their slots."""

from __future__ import annotations

import logging
import types
from collections.abc import Callable
from typing import Any

import numba
from numba.core.dispatcher import Dispatcher

from numerics.link.bare import jit, jit_apart
from numerics.link.decorators import OPTIONS
from numerics.link.fingerprint import UnidentifiableError, code_names, fingerprint, is_trusted
from numerics.link.freeze import frozen

_log = logging.getLogger(__name__)
_linked: dict[str, Callable] = {}
_calls_apart: dict[Callable, Callable] = {}
_being_linked: list[types.FunctionType] = []


class Slot:
    """A name in a template that :func:`link` must fill.

    Parameters
    ----------
    name : the slot's name, the same as the global it is assigned to.
    signature : the arguments a kernel in this slot receives, for error messages.
    """

    def __init__(self, name: str, signature: str) -> None:
        self.name = name
        self.signature = signature

    def __call__(self, *arguments: Any) -> Any:
        """Refuse: a slot is a placeholder."""
        raise TypeError(f"slot '{self.name}{self.signature}' was called before link() filled it")


def link(template: Callable, *, options: dict[str, Any] = OPTIONS, apart: bool = False, **slots: Any) -> Callable:
    """Compile a copy of `template` with the given slots filled.

    Parameters
    ----------
    template : plain or jitted function.
    options : Numba options of the copy.
    apart : whether templates that this is linked into call it through its address (see :mod:`numerics.link.apart`)
        instead of compiling it again: for what is called once per tile of walkers, not for every particle or pair.
    slots : kernels (plain or jitted functions) or constants, by global name.

    Returns
    -------
    A dispatcher, the same object for the same content.  Under ``NUMBA_DISABLE_JIT=1`` a plain function.

    Raises
    ------
    TypeError
        for a slot the template does not use, or one left empty.
    """
    source = _plain(template)
    filled = {name: as_kernel(value) for name, value in slots.items()}
    apart = apart and not source.__defaults__  # its callers may leave arguments out
    _refuse_misfits(source, filled)
    copy = _as_it_is_now(source, filled)
    try:
        print_ = fingerprint(copy, {**options, "apart": apart, "calls_apart": _names_apart(filled)})
    except UnidentifiableError as error:
        _log.info("%s is compiled without a disk cache: %s", source.__qualname__, error)
        return numba.njit(**options)(copy)
    if print_ not in _linked:
        copy.__globals__.update({name: _calls_apart[filled[name]] for name in _names_apart(filled)})
        if apart:
            _linked[print_], call = jit_apart(copy, options, print_)
            _calls_apart[_linked[print_]] = call
        else:
            _linked[print_] = jit(copy, options)
    return _linked[print_]


def _as_it_is_now(source: types.FunctionType, filled: dict[str, Any]) -> types.FunctionType:
    """A copy that nothing changes any more; jitted functions of the user's that it calls are linked, too."""
    _being_linked.append(source)
    above = [function.__code__ for function in _being_linked]  # a helper may call itself, and others that call it

    def relink(value: Any) -> Any:
        if _is_of_user(value) and value.py_func.__code__ not in above:
            return link(value, options=_own_options(value))
        return value

    try:
        return frozen(source, code_names(source.__code__), filled, relink)
    finally:
        _being_linked.pop()


def _is_of_user(value: Any) -> bool:
    return isinstance(value, Dispatcher) and not hasattr(value, "bare") and not is_trusted(value.py_func)


def _names_apart(slots: dict[str, Any]) -> list[str]:
    """The slots whose kernels are called through their address."""
    return sorted(name for name, value in slots.items() if isinstance(value, Dispatcher) and value in _calls_apart)


def _plain(function: Callable) -> types.FunctionType:
    plain = getattr(function, "py_func", function)
    if not isinstance(plain, types.FunctionType):
        raise TypeError(f"expected a function, got {function!r}")
    return plain


def as_kernel(value: Any, *, apart: bool = False) -> Any:
    """Make a function a linked, cached kernel (a new combination of known parts then links fast).

    Anything else is a constant and stays as it is.

    Parameters
    ----------
    apart : as for :func:`link`.
    """
    if isinstance(value, Slot):
        raise TypeError(f"slot '{value.name}' cannot be filled with another slot")
    if isinstance(value, Dispatcher):
        if any(value is known for known in _linked.values()) and (value in _calls_apart or not apart):
            return value
        return link(value, options=_chosen_options(value), apart=apart)
    if isinstance(value, types.FunctionType):
        return link(value, apart=apart)
    return value


def _chosen_options(dispatcher: Dispatcher) -> dict[str, Any]:
    """Options the author of a jitted function gave it (our own where none of them were touched)."""
    kept = ("error_model", "fastmath", "boundscheck", "forceinline")
    return {name: value for name, value in _own_options(dispatcher).items() if name in kept} or OPTIONS


def _own_options(dispatcher: Dispatcher) -> dict[str, Any]:
    """All options that the author of a jitted function gave it."""
    given = {name: value for name, value in dispatcher.targetoptions.items() if value is not None}
    given.pop("nopython", None)
    if hasattr(given.get("fastmath"), "flags"):
        given["fastmath"] = set(given["fastmath"].flags)
    return given


def _refuse_misfits(source: types.FunctionType, slots: dict[str, Any]) -> None:
    used = code_names(source.__code__)
    unused = sorted(set(slots) - used)
    if unused:
        raise TypeError(f"{source.__qualname__} does not use {', '.join(unused)}")
    for name in sorted(used):
        value = slots.get(name, source.__globals__.get(name))
        if isinstance(value, Slot):
            raise TypeError(f"{source.__qualname__} needs a kernel '{value.name}{value.signature}'")
