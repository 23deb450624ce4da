"""Ranks that were told different things: a slip in a script that every rank runs, a random start without a seed say."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from vmc.errors import UserError
from vmc.parallel import Communicator


def refuse_disagreement(world: Communicator, **told: Any) -> None:
    """Compare what the ranks were told, by name: numbers, arrays, text and tuples of them.  Collective.

    Raises
    ------
    UserError
        on every rank, with the name of the first that is not the same on all of them.
    """
    for name, value in told.items():
        digest = hashlib.sha256()
        _feed(digest, value)
        number = float(int(digest.hexdigest()[:12], 16))  # 48 bits, exact in a double
        if world.max(number) != -world.max(-number):
            raise UserError(
                f"{name}: not the same on all ranks, expected equal arguments everywhere (does a random start lack its "
                "seed, or does a rank read another file?)"
            )


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        digest.update(repr((value.dtype.str, value.shape)).encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, tuple):
        digest.update(f"{len(value)}".encode())
        for item in value:
            _feed(digest, item)
    else:
        digest.update(repr(value).encode())
