"""Compiled code that calls its own copies of what was linked into it.

Numba links what a function calls into its code as weak symbols: of two copies of a function in two pieces of code,
both call the one that was loaded first.  Copies differ, since each was optimised in its place, and which one is first
depends on whether the pieces were compiled or came from the disk: the last digits of a result would change from the
first run of a program to the second.
"""

from __future__ import annotations

import llvmlite.binding as llvm
from numba.core.codegen import JITCodeLibrary


class OwnCodeLibrary(JITCodeLibrary):
    """Code in which everything but the function itself is internal; others link it as ever."""

    def _finalize_final_module(self) -> None:
        self._shared_module = self._for_linking()
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == llvm.Linkage.linkonce_odr:
                function.linkage = llvm.Linkage.internal
        super()._finalize_final_module()

    def _for_linking(self) -> llvm.ModuleRef:
        """What Numba makes of a module for those that link it, before functions become internal."""
        shared = self._final_module.clone()
        for function in shared.functions:
            if not function.is_declaration and function.linkage == llvm.Linkage.external:
                function.linkage = llvm.Linkage.linkonce_odr
        return shared
