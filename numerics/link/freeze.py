"""Functions as they are now, whatever their globals, closures and modules hold when they are compiled.

Numba compiles at the first call and looks at what a function reaches then; what it compiled of a helper it keeps.  A
number that changed in between would be in one kernel and not in another, or under the name of other content in the
cache on disk.  So what a function reaches is copied at the moment that its content is identified.
"""

from __future__ import annotations

import itertools
import types
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from numerics.link.fingerprint import is_trusted_name

_serial = itertools.count()


def frozen(
    function: types.FunctionType, names: Iterable[str], filled: dict[str, Any], relink: Callable[[Any], Any]
) -> types.FunctionType:
    """A copy of a function whose globals and closure nobody else can change.

    Parameters
    ----------
    names : of globals and attributes that its code uses.
    filled : what replaces globals of these names, as it is.
    relink : what a jitted function that it reaches is replaced by; returns anything else as it is.
    """
    names = sorted(names)
    reached = {name: function.__globals__[name] for name in names if name in function.__globals__}
    copies = {name: _copy(value, names, relink) for name, value in reached.items() if name not in filled}
    copy = types.FunctionType(
        function.__code__,
        {**function.__globals__, **copies, **filled},
        function.__name__,
        function.__defaults__,
        tuple(_cell(cell, names, relink) for cell in function.__closure__ or ()) or None,
    )
    copy.__module__, copy.__qualname__, copy.__doc__ = function.__module__, function.__qualname__, function.__doc__
    return copy


def _cell(cell: types.CellType, names: list[str], relink: Callable[[Any], Any]) -> types.CellType:
    try:
        content = cell.cell_contents
    except ValueError:
        raise TypeError("a kernel uses a name of the function around it that has no value yet") from None
    return types.CellType(_copy(content, names, relink))


def _copy(value: Any, names: list[str], relink: Callable[[Any], Any], inside: tuple[Any, ...] = ()) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy(order="K")
    if isinstance(value, types.ModuleType):
        return value if is_trusted_name(value.__name__) or value in inside else _part(value, names, relink, inside)
    if isinstance(value, tuple):
        items = [_copy(item, names, relink, inside) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return relink(value)


def _part(
    module: types.ModuleType, names: list[str], relink: Callable[[Any], Any], inside: tuple[Any, ...]
) -> types.ModuleType:
    """What a function may ask a module for; the file's name tells one copy from another, as Numba does by its repr."""
    part = types.ModuleType(module.__name__)
    part.__file__ = f"{getattr(module, '__file__', '')}#{next(_serial)}"
    for name in ["__version__", *names]:
        if hasattr(module, name):
            setattr(part, name, _copy(getattr(module, name), names, relink, (*inside, module)))
    return part
