"""A digest of everything a kernel reaches: bytecode, constants, globals, nested kernels, options, versions.

Numba's own cache stamps only the file in which the cached function stands.  An edited helper in another
file, or an edited constant, would silently be served stale.  The digest below closes that hole: it is equal
in two processes exactly when the compiled result may be shared.
"""

from __future__ import annotations

import builtins
import hashlib
import sys
import types
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core.dispatcher import Dispatcher
from numba.core.types import Type as NumbaType

#: Packages identified by name and version instead of by content.
TRUSTED = {"numpy", "math", "cmath", "numba", "scipy", "llvmlite", "builtins", "operator"}
#: To be raised when numerics.link makes other code of the same function.
_LINK_VERSION = 5
_COMPILER_SETTINGS = ("OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "BOUNDSCHECK", "DEBUGINFO_DEFAULT")


class UnidentifiableError(TypeError):
    """A kernel reaches an object whose content cannot be identified."""


def fingerprint(function: types.FunctionType, options: dict[str, Any]) -> str:
    """Sixteen hexadecimal digits that change with anything that could change the compiled code."""
    digest = _Digest()
    digest.add("versions", sys.version_info[:3], numba.__version__, llvmlite.__version__, np.__version__)
    digest.add("link", _LINK_VERSION)
    digest.add("settings", [(name, str(getattr(numba.config, name, None))) for name in _COMPILER_SETTINGS])
    digest.add("options", _ordered(options))
    digest.feed(function)
    return digest.sha.hexdigest()[:16]


def content(function: Any) -> str:
    """Sixteen digits of what a function, compiled or not, and all it calls say, in this version of Python.

    Empty where it reaches something that cannot be identified.
    """
    digest = _Digest()
    try:
        digest.feed(getattr(function, "py_func", function))
    except UnidentifiableError:
        return ""
    return digest.sha.hexdigest()[:16]


def code_names(code: types.CodeType) -> set[str]:
    """All global and attribute names used by a code object and those nested in it."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= code_names(constant)
    return names


def is_trusted(function: types.FunctionType) -> bool:
    """Whether a function belongs to a package that is identified by name and version."""
    return is_trusted_name(function.__module__)


def is_trusted_name(module: str | None) -> bool:
    """The same by the name of its module."""
    return _package(module) in TRUSTED


def _ordered(options: dict[str, Any]) -> list[tuple[str, str]]:
    """Options in an order that does not depend on the hash seed of the process."""

    def text(value: Any) -> str:
        if hasattr(value, "flags"):
            value = value.flags
        return repr(sorted(value)) if isinstance(value, (set, frozenset)) else repr(value)

    return sorted((name, text(value)) for name, value in options.items())


def _package(name: str | None) -> str:
    return (name or "").split(".")[0]


class _Digest:
    def __init__(self) -> None:
        self.sha = hashlib.sha256()
        self._seen: dict[int, int] = {}

    def add(self, *parts: Any) -> None:
        self.sha.update(repr(parts).encode() + b"\0")

    def feed(self, value: Any) -> None:
        """Dispatch on the kind of object; unknown kinds switch the cache off instead of being guessed."""
        if isinstance(value, Dispatcher):
            self.add("jit", _ordered(value.targetoptions))
            self.feed(value.py_func)
        elif isinstance(value, types.FunctionType):
            self._function(value)
        elif isinstance(value, types.CodeType):
            self._code(value)
        elif isinstance(value, types.ModuleType):
            self.add("module", value.__name__, getattr(value, "__version__", ""))
        elif isinstance(value, np.ndarray):
            if value.dtype.hasobject:
                raise UnidentifiableError("array of objects")
            self.add("array", value.dtype.descr, value.shape)
            self.sha.update(np.ascontiguousarray(value).tobytes())
        elif isinstance(value, (bool, int, float, complex, str, bytes, type(None), type(...), np.generic)):
            self.add(type(value).__name__, value)
        elif isinstance(value, (tuple, list)):
            self.add(type(value).__name__, len(value), getattr(value, "_fields", None))
            for item in value:
                self.feed(item)
        elif isinstance(value, frozenset):
            self.add("frozenset", sorted(map(repr, value)))
        else:
            self._other(value)

    def _other(self, value: Any) -> None:
        if isinstance(value, (NumbaType, np.dtype)):
            self.add("type", str(value))
        elif isinstance(value, type):
            if _package(value.__module__) not in TRUSTED and not hasattr(value, "_fields"):
                raise UnidentifiableError(f"class {value.__qualname__}")
            self.add("class", value.__module__, value.__qualname__, getattr(value, "_fields", ""))
        elif isinstance(value, (types.BuiltinFunctionType, np.ufunc)):
            self.add("builtin", getattr(value, "__module__", ""), value.__name__)
        elif hasattr(value, "fingerprint"):  # numerics.link.apart.call_apart
            self.add("apart", value.fingerprint)
        elif hasattr(value, "_defn"):  # numba.extending.intrinsic
            self.feed(value._defn)
        else:
            raise UnidentifiableError(f"object of type {type(value).__name__}")

    def _function(self, function: types.FunctionType) -> None:
        if id(function) in self._seen:
            self.add("seen", self._seen[id(function)])
            return
        self._seen[id(function)] = len(self._seen)
        if is_trusted(function):
            self.add("trusted", function.__module__, function.__qualname__)
            return
        self._code(function.__code__)
        self.feed(function.__defaults__)
        self.feed(tuple(sorted((function.__kwdefaults__ or {}).items())))
        names = sorted(code_names(function.__code__))
        for cell in function.__closure__ or ():
            self._reach(cell.cell_contents, names)
        for name in names:
            if name in function.__globals__:
                self.add("global", name)
                self._reach(function.__globals__[name], names)
            else:
                self.add("builtin" if hasattr(builtins, name) else "attribute", name)

    def _reach(self, value: Any, names: list[str], inside: tuple[types.ModuleType, ...] = ()) -> None:
        """Feed a value; of a module, what the function may ask it for, through packages as deep as named."""
        self.feed(value)
        if not isinstance(value, types.ModuleType) or _package(value.__name__) in TRUSTED or value in inside:
            return
        for name in names:
            if hasattr(value, name):
                self.add(name)
                self._reach(getattr(value, name), names, (*inside, value))

    def _code(self, code: types.CodeType) -> None:
        self.sha.update(code.co_code)
        self.sha.update(code.co_exceptiontable)
        self.add(
            code.co_names,
            code.co_varnames,
            code.co_freevars,
            code.co_cellvars,
            code.co_argcount,
            code.co_flags,
        )
        for constant in code.co_consts:
            self.feed(constant)
