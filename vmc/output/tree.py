"""What a file holds, as plain data: arrays with units and named dimensions in nested groups; their hash."""

import hashlib
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

Attribute = str | bool | int | float | np.ndarray
Attributes = Mapping[str, "Attribute | Attributes"]
Tree = Mapping[str, "Dataset | Tree"]

DTYPES = tuple(np.dtype(code) for code in ("?", "u1", "<i4", "<i8", "<u8", "<f4", "<f8"))
MAX_ATTRIBUTE_BYTES = 60_000  # HDF5 keeps an attribute in a header message of at most 64 kB
SCALE_ATTRIBUTES = {"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST"}  # how HDF5 marks dimension scales

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}")


@dataclass(frozen=True, eq=False)
class Dataset:
    """An array with its unit, a readable name and (optionally) one name per dimension.

    The array is held C-contiguous and little-endian. Raises ValueError for a dtype outside `DTYPES` and for
    dimension names that are repeated or do not match the rank.
    """

    data: np.ndarray
    units: str = ""
    long_name: str = ""
    dims: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        data = _storable(self.data, "a dataset")
        if self.dims and len(self.dims) != data.ndim:
            raise ValueError(f"{len(self.dims)} dimension names {self.dims} for an array of shape {data.shape}")
        if len(set(self.dims)) != len(self.dims):
            raise ValueError(f"dimension names {self.dims} repeat; every axis needs its own name")
        for name in self.dims:
            check_name(name)
        for text in (self.units, self.long_name):
            _check_text(text, "units and long_name")
        object.__setattr__(self, "data", data)
        object.__setattr__(self, "dims", tuple(self.dims))


@dataclass(frozen=True)
class Group:
    """One group of a flattened tree; the path of the root is ''."""

    path: str
    datasets: dict[str, Dataset]
    attributes: dict[str, Attribute]


def flatten(tree: Tree, attributes: Attributes, path: str = "") -> Iterator[Group]:
    """Yield the groups of a tree, parents first and sorted by name, every name and value checked.

    A mapping among the attributes holds the attributes of the subgroup of that name. Raises ValueError.
    """
    subgroups = {name: child for name, child in tree.items() if isinstance(child, Mapping)}
    datasets = {name: child for name, child in sorted(tree.items()) if isinstance(child, Dataset)}
    for name in tree:
        check_name(name)
        if name not in subgroups and name not in datasets:
            raise ValueError(f"'{path}/{name}' is a {type(tree[name]).__name__}, expected a Dataset or a mapping")
    own: dict[str, Attribute] = {}
    below: dict[str, Attributes] = {}
    for name, value in sorted(attributes.items()):
        if isinstance(value, Mapping):
            below[name] = value
        else:
            own[name] = checked_attribute(f"{path}@{name}", name, value)
    if orphans := below.keys() - subgroups.keys():
        raise ValueError(f"attributes for '{path}/{min(orphans)}', but there is no group of that name")
    yield Group(path, datasets, own)
    for name, child in sorted(subgroups.items()):
        yield from flatten(child, below.get(name, {}), f"{path}/{name}")


def payload_hash(tree: Tree, attributes: Attributes) -> str:
    """Return the SHA-256 (hexadecimal) of everything a tree says, whatever file or library carries it."""
    digest = hashlib.sha256()
    for field in _fields(tree, attributes):
        content = field.encode() if isinstance(field, str) else field
        digest.update(struct.pack("<Q", len(content)))
        digest.update(content)
    return digest.hexdigest()


def get_array(tree: Tree, path: str, dtype: str, shape: tuple[int | None, ...]) -> np.ndarray:
    """Return the array at `path` ("walkers/positions") with dtype and shape checked; None fits any size.

    Raises ValueError if it is missing or not as expected.
    """
    item: Dataset | Tree | None = tree
    for name in path.split("/"):
        item = item.get(name) if isinstance(item, Mapping) else None
    if not isinstance(item, Dataset):
        raise ValueError(f"there is no dataset '{path}'")
    data = item.data
    fits = len(shape) == data.ndim and all(want in (None, size) for want, size in zip(shape, data.shape))
    if data.dtype != np.dtype(dtype) or not fits:
        raise ValueError(f"'{path}' is {data.dtype} {data.shape}, expected {np.dtype(dtype)} {shape}")
    return data


def check_name(name: str) -> None:
    """Raise ValueError unless the name can serve as a group, dataset, attribute or dimension name."""
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in SCALE_ATTRIBUTES:
        raise ValueError(f"{name!r} cannot be a name in a file: use up to 200 letters, digits and _ . + -")


def checked_attribute(where: str, name: str, value: object) -> Attribute:
    """Return an attribute as str, bool, int, float or array (at least one-dimensional); raise ValueError."""
    check_name(name)
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if isinstance(value, str):
        _check_text(value, where)
    elif isinstance(value, np.ndarray):
        value = _storable(value, where)
        if value.nbytes > MAX_ATTRIBUTE_BYTES:
            raise ValueError(f"'{where}' has {value.nbytes} bytes; make it a dataset (limit {MAX_ATTRIBUTE_BYTES})")
    elif isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise ValueError(f"'{where}' = {value} does not fit in 64 bits; store it as text")
    elif not isinstance(value, int | float):
        raise ValueError(f"'{where}' is a {type(value).__name__}, expected str, bool, int, float or array")
    return value


def _storable(data: np.ndarray, where: str) -> np.ndarray:
    array = np.asarray(data)
    little_endian = array.dtype.newbyteorder("<")
    if little_endian not in DTYPES:
        raise ValueError(f"'{where}' has dtype {array.dtype}, expected one of {', '.join(map(str, DTYPES))}")
    return np.asarray(array, dtype=little_endian, order="C")


def _check_text(text: object, where: str) -> None:
    if not isinstance(text, str) or "\0" in text:
        raise ValueError(f"'{where}' must be text without NUL characters, got {type(text).__name__}")
    text.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError


def _fields(tree: Tree, attributes: Attributes) -> Iterator[str | bytes | memoryview]:
    for group in flatten(tree, attributes):
        yield from ("group", group.path)
        for name, value in group.attributes.items():
            yield from ("attribute", name, *_canonical(value))
        for name, item in group.datasets.items():
            yield from (
                "dataset",
                name,
                item.units,
                item.long_name,
                " ".join(item.dims),
                *_canonical(item.data),
            )


def _canonical(value: Attribute) -> tuple[str | bytes | memoryview, ...]:
    """Spell a value so that different values, types or shapes never give the same fields."""
    if isinstance(value, np.ndarray):
        return "array", value.dtype.str, str(value.shape), value.reshape(-1).view(np.uint8).data
    if isinstance(value, float):
        return "float", struct.pack("<d", value)
    return type(value).__name__, str(value)
