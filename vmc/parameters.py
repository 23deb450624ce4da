"""Parameters of a wave function as a file of their own, for work in scripts and notebooks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from vmc.errors import UserError
from vmc.files import plain_errors
from vmc.output.sealed import Schema, read_sealed, write_sealed
from vmc.output.tree import Dataset
from wavefunctions.base import WaveFunction

PARAMETERS = Schema("vmc parameters", 1)


def save_parameters(path: str | Path, wave_function: WaveFunction) -> None:
    """Write the parameters with their names; a file that was there is replaced as a whole.

    Raises
    ------
    UserError
        if the file cannot be written.
    """
    tree = {"theta": Dataset(wave_function.theta, long_name="parameters", dims=("parameter",))}
    with plain_errors():
        write_sealed(path, tree, {"names": json.dumps(wave_function.layout.names())}, PARAMETERS)


def load_parameters(path: str | Path, wave_function: WaveFunction) -> None:
    """Give a wave function the parameters of a file; nothing in it is executed.

    Raises
    ------
    UserError
        if the file is missing, damaged or of another kind, or its parameters have other names or numbers.
    """
    with plain_errors():
        sealed = read_sealed(path, PARAMETERS)
    stored, expected = json.loads(str(sealed.attributes["names"])), wave_function.layout.names()
    for k in range(max(len(stored), len(expected))):
        if stored[k : k + 1] != expected[k : k + 1]:
            raise UserError(
                f"{path}: {len(stored)} parameters, the wave function has {len(expected)}; the first to differ "
                f"is number {k}, {_name(stored, k)} in the file and {_name(expected, k)} here"
            )
    theta = sealed.tree["theta"]
    assert isinstance(theta, Dataset)
    wave_function.theta[:] = np.asarray(theta.data)


def _name(names: list[str], k: int) -> str:
    return f"'{names[k]}'" if k < len(names) else "none"
