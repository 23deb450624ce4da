"""Eight numbers at a time, held in vector registers: for short loops that a compiler does not vectorise by itself.

A loop over eight walkers that reads some arrays and writes others is guarded by a check that they do not overlap, which
for eight numbers costs more than the loop.  These functions say what is meant: a group of eight numbers is loaded,
computed with, and stored.  On processors with shorter registers a group takes two or four of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.errors import TypingError
from numba.extending import intrinsic, register_model

#: Numbers in a group.
LANES = 8


class _LanesType(types.Type):
    """A group inside compiled code."""

    def __init__(self) -> None:
        super().__init__(name=f"Lanes{LANES}")


_lanes = _LanesType()


def _vector() -> ir.Type:
    return ir.VectorType(ir.DoubleType(), LANES)


@register_model(_LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _vector())


def _require_contiguous(array: Any) -> None:
    if not (
        isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C" and array.dtype == types.float64
    ):
        raise TypingError(f"lanes of {array}: expected a contiguous row of float64")


def _pointer(context: Any, builder: Any, array_type: Any, array: Any, first: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [first]), _vector().as_pointer())


@intrinsic
def _load(typing_context, row, first):
    _require_contiguous(row)

    def generate(context, builder, signature, arguments):
        return builder.load(_pointer(context, builder, signature.args[0], *arguments), align=8)

    return _lanes(row, types.intp), generate


@intrinsic
def _store(typing_context, row, first, x):
    _require_contiguous(row)

    def generate(context, builder, signature, arguments):
        array, start, value = arguments
        builder.store(value, _pointer(context, builder, signature.args[0], array, start), align=8)
        return context.get_dummy_value()

    return types.void(row, types.intp, _lanes), generate


@intrinsic
def _spread(typing_context, number):
    def generate(context, builder, signature, arguments):
        undefined = ir.Constant(_vector(), ir.Undefined)
        first = builder.insert_element(undefined, arguments[0], ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(first, undefined, zeros)

    return _lanes(types.float64), generate


@intrinsic
def _times(typing_context, x, y):
    def generate(context, builder, signature, arguments):
        return builder.fmul(*arguments)

    return _lanes(_lanes, _lanes), generate


@intrinsic
def _plus(typing_context, x, y):
    def generate(context, builder, signature, arguments):
        return builder.fadd(*arguments)

    return _lanes(_lanes, _lanes), generate


@intrinsic
def _minus(typing_context, x, y):
    def generate(context, builder, signature, arguments):
        return builder.fsub(*arguments)

    return _lanes(_lanes, _lanes), generate


@intrinsic
def _times_plus(typing_context, x, y, z):
    def generate(context, builder, signature, arguments):
        kind = ir.FunctionType(_vector(), [_vector()] * 3)
        fused = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{LANES}f64")
        return builder.call(fused, arguments)

    return _lanes(_lanes, _lanes, _lanes), generate


def _load_in_python(row, first):
    return row[first : first + LANES].copy()


def _store_in_python(row, first, x):
    row[first : first + LANES] = x


def _spread_in_python(number):
    return np.full(LANES, number, dtype=np.float64)


def _times_in_python(x, y):
    return x * y


def _plus_in_python(x, y):
    return x + y


def _minus_in_python(x, y):
    return x - y


def _times_plus_in_python(x, y, z):
    return x * y + z


_INTERPRETED = bool(numba.config.DISABLE_JIT)  # type: ignore[attr-defined]
#: (row, first) -> row[first : first + LANES]; nothing checks the bounds.
load: Callable[..., Any] = _load_in_python if _INTERPRETED else _load
#: (row, first, x): row[first : first + LANES] = x.
store: Callable[..., Any] = _store_in_python if _INTERPRETED else _store
#: number -> LANES times this number.
spread: Callable[..., Any] = _spread_in_python if _INTERPRETED else _spread
#: (x, y) -> x y.
times: Callable[..., Any] = _times_in_python if _INTERPRETED else _times
#: (x, y) -> x + y.
plus: Callable[..., Any] = _plus_in_python if _INTERPRETED else _plus
#: (x, y) -> x - y.
minus: Callable[..., Any] = _minus_in_python if _INTERPRETED else _minus
#: (x, y, z) -> x y + z, rounded once where the processor can.
times_plus: Callable[..., Any] = _times_plus_in_python if _INTERPRETED else _times_plus
