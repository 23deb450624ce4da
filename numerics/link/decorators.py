"""Decorators for functions that compiled ones call, and the options of Numba they stand for."""

from __future__ import annotations

import functools
from typing import Any

from numerics.link.bare import jit

#: NaN and infinity keep their meaning: neither ``nnan`` nor ``ninf`` is ever set.
OPTIONS: dict[str, Any] = {
    "error_model": "numpy",
    "fastmath": {"contract", "reassoc", "nsz", "arcp"},
}
#: For what is called for every particle or pair: otherwise every array it is handed is reference-counted at every call.
#: What is called once per tile is better compiled once, and not again inside everything that calls it.
INLINE_OPTIONS: dict[str, Any] = {**OPTIONS, "forceinline": True}
#: For functions of a few instructions, whose argument reductions reassociation would destroy.
ELEMENTARY_OPTIONS: dict[str, Any] = {**INLINE_OPTIONS, "fastmath": {"contract"}}

kernel = functools.partial(jit, options=OPTIONS)
inlined = functools.partial(jit, options=INLINE_OPTIONS)
elementary = functools.partial(jit, options=ELEMENTARY_OPTIONS)
