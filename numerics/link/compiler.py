"""Numba's compiler, for kernels: no reference counts where nothing is owned, and code of their own."""

from __future__ import annotations

from typing import Any

from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import AnalysisPass, register_pass
from numba.core.typed_passes import AnnotateTypes

from numerics.link.borrowing import only_borrows
from numerics.link.own_code import OwnCodeLibrary


class KernelCompiler(CompilerBase):
    """The pipeline without Python objects, and a step between types and code."""

    def define_pipelines(self) -> list:
        """One pipeline."""
        manager = DefaultPassBuilder.define_nopython_pipeline(self.state)
        manager.add_pass_after(_Prepare, AnnotateTypes)
        manager.finalize()
        return [manager]


@register_pass(mutates_CFG=False, analysis_only=True)
class _Prepare(AnalysisPass):
    _name = "prepare_kernel"

    def __init__(self) -> None:
        AnalysisPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        # What Python calls turns Python's arrays into those of Numba, which are counted.
        if state.flags.no_cpython_wrapper and only_borrows(state):
            state.targetctx = state.targetctx.subtarget(enable_nrt=False)
        state.library = OwnCodeLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return False
