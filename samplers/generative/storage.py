"""Models in HDF5 files: numbers and JSON, nothing that could be run; what is read back is the same to the last bit.

A file ends in the checksum of its bytes, as results do (`numerics.checksum`): a flipped bit would give other densities.
"""

from __future__ import annotations

import io
import json
import os
import uuid
from pathlib import Path
from typing import Any

import numpy as np

from numerics.checksum import last_line, refuse_damage
from samplers.generative.model import GenerativeModel

FORMAT = "generative model 1"
#: Sources of random numbers that a fit may be given, and draw from.
RANDOM = (np.random.Generator, np.random.RandomState, np.random.BitGenerator, np.random.SeedSequence)
#: Whose state a file may hold.
BIT_GENERATORS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")


def save(model: GenerativeModel, path: Path) -> None:
    """Write a fitted model; an existing file is replaced only once the new one is complete and on the disk."""
    content = _image(model)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(beside, "wb") as file:
            file.write(content)
            file.write(last_line(content))
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave the new name with nothing behind it
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def load(path: str | Path) -> Any:
    """The model that `save` wrote.

    Raises
    ------
    FileNotFoundError
        if there is no such file.
    ValueError
        if it is damaged, no file of a model, or of one that this version does not know.
    """
    import h5py

    if not Path(path).exists():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        content = _read_regular(Path(path))
        refuse_damage(content, "no model")
        with h5py.File(io.BytesIO(content), "r") as file:
            if file.attrs.get("format") != FORMAT:
                raise ValueError(f"format {file.attrs.get('format')!r}: expected {FORMAT!r}")
            return _read_model(file)
    except (OSError, KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise ValueError(f"{path}: cannot be read as a model: {error}") from error


def _image(model: GenerativeModel) -> bytes:
    """The bytes of the HDF5 file, made in memory: what cannot be written is refused before the disk is touched."""
    import h5py

    with h5py.File(uuid.uuid4().hex, "w", driver="core", backing_store=False) as file:
        file.attrs["format"] = FORMAT
        _write_model(file, model)
        file.flush()
        return file.id.get_file_image()


def _read_regular(path: Path) -> bytes:
    if not path.is_file():  # a device may never end
        raise ValueError("it is not a regular file")
    return path.read_bytes()


def _write_model(group: Any, model: GenerativeModel) -> None:
    group.attrs["model"] = type(model).__name__
    settings = {name: value for name, value in model.get_params(deep=False).items()}
    if isinstance(settings.get("random_state"), RANDOM):
        settings["random_state"] = None  # what the generator was has been used up
    group.attrs["settings"] = _json(settings)
    for name, value in vars(model).items():
        if name.endswith("_"):
            _write(group, name, value)


def _write(group: Any, name: str, value: Any) -> None:
    if isinstance(value, np.ndarray) and value.dtype.kind in "OU":
        group.create_dataset(name, data=value.astype(object), dtype=_text())
    elif isinstance(value, np.ndarray):
        group[name] = value
    elif isinstance(value, np.random.Generator):
        group.create_group(name).attrs["generator"] = json.dumps(value.bit_generator.state, default=_words)
    elif isinstance(value, GenerativeModel):
        _write_model(group.create_group(name), value)
    elif isinstance(value, dict):
        inside = group.create_group(name)
        for key, entry in value.items():
            _write(inside, key, entry)
    elif isinstance(value, list):
        inside = group.create_group(name)
        inside.attrs["length"] = len(value)
        for position, entry in enumerate(value):
            _write(inside, str(position), entry)
    else:
        group.attrs[name] = _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, default=_number)


def _number(value: Any) -> Any:
    """What a search over an array of settings hands to a model: NumPy's numbers, as Python has them."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{value!r} of type {type(value).__name__} cannot be kept in a file: expected numbers or strings")


def _text() -> Any:
    """The type of names of features: strings of any length."""
    import h5py

    return h5py.string_dtype()


def _read_model(group: Any) -> GenerativeModel:
    from samplers.generative import model_class

    settings = json.loads(group.attrs["settings"])
    model = model_class(group.attrs["model"])(**{name: _tuples(value) for name, value in settings.items()})
    for name, value in group.attrs.items():
        if name.endswith("_"):
            setattr(model, name, _tuples(json.loads(value)))
    for name, entry in group.items():
        setattr(model, name, _read(entry))
    return model


def _read(entry: Any) -> Any:
    import h5py

    if isinstance(entry, h5py.Dataset):
        return entry.asstr()[()] if h5py.check_string_dtype(entry.dtype) else entry[()]
    if "generator" in entry.attrs:
        return _read_generator(json.loads(entry.attrs["generator"]))
    if "model" in entry.attrs:
        return _read_model(entry)
    if "length" in entry.attrs:
        return [_read(entry[str(position)]) for position in range(entry.attrs["length"])]
    return {name: _read(inside) for name, inside in entry.items()} | {
        name: _tuples(json.loads(value)) for name, value in entry.attrs.items()
    }


def _words(array: Any) -> list[int]:
    """The state of a bit generator is numbers and arrays of words."""
    return array.tolist()


def _read_generator(state: dict[str, Any]) -> np.random.Generator:
    name = state["bit_generator"]
    if name not in BIT_GENERATORS:
        raise ValueError(f"random numbers of {name!r}: expected one of {', '.join(BIT_GENERATORS)}")
    generator = getattr(np.random, name)()
    inner = {
        key: np.array(value, np.uint64) if isinstance(value, list) else value for key, value in state["state"].items()
    }
    generator.state = {**state, "state": inner} | (
        {"buffer": np.array(state["buffer"], np.uint64)} if "buffer" in state else {}
    )
    return np.random.Generator(generator)


def _tuples(value: Any) -> Any:
    """JSON knows no tuples: a list in it was one, as the lists of a model are groups of the file."""
    return tuple(_tuples(entry) for entry in value) if isinstance(value, list) else value
