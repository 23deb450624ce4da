"""Kernels that count no references.

Numba counts the references to every array that a function is handed, or takes a piece of, by atomic additions: in a
loop over rows they may cost as much as the arithmetic of a row.  Arrays that a function was handed live at least as
long as its call, and so do the pieces of them.  A function that makes no array and gives none back owns nothing, and
here it is compiled without counts.

Only what compiled functions call is compiled in this way (:mod:`numerics.link.bare`); the version for Python counts.
"""

from __future__ import annotations

from typing import Any

from numba.core import ir, types
from numba.core.typing.templates import _IntrinsicTemplate

#: Expressions that hand an array on, or give a piece of it.
_BORROWING = ("build_tuple", "exhaust_iter", "getattr", "getitem", "phi", "static_getitem")
_BORROWED_ATTRIBUTES = ("T", "reshape")
#: Methods of arrays that give views: `reshape` of contiguous ones, and for others Numba has none.
_BORROWING_METHODS = ("array.reshape",)


def only_borrows(state: Any) -> bool:
    """Whether a function, in the state of the compiler after its types are known, makes no array and gives none back.

    False wherever that is not certain.
    """
    return _Function(state).only_borrows()


class _Function:
    """A function whose types are known."""

    def __init__(self, state: Any) -> None:
        self._ir, self._types, self._calls = state.func_ir, state.typemap, state.calltypes
        self._result = state.return_type
        self._models = state.targetctx.data_model_manager

    def only_borrows(self) -> bool:
        """The answer."""
        if self._ir.is_generator or self._is_counted(self._result):
            return False
        return all(self._statement_borrows(line) for block in self._ir.blocks.values() for line in block.body)

    def _is_counted(self, kind: types.Type) -> bool:
        return self._models.lookup(kind).contains_nrt_meminfo()

    def _holds_counted(self, variable: ir.Var) -> bool:
        return self._is_counted(self._types[variable.name])

    def _statement_borrows(self, line: Any) -> bool:
        if isinstance(line, (ir.SetItem, ir.StaticSetItem)):
            return not self._holds_counted(line.value)  # rows that overlap are copied first
        if isinstance(line, ir.Assign) and isinstance(line.value, ir.Expr):
            return self._expression_borrows(line.value, line.target)
        return isinstance(line, (ir.Assign, ir.Branch, ir.Del, ir.Jump, ir.Return, ir.StaticRaise))

    def _expression_borrows(self, expression: ir.Expr, target: ir.Var) -> bool:
        if expression.op == "call":
            return self._call_borrows(expression)
        if not any(map(self._holds_counted, (*expression.list_vars(), target))):
            return True
        if expression.op == "getattr":
            return expression.attr in _BORROWED_ATTRIBUTES or not self._holds_counted(target)
        if expression.op == "getitem":
            return _is_basic(self._types[expression.index.name])
        return expression.op in _BORROWING

    def _call_borrows(self, expression: ir.Expr) -> bool:
        function, signature = self._types[expression.func.name], self._calls[expression]
        if isinstance(function, types.BoundFunction) and self._is_counted(function.this):
            return function.typing_key in _BORROWING_METHODS
        if self._is_counted(signature.return_type):
            return False  # also where it is an argument, as with np.dot(A, B, C), which gives C back, counted once more
        if isinstance(function, types.Dispatcher) or not any(map(self._is_counted, signature.args)):
            return True
        return _is_intrinsic(function) or getattr(function, "typing_key", None) is len


def _is_basic(index: types.Type) -> bool:
    """Whether an index gives an element or a view: arrays of indices give copies."""
    if isinstance(index, types.BaseTuple):
        parts: Any = index
        return all(_is_basic(part) for part in parts)
    return isinstance(index, (types.Integer, types.SliceType, types.EllipsisType))


def _is_intrinsic(function: types.Type) -> bool:
    templates = getattr(function, "templates", ())
    return any(isinstance(template, type) and issubclass(template, _IntrinsicTemplate) for template in templates)
