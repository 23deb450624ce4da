"""Plain data to bytes and back, without pickle: a JSON header and the raw bytes of the arrays.

Layout: eight bytes with the length of the header (little endian), the header, the arrays one after another.
In the header a number, string, boolean or None stands for itself; anything else is an object with one key
that names its kind.
"""

import json
from typing import Any

import numpy as np

_PLAIN = (type(None), bool, int, float, str)
_LENGTH_BYTES = 8


def encode(data: Any) -> bytes:
    """Encode nested dicts, lists and tuples of numbers, strings, None and arrays.

    Raises
    ------
    TypeError
        The data hold something else; the message names its type.
    """
    pieces: list[bytes] = []
    header = json.dumps(_outline(data, pieces)).encode()
    return b"".join([len(header).to_bytes(_LENGTH_BYTES, "little"), header, *pieces])


def decode(message: bytes | memoryview) -> Any:
    """Rebuild what `encode` was given; arrays are new, writable and contiguous."""
    view = memoryview(message)
    start = _LENGTH_BYTES + int.from_bytes(view[:_LENGTH_BYTES], "little")
    header = json.loads(bytes(view[_LENGTH_BYTES:start]))
    return _Reader(view[start:]).build(header)


def _outline(data: Any, pieces: list[bytes]) -> Any:
    """Describe the data for the header and append the bytes of the arrays to `pieces`."""
    if type(data) in _PLAIN:
        return data
    if isinstance(data, np.ndarray | np.generic) and data.dtype.kind in "biufcSU":
        pieces.append(data.tobytes())
        kind = "array" if isinstance(data, np.ndarray) else "scalar"
        return {kind: [data.dtype.str, list(data.shape)]}
    if type(data) in (list, tuple):
        return {type(data).__name__: [_outline(item, pieces) for item in data]}
    if type(data) is dict:
        return {"dict": [[_outline(part, pieces) for part in pair] for pair in data.items()]}
    raise TypeError(f"cannot send {type(data).__name__}: only numbers, strings, None, arrays and dicts, lists, tuples")


class _Reader:
    """Rebuilds data from a header, taking the bytes of the arrays in the order they were written."""

    def __init__(self, payload: memoryview) -> None:
        self._payload = payload
        self._position = 0

    def build(self, outline: Any) -> Any:
        if not isinstance(outline, dict):
            return outline
        ((kind, content),) = outline.items()
        if kind == "dict":
            return {self.build(key): self.build(value) for key, value in content}
        if kind == "list":
            return [self.build(item) for item in content]
        if kind == "tuple":
            return tuple(self.build(item) for item in content)
        array = self._take_array(*content)
        return array if kind == "array" else array[()]

    def _take_array(self, dtype_text: str, shape: list[int]) -> np.ndarray:
        dtype = np.dtype(dtype_text)
        count = int(np.prod(shape, dtype=np.int64))
        end = self._position + count * dtype.itemsize
        array = np.frombuffer(self._payload[self._position : end], dtype, count).reshape(shape).copy()
        self._position = end
        return array
