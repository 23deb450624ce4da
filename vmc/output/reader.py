"""Reading is parsing: a file is taken into memory once, and what it claims is checked before it is believed.

libhdf5 itself can crash or hang on a file made for that purpose: hashes detect damage, not malice. Open files
of unknown origin in a process of their own.
"""

import math
import os
import stat
import uuid
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from vmc.output.tree import (
    DTYPES,
    SCALE_ATTRIBUTES,
    Attribute,
    Attributes,
    Dataset,
    Tree,
    check_name,
    checked_attribute,
)

Content = tuple[dict[str, Dataset | Tree], dict[str, Attribute | Attributes]]

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_DATASET_ATTRIBUTES = {"units", "long_name", "dims"}
_FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
_DEFLATE_RATIO = 1032  # the most that deflate can expand
_TYPES = tuple((h5py.h5t.py_create(dtype, logical=True), dtype) for dtype in DTYPES)


@dataclass(frozen=True)
class Limits:
    """What a file may ask for before it is refused."""

    max_file_bytes: int = 5 << 30  # more than the data: what may be written must also be readable
    max_data_bytes: int = 4 << 30
    max_objects: int = 10_000
    max_depth: int = 16


LIMITS = Limits()


class DamagedFileError(ValueError):
    """A file that is damaged, or is not what this package writes; carries `path` and `reason`."""

    def __init__(self, path: str | os.PathLike[str], reason: str) -> None:
        super().__init__(f"{os.fspath(path)!r} cannot be used: {reason}")
        self.path = Path(path)
        self.reason = reason


