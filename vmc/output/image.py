"""A tree as the bytes of an HDF5 file, built in memory so that libhdf5 never meets a full disk or a kill.

The layout is that of netCDF-4: every axis has a dimension scale, so xarray and ArviZ open the file with named
dimensions. A dataset named like its only dimension is the coordinate of that dimension; a dimension without
one gets a scale without values. A dimension is known in its group and below, with one size.
"""

import uuid

import h5py
import numpy as np

from vmc.output.tree import Attributes, Dataset, Group, Tree, flatten

_BARE_DIMENSION = "This is a netCDF dimension but not a netCDF variable."  # fixed by the netCDF-4 format


def to_bytes(tree: Tree, attributes: Attributes) -> bytes:
    """Return the bytes of an HDF5 file that holds the tree; equal trees give equal bytes.

    Raises ValueError if a name, type or value cannot be stored, or if sizes of a dimension disagree.
    """
    groups = list(flatten(tree, attributes))
    with h5py.File(uuid.uuid4().hex, "w", driver="core", backing_store=False) as file:
        scales: dict[str, dict[str, h5py.Dataset]] = {}
        for group in groups:
            if group.path and group.path in file:
                raise ValueError(f"group '{group.path}' has the name of a dimension of the group above it")
            parent = scales.get(group.path.rpartition("/")[0], {})
            target = file.create_group(group.path) if group.path else file
            scales[group.path] = _write_group(target, group, parent)
        file.flush()
        return file.id.get_file_image()


def _dimension_names(name: str, item: Dataset) -> tuple[str, ...]:
    """Return the dimension names of a dataset; unnamed axes are called NAME_dim_0, NAME_dim_1, ..."""
    return item.dims or tuple(f"{name}_dim_{axis}" for axis in range(item.data.ndim))


def _write_group(target: h5py.Group, group: Group, inherited: dict[str, h5py.Dataset]) -> dict[str, h5py.Dataset]:
    for name, value in group.attributes.items():
        target.attrs[name] = np.bool_(value) if isinstance(value, bool) else value
    written = {name: _write_dataset(target, name, item) for name, item in group.datasets.items()}
    scales = dict(inherited)
    for name, item in group.datasets.items():
        if item.dims == (name,):
            _check_size(group, name, name, item.data.size, inherited)
            written[name].make_scale(name)
            scales[name] = written[name]
    for name, item in group.datasets.items():
        if item.dims == (name,):
            continue
        for axis, dimension in enumerate(_dimension_names(name, item)):
            size = item.data.shape[axis]
            if dimension not in scales:
                scales[dimension] = _write_bare_dimension(target, group, dimension, size)
            _check_size(group, name, dimension, size, scales)
            written[name].dims[axis].attach_scale(scales[dimension])
    return scales


def _write_dataset(target: h5py.Group, name: str, item: Dataset) -> h5py.Dataset:
    dataset = target.create_dataset(name, data=item.data)
    dataset.attrs["units"] = item.units
    dataset.attrs["long_name"] = item.long_name
    dataset.attrs["dims"] = " ".join(item.dims)
    return dataset


def _write_bare_dimension(target: h5py.Group, group: Group, name: str, size: int) -> h5py.Dataset:
    if name in target:
        raise ValueError(f"'{group.path}/{name}' has the name of a dimension but is not its coordinate")
    scale = target.create_dataset(name, shape=(size,), dtype=">f4")  # never written, so it takes no space
    scale.make_scale(f"{_BARE_DIMENSION}{size:10d}")
    return scale


def _check_size(group: Group, name: str, dimension: str, size: int, scales: dict[str, h5py.Dataset]) -> None:
    if dimension in scales and scales[dimension].shape != (size,):
        known = scales[dimension].shape[0]
        raise ValueError(f"'{group.path}/{name}': dimension '{dimension}' is {size} here, {known} elsewhere")
