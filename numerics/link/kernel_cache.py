"""The disk cache of compiled functions, each under a name made of its content.

Numba stamps a cached function with the time and size of the file it stands in, and names what it compiles after the
function and a counter.  A helper edited in another file would be served stale, all of a file would be compiled again
after an edit of one line, and two functions of one name, compiled by two processes, could be taken for each other where
a third is linked with both.  Here the qualified name, of which symbols and names of files are made, ends in the
function's fingerprint (:mod:`numerics.link.fingerprint`), and the source file does not matter: there need be none.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import re
import types
from typing import Any

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _Cache, _CacheLocator

from numerics.link.apart import called_apart, provide
from numerics.link.cache_folder import cache_directory
from numerics.link.compiler import KernelCompiler
from numerics.link.fingerprint import UnidentifiableError, fingerprint

_log = logging.getLogger(__name__)


def jit_cached(function: Any, options: dict[str, Any]) -> Any:
    """Jit a function, with a disk cache under the name that its content has when it is compiled.

    Not the content at this moment, since what it calls may be defined further down.
    """
    compiled: Any = numba.njit(pipeline_class=KernelCompiler, **options)(function)
    if hasattr(compiled, "_cache"):  # under NUMBA_DISABLE_JIT it is the function itself
        compiled._cache = _CacheByContent(function, options)
    return compiled


class _Folder(_CacheLocator):
    """One folder for all functions."""

    def get_cache_path(self) -> str:
        """The folder."""
        return str(cache_directory())

    def ensure_cache_path(self) -> None:
        """Create it once more: `vmc cache --clear` may run at any time."""
        os.makedirs(self.get_cache_path(), exist_ok=True)

    def get_source_stamp(self) -> None:
        """Nothing to compare: what is edited has another name."""

    def get_disambiguator(self) -> None:
        """Nothing to tell apart: names are made of content."""


class _KernelCacheContent(CompileResultCacheImpl):
    """Compiled kernels together with what they call apart."""

    def __init__(self, function: types.FunctionType) -> None:
        self._locator = _Folder()
        self._filename_base = re.sub("[<>]", "", f"{function.__module__}.{function.__qualname__}")

    def reduce(self, compiled: Any) -> tuple:
        """(what it calls apart, what Numba keeps)."""
        return called_apart(compiled), super().reduce(compiled)

    def rebuild(self, target_context: Any, payload: tuple) -> Any:
        """Load what it calls first: the linker refuses names it does not know by ending the process."""
        provide(payload[0])
        return super().rebuild(target_context, payload[1])

    def check_cachable(self, compiled: Any) -> bool:
        """Whether the compiled code holds no address of this process (of a large global array, or a C function)."""
        return not compiled.lifted and not compiled.library.has_dynamic_globals


class _KernelCache(FunctionCache):
    """Numba's disk cache of one function, with what the function calls apart."""

    _impl_class = _KernelCacheContent

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What the file holds; nothing if it is damaged, or needs a module that cannot be imported (that runpy ran)."""
        try:
            return super().load_overload(sig, target_context)
        except ImportError:
            return None
        except Exception as error:  # whatever the remains of a file make of the reader
            _notice(f"a compiled kernel in {self.cache_path} is damaged ({error!r}) and is compiled again")
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, if there is room."""
        try:
            super().save_overload(sig, data)
        except OSError as error:
            _notice(f"compiled kernels cannot be kept in {self.cache_path} ({error.strerror}): a start compiles again")

    def _index_key(self, sig: Any, codegen: Any) -> tuple:
        """The name stands for bytecode and closure (Numba pickles closures, to other bytes in every process)."""
        return sig, codegen.magic_tuple()


@functools.cache
def _notice(text: str) -> None:
    """Say it once."""
    _log.warning(text)


class _CacheByContent(_Cache):
    """Names a function by its content before each of its compilations, and opens the cache of that name."""

    def __init__(self, function: types.FunctionType, options: dict[str, Any]) -> None:
        self._function, self._options = function, options
        self._cache: _KernelCache | None = None

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What the disk holds of the function as it is now."""
        self._cache = self._by_content()
        return None if self._cache is None else self._cache.load_overload(sig, target_context)

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled."""
        if self._cache is not None:
            self._cache.save_overload(sig, data)

    def _by_content(self) -> _KernelCache | None:
        """None where nothing can be written, or the content not be told."""
        function = self._function
        try:
            digits = fingerprint(function, self._options)
        except UnidentifiableError:
            return None
        function.__qualname__ = re.sub("__[0-9a-f]{16}$", "", function.__qualname__) + "__" + digits
        return None if cache_directory() is None else _KernelCache(function)

    @property
    def cache_path(self) -> str | None:
        """The folder of the files."""
        return None if self._cache is None else self._cache.cache_path

    def flush(self) -> None:
        """Forget what the disk holds."""
        if self._cache is not None:
            self._cache.flush()

    def enable(self) -> None:
        """Nothing to do: always on."""

    def disable(self) -> None:
        """Nothing to do: always on."""