def read_bytes(path: str | os.PathLike[str], limits: Limits = LIMITS) -> bytes:
    """Return the bytes of an HDF5 file, read once and only if it is a regular file of acceptable size.

    Raises FileNotFoundError or PermissionError if it cannot be opened, DamagedFileError for anything else.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise DamagedFileError(path, "it is not a regular file")
            if status.st_size > limits.max_file_bytes:
                raise DamagedFileError(path, f"it has {status.st_size} bytes, limit {limits.max_file_bytes}")
            content = file.read(status.st_size)
    except (FileNotFoundError, PermissionError):
        raise
    except OSError as error:
        raise DamagedFileError(path, error.strerror or str(error)) from error
    if not content.startswith(_SIGNATURE):
        raise DamagedFileError(path, "it is not an HDF5 file" if content else "it is empty")
    return content


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # a named pipe would let us wait for a writer


def read_tree(content: bytes, path: str | os.PathLike[str] = "<memory>", limits: Limits = LIMITS) -> Content:
    """Return the tree and the attributes in the bytes of an HDF5 file; `path` is for messages.

    Raises DamagedFileError for anything but a well-formed tree of numeric arrays: links, external or virtual
    data, foreign filters or types, claims above the limits are refused before any data is read.
    """
    try:
        return _Parser(limits).parse(content)
    except Exception as error:  # h5py turns the errors of libhdf5 into almost every built-in exception
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DamagedFileError(path, reason) from error


class _Parser:
    """Walks an HDF5 file in memory and keeps count of what has been taken from it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.bytes_left = limits.max_data_bytes
        self.seen: set[int] = set()

    def parse(self, content: bytes) -> Content:
        access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
        access.set_fapl_core(backing_store=False)
        access.set_file_image(content)
        name = uuid.uuid4().hex.encode()
        with h5py.File(h5py.h5f.open(name, flags=h5py.h5f.ACC_RDONLY, fapl=access)) as file:
            return self.group(file, "", 0)

    def group(self, group: h5py.Group, path: str, depth: int) -> Content:
        if depth > self.limits.max_depth:
            raise ValueError(f"groups are nested deeper than {self.limits.max_depth}")
        tree: dict[str, Dataset | Tree] = {}
        attributes: dict[str, Attribute | Attributes] = dict(self.attributes(group, path))
        for name in group:
            below = f"{path}/{name}"
            check_name(name)
            if self.kind(group, name, below) == h5py.h5o.TYPE_DATASET:
                dataset = self.dataset(group[name], below)
                if dataset is not None:
                    tree[name] = dataset
                continue
            tree[name], inner = self.group(group[name], below, depth + 1)
            if inner and name in attributes:
                raise ValueError(f"'{path}' has both a group and an attribute '{name}'")
            if inner:
                attributes[name] = inner
        return tree, attributes

    def kind(self, group: h5py.Group, name: str, path: str) -> int:
        """Return the object type behind a plain link; whatever could lead outside or around is refused."""
        if group.id.links.get_info(name.encode()).type != h5py.h5l.TYPE_HARD:
            raise ValueError(f"'{path}' is a soft or external link")
        about = h5py.h5o.get_info(group.id, name.encode())
        if about.type not in (h5py.h5o.TYPE_DATASET, h5py.h5o.TYPE_GROUP):
            raise ValueError(f"'{path}' is neither a group nor a dataset")
        if about.addr in self.seen:
            raise ValueError(f"'{path}' is a second link to the same object")
        self.seen.add(about.addr)
        if len(self.seen) > self.limits.max_objects:
            raise ValueError(f"it holds more than {self.limits.max_objects} objects")
        return about.type

    def dataset(self, dataset: h5py.Dataset, path: str) -> Dataset | None:
        """Return a checked dataset, or None for a dimension scale without values."""
        self.check_storage(dataset, path)
        names = set(dataset.attrs)
        if extra := names - _DATASET_ATTRIBUTES - SCALE_ATTRIBUTES:
            raise ValueError(f"'{path}' has an unexpected attribute '{min(extra)}'")
        if "dims" not in names and "CLASS" in names:
            return None
        if missing := _DATASET_ATTRIBUTES - names:
            raise ValueError(f"'{path}' lacks the attribute '{min(missing)}'")
        texts = self.attributes(dataset, path)
        self.take_bytes(dataset, path)
        units, long_name, dims = texts["units"], texts["long_name"], texts["dims"]
        if not (isinstance(units, str) and isinstance(long_name, str) and isinstance(dims, str)):
            raise ValueError(f"'{path}': units, long_name and dims must be text")
        return Dataset(dataset[()], units, long_name, tuple(dims.split()))

    def check_storage(self, dataset: h5py.Dataset, path: str) -> None:
        """Refuse data kept elsewhere; only then may the shape be asked for, as virtual data opens files."""
        plan = dataset.id.get_create_plist()
        if plan.get_layout() == h5py.h5d.VIRTUAL:
            raise ValueError(f"'{path}' is a virtual dataset")
        if plan.get_external_count():
            raise ValueError(f"'{path}' keeps its data in another file")
        filters = {plan.get_filter(index)[0] for index in range(plan.get_nfilters())}
        if filters - _FILTERS:
            raise ValueError(f"'{path}' uses the foreign filter {min(filters - _FILTERS)}")

    def take_bytes(self, dataset: h5py.Dataset, path: str) -> None:
        """Check type and size of the data and subtract it from what the file may still ask for."""
        itemsize = _known_dtype(dataset.id.get_type(), path).itemsize
        claimed = itemsize * _n_elements(dataset.id.get_space(), path)
        plan = dataset.id.get_create_plist()
        chunk = itemsize * math.prod(plan.get_chunk()) if plan.get_layout() == h5py.h5d.CHUNKED else 0
        stored = dataset.id.get_storage_size()
        if claimed > stored * (_DEFLATE_RATIO if plan.get_nfilters() else 1):
            raise ValueError(f"'{path}' claims {claimed} bytes but stores {stored}")
        self.take(max(claimed, chunk), path)

    def attributes(self, item: h5py.HLObject, path: str) -> dict[str, Attribute]:
        """Return the checked attributes of a group or dataset, without those of dimension scales."""
        found: dict[str, Attribute] = {}
        for name in sorted(set(item.attrs) - SCALE_ATTRIBUTES):
            where = f"{path}@{name}"
            attribute = h5py.h5a.open(item.id, name.encode())
            kind, size = attribute.get_type(), _n_elements(attribute.get_space(), where)
            if isinstance(kind, h5py.h5t.TypeStringID) and kind.is_variable_str() and attribute.shape == ():
                self.take(len(item.attrs[name]), where)
            else:
                self.take(size * _known_dtype(kind, where).itemsize, where)
            found[name] = checked_attribute(where, name, item.attrs[name])
        return found

    def take(self, n_bytes: int, path: str) -> None:
        """Subtract from what the file may still ask for."""
        self.bytes_left -= n_bytes
        if self.bytes_left < 0:
            raise ValueError(f"'{path}' takes the data above the limit of {self.limits.max_data_bytes} bytes")


def _known_dtype(kind: h5py.h5t.TypeID, path: str) -> np.dtype:
    for known, dtype in _TYPES:
        if kind == known:
            return dtype
    raise ValueError(f"'{path}' has a type that is not stored here (class {kind.get_class()})")


def _n_elements(space: h5py.h5s.SpaceID, path: str) -> int:
    if space.get_simple_extent_type() == h5py.h5s.NULL:
        raise ValueError(f"'{path}' has no data space")
    return math.prod(space.get_simple_extent_dims())  # Python integers: a product in C may wrap around
