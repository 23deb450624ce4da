"""Kernels that are compiled once and called through their address.

Numba compiles what a function calls once more inside the function: a kernel below six layers is optimised seven times,
which for the large ones costs minutes.  A kernel that is linked *apart* is declared to its callers under a name made
of its fingerprint and the types of its arguments, and the address of its one compiled copy is told to the linker of
LLVM.  The disk cache keeps with each kernel which others it calls in this way, and loads those first.

A call costs some twenty nanoseconds and nothing is inlined: for kernels that work on a tile of walkers.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
from numba.core import cgutils, imputils, types
from numba.core.dispatcher import Dispatcher
from numba.extending import intrinsic

#: What names of kernels apart begin with.
PREFIX = "vmc_apart_"

_dispatchers: dict[str, Dispatcher] = {}  # by fingerprint
_declared: dict[str, tuple[str, tuple]] = {}  # name -> fingerprint and types of the arguments


def call_apart(dispatcher: Dispatcher, fingerprint: str) -> Callable:
    """What a template calls instead of `dispatcher`, whose content the fingerprint identifies."""
    _register(fingerprint, dispatcher)

    def definition(typing_context: Any, *arguments: Any) -> tuple[Any, Callable]:
        _register(fingerprint, dispatcher)  # once more, for another process that has been sent this function
        argument_types = tuple(types.unliteral(argument) for argument in arguments)
        name, result = _provide(fingerprint, argument_types)

        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            convention = context.call_conv
            function_type = convention.get_function_type(signature.return_type, signature.args)
            function = cgutils.get_or_insert_function(builder.module, function_type, name)
            status, value = convention.call_function(builder, function, signature.return_type, signature.args, values)
            with cgutils.if_unlikely(builder, status.is_error):
                convention.return_status_propagate(builder, status)
            return imputils.fix_returning_optional(context, builder, signature, status, value)

        return result(*argument_types), generate

    own = inspect.signature(dispatcher.py_func).parameters.values()
    first = inspect.Parameter("typing_context", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    declared: Any = definition
    declared.__signature__ = inspect.Signature([first, *own])
    declared.__name__ = dispatcher.py_func.__name__  # for Numba's messages
    call: Any = intrinsic(declared)
    call.fingerprint = fingerprint  # which stands for all it reaches
    return call


def _register(fingerprint: str, dispatcher: Dispatcher) -> None:
    _dispatchers.setdefault(fingerprint, dispatcher)


def _provide(fingerprint: str, argument_types: tuple) -> tuple[str, Any]:
    """Compile or load the kernel and tell LLVM its address; return the name it goes by and the type of its result."""
    dispatcher = _dispatchers[fingerprint]
    dispatcher.compile(argument_types)
    compiled: Any = dispatcher.overloads[argument_types]
    digest = hashlib.sha256(repr((fingerprint, argument_types)).encode()).hexdigest()[:32]
    name = PREFIX + digest
    if name not in _declared:
        _declared[name] = fingerprint, argument_types
        llvm.add_symbol(name, compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name))
    return name, compiled.signature.return_type


def called_apart(compiled: Any) -> list[tuple[str, tuple]]:
    """What compiled code calls apart: fingerprints and types of the arguments."""
    names = (function.name for function in compiled.library._final_module.functions)
    return [_declared[name] for name in names if name.startswith(PREFIX)]


def provide(called: list[tuple[str, tuple]]) -> None:
    """Compile or load what compiled code calls apart."""
    for fingerprint, argument_types in called:
        _provide(fingerprint, argument_types)
