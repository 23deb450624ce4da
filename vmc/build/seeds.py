"""Random numbers of the terms of a list: two of a kind must not begin alike, for they would stay alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: Added for every earlier term of the same kind, beyond all seeds of a configuration.
_TERM = 2**66


def term_seeds(seed: int, terms: Sequence[Any]) -> list[int]:
    """A seed for every term (each has a ``kind``): that of the configuration for the first of its kind."""
    kinds = [term.kind for term in terms]
    return [seed + _TERM * kinds[:n].count(kind) for n, kind in enumerate(kinds)]
