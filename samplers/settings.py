"""Settings of moves that are out of range, refused by name."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence

import numpy as np


def require_positive(name: str, value: float) -> None:
    """Refuse a step that is zero, negative, infinite or not a number."""
    if not 0.0 < value < math.inf:
        raise ValueError(f"{name} = {value}: expected a positive finite number")


def require_scales(scales: Sequence[float], n: int) -> None:
    """Refuse scales that are not one positive number for each of n coordinates; none is one step for all."""
    if scales and (len(scales) != n or not all(0.0 < scale < math.inf for scale in scales)):
        raise ValueError(f"scales = {tuple(scales)}: expected {n} positive finite numbers, one for each coordinate")


def whole_number(name: str, value: object, least: int = 1) -> int:
    """The value as an integer, refused where it is none or less than `least`."""
    if not is_whole(value, least):
        raise ValueError(f"{name} = {value}: expected an integer, at least {least}")
    return operator.index(value)  # type: ignore[arg-type]


def is_whole(value: object, least: int = 1) -> bool:
    """Whether a value is an integer, of Python or NumPy, and not less than `least`; truth values are none."""
    try:
        return not isinstance(value, bool) and operator.index(value) >= least  # type: ignore[arg-type]
    except TypeError:
        return False


def require_width(width: int) -> None:
    """Refuse a block of no coordinates, or of a part of one."""
    if not isinstance(width, int | np.integer) or width < 1:
        raise ValueError(f"width = {width}: expected a positive integer, the coordinates of a block")


def number_of_blocks(width: int, n: int) -> int:
    """Blocks of `width` among n coordinates; kernels look no further, so a remainder is refused here."""
    if n % width:
        raise ValueError(f"width = {width}: expected a divisor of n = {n}, the number of coordinates")
    return n // width
