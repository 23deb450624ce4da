"""Files that vouch for themselves: HDF5 with schema, version and payload hash, and a checksum as last line.

The last line (`numerics.checksum`) is checked first. The payload hash is that of the content alone: equal data, equal
hash, whoever wrote it. What belongs to the occasion, times and the like, may be left out of it; the file lists what,
and its last line covers that too.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from numerics.checksum import last_line, refuse_damage
from vmc.output.atomic import replace_file
from vmc.output.image import to_bytes
from vmc.output.reader import LIMITS, DamagedFileError, Limits, read_bytes, read_tree
from vmc.output.tree import Attribute, Attributes, Dataset, Tree, payload_hash

_LEAVES_OUT = "payload_leaves_out"
_SEAL = ("schema", "schema_version", "payload_sha256", _LEAVES_OUT)


@dataclass(frozen=True)
class Schema:
    """What a kind of file is called, and the newest version of it this package knows."""

    name: str
    version: int


class SchemaError(ValueError):
    """An intact file of another kind, or of a version this package does not know yet."""


class OtherKindError(SchemaError):
    """An intact file of another kind."""


@dataclass(frozen=True)
class Sealed:
    """The content of an intact file; the attributes are those it was saved with, without the seal."""

    tree: dict[str, Dataset | Tree]
    attributes: dict[str, Attribute | Attributes]
    schema: Schema
    payload_sha256: str


def write_sealed(
    path: str | os.PathLike[str],
    tree: Tree,
    attributes: Attributes,
    schema: Schema,
    *,
    keep_previous: bool = False,
    of_the_occasion: Collection[str] = (),
) -> str:
    """Write a tree atomically, after reading it back from its bytes, and return its payload hash.

    ``of_the_occasion``: datasets and attributes that the hash leaves out, by their paths ("optimization/seconds").
    Raises ValueError for what cannot be stored and OutputError if the disk refuses it; the file that was
    there then is untouched.
    """
    if clash := set(_SEAL) & attributes.keys():
        raise ValueError(f"the root attribute '{min(clash)}' is set by the seal itself")
    stamped = {**attributes, "schema": schema.name, "schema_version": schema.version}
    if of_the_occasion:
        stamped[_LEAVES_OUT] = " ".join(sorted(of_the_occasion))
    digest = _content_hash(tree, stamped)
    content = to_bytes(tree, {**stamped, "payload_sha256": digest})
    content += last_line(content)
    try:
        _unseal(content, path, LIMITS)
    except DamagedFileError as error:
        raise ValueError(f"{os.fspath(path)!r} could not be read back: {error.reason}") from error
    replace_file(path, content, keep_previous=keep_previous)
    return digest


def read_sealed(path: str | os.PathLike[str], schema: Schema, limits: Limits = LIMITS) -> Sealed:
    """Return the content of a file whose hash and schema are right.

    Raises DamagedFileError if it is not intact, SchemaError if it is but of another kind or too new, OSError
    if it cannot be opened.
    """
    sealed = verify(path, limits)
    if sealed.schema.name != schema.name:
        raise OtherKindError(f"{os.fspath(path)!r} is a '{sealed.schema.name}' file, expected '{schema.name}'")
    if sealed.schema.version > schema.version:
        raise SchemaError(
            f"{os.fspath(path)!r} has version {sealed.schema.version} of the '{schema.name}' format, this "
            f"program knows versions up to {schema.version}: use a newer program"
        )
    return sealed


def verify(path: str | os.PathLike[str], limits: Limits = LIMITS) -> Sealed:
    """Return the content of an intact file of any schema; raises DamagedFileError or OSError."""
    return _unseal(read_bytes(path, limits), path, limits)


def _unseal(content: bytes, path: str | os.PathLike[str], limits: Limits) -> Sealed:
    try:
        refuse_damage(content, "neither results nor a checkpoint")
    except ValueError as error:
        raise DamagedFileError(path, str(error)) from error
    tree, attributes = read_tree(content, path, limits)
    digest = attributes.pop("payload_sha256", None)
    if digest != _content_hash(tree, attributes):
        raise DamagedFileError(path, "its content does not match its payload_sha256")
    attributes.pop(_LEAVES_OUT, None)
    name, version = attributes.pop("schema", None), attributes.pop("schema_version", None)
    if not isinstance(name, str) or not isinstance(version, int):
        raise DamagedFileError(path, "it does not name its schema and version")
    return Sealed(tree, attributes, Schema(name, version), str(digest))


def _content_hash(tree: Tree, attributes: Attributes) -> str:
    """Hash of all but what the attribute of that name leaves out."""
    left_out = str(attributes.get(_LEAVES_OUT, "")).split()
    return payload_hash(_without(tree, left_out), _without(attributes, left_out))


def _without(branch: Mapping[str, Any], paths: list[str]) -> dict[str, Any]:
    """A tree, or its attributes, without what lies at some paths."""
    kept = {}
    for name, item in branch.items():
        if name not in paths:
            below = [path.removeprefix(f"{name}/") for path in paths if path.startswith(f"{name}/")]
            kept[name] = _without(item, below) if isinstance(item, Mapping) else item
    return kept
