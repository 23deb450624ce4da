"""Settings of moves that are out of range, refused by name."""

from __future__ import annotations

import math

import numpy as np


def require_positive(name: str, value: float) -> None:
    """Refuse a step that is zero, negative, infinite or not a number."""
    if not 0.0 < value < math.inf:
        raise ValueError(f"{name} = {value}: expected a positive finite number")


def require_width(width: int) -> None:
    """Refuse a block of no coordinates, or of a part of one."""
    if not isinstance(width, int | np.integer) or width < 1:
        raise ValueError(f"width = {width}: expected a positive integer, the coordinates of a block")


def number_of_blocks(width: int, n: int) -> int:
    """Blocks of `width` among n coordinates; kernels look no further, so a remainder is refused here."""
    if n % width:
        raise ValueError(f"width = {width}: expected a divisor of n = {n}, the number of coordinates")
    return n // width
