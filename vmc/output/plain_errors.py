"""What files may do wrong, in the user's words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from vmc.errors import UserError
from vmc.output.atomic import OutputError
from vmc.output.lock import LockedError
from vmc.output.reader import DamagedFileError
from vmc.output.sealed import SchemaError


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what files may do wrong into a UserError of one line."""
    try:
        yield
    except (OutputError, LockedError, DamagedFileError, SchemaError) as error:
        raise UserError(str(error)) from error
    except (FileNotFoundError, PermissionError) as error:
        text = str(error) if error.filename is None else f"{error.filename}: cannot be read ({error.strerror})"
        raise UserError(text) from error
