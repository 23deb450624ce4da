"""Checkpoints: two generations of sealed files, of which the newest intact one is loaded."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from vmc.output.atomic import previous_path, resolve
from vmc.output.reader import LIMITS, DamagedFileError, Limits
from vmc.output.sealed import OtherKindError, Schema, SchemaError, read_sealed, write_sealed
from vmc.output.tree import Attribute, Attributes, Dataset, Tree

CHECKPOINT = Schema("vmc checkpoint", 1)


@dataclass(frozen=True)
class Loaded:
    """A verified checkpoint from the file `path`; `message` says why if that is the previous one."""

    tree: dict[str, Dataset | Tree]
    attributes: dict[str, Attribute | Attributes]
    schema_version: int
    path: Path
    used_previous: bool
    message: str


def save_checkpoint(path: str | os.PathLike[str], tree: Tree, attributes: Attributes) -> str:
    """Save a checkpoint durably, keep the one before it as NAME.previous.h5, and return the SHA-256.

    Raises ValueError for what cannot be stored, OutputError if the disk refuses; the old one then stands.
    """
    return write_sealed(path, tree, attributes, CHECKPOINT, keep_previous=True)


def load_checkpoint(path: str | os.PathLike[str], limits: Limits = LIMITS) -> Loaded:
    """Return the newest checkpoint whose hash verifies, and say so if it is the older of the two.

    Reads only. Raises FileNotFoundError if there is none, DamagedFileError if neither generation is intact,
    SchemaError for another kind of file, which a job that went on from the older generation would replace, or a newer
    format.
    """
    newest, previous = resolve(path), previous_path(path)
    try:
        return _load(newest, limits)
    except FileNotFoundError:
        trouble = "is missing"
    except DamagedFileError as error:
        trouble = f"is damaged ({error.reason})"
    except OtherKindError as error:
        raise OtherKindError(f"{error}{_way_out(newest, previous, limits)}") from None
    try:
        return _load(previous, limits, f"{newest.name!r} {trouble}: using the previous checkpoint {previous.name!r}")
    except FileNotFoundError:
        if trouble == "is missing":
            raise FileNotFoundError(f"there is no checkpoint {str(newest)!r}; has the run saved one yet?") from None
        raise DamagedFileError(newest, f"it {trouble}, and there is no previous checkpoint") from None
    except DamagedFileError as error:
        raise DamagedFileError(
            newest, f"it {trouble}, and {previous.name!r} is damaged too ({error.reason})"
        ) from error


def _way_out(newest: Path, previous: Path, limits: Limits) -> str:
    """What to do where a file of another kind stands in the place of the newest checkpoint, if anything helps."""
    with contextlib.suppress(DamagedFileError, SchemaError, OSError):
        _load(previous, limits)
        return f"; {previous.name!r} is the checkpoint before: move {newest.name!r} away to go on from it"
    return ""


def _load(path: Path, limits: Limits, message: str = "") -> Loaded:
    sealed = read_sealed(path, CHECKPOINT, limits)
    return Loaded(sealed.tree, sealed.attributes, sealed.schema.version, path, bool(message), message)
