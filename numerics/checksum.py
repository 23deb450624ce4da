"""The last line of a file that vouches for itself: "sha256 " and the SHA-256 of all bytes before it.

HDF5 ignores what follows its end.  The line is checked before anything else is read, so that libhdf5, which hangs on
some single flipped bits and returns wrong numbers for many, never sees damage.
"""

from __future__ import annotations

import hashlib

_BEGINS = b"\nsha256 "
_LENGTH = len(_BEGINS) + 64 + len("\n")


def last_line(content: bytes | memoryview) -> bytes:
    """The line that belongs behind these bytes."""
    return _BEGINS + f"{hashlib.sha256(content).hexdigest()}\n".encode()


def refuse_damage(content: bytes, what: str) -> None:
    """Check that the bytes of a file end in the line that belongs behind the others.

    Parameters
    ----------
    content : all bytes of the file.
    what : what the file should be, for the message: "neither results nor a checkpoint".

    Raises
    ------
    ValueError
        if there is no such line, or it is that of other bytes.
    """
    if not content[-_LENGTH:].startswith(_BEGINS):
        raise ValueError(f"it does not end in a SHA-256: cut short, or {what}")
    if content[-_LENGTH:] != last_line(memoryview(content)[:-_LENGTH]):
        raise ValueError("its bytes do not match the SHA-256 in its last line")
