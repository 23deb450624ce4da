"""Functions of the user's that Python takes and Numba does not: one line instead of all that lies around them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from numba.core.errors import NumbaError

from vmc.errors import UserError

#: What stands before every message inside a message; the innermost one is the last.
_LAYER = re.compile(r"Failed in \w+ mode pipeline \(step: [^)]*\)\n")
_PLACE = re.compile(r'File "(?P<file>[^"]*)", line (?P<line>\d+):\n(?P<source>.*?)\n[ ]*\^', re.DOTALL)
_SIGNATURE = re.compile(r">>> (.*)")


@contextlib.contextmanager
def plain_refusals() -> Iterator[None]:
    """Turn what Numba says of a function that it cannot compile into a UserError of one line."""
    try:
        yield
    except NumbaError as error:
        raise UserError(f"a function does not compile: {innermost(str(error))}") from error


def innermost(text: str) -> str:
    """What Numba says of the innermost function, with its file, line and source where it tells them."""
    text = _LAYER.split(text)[-1]
    place, signature = _PLACE.search(text), _SIGNATURE.search(text)
    said = text.strip().partition("\n")[0].strip()
    if said.startswith("No implementation of function") and signature:
        said = f"Numba has no {signature[1].strip()}"
    if place is None:
        return said
    source = place["source"].splitlines()[-1].strip()
    return f"{said.rstrip('.')}, at {place['file']}, line {place['line']}: {source}"
