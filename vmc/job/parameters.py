"""Parameters from a file: one of their own, for work in scripts and notebooks, or the results of a job."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import numpy as np

from vmc.config import Config
from vmc.config.factor_names import by_kind
from vmc.config.function_settings import differing_settings
from vmc.errors import UserError
from vmc.output.plain_errors import plain_errors
from vmc.output.sealed import Schema, read_sealed, write_sealed
from vmc.output.tree import Dataset
from vmc.parallel import Communicator, on_root
from vmc.results.loading import Results, load_for
from vmc.soundness.parameters import refuse_parameters
from wavefunctions.base import WaveFunction

PARAMETERS = Schema("vmc parameters", 1)
#: What to do with results of another wave function.
PRETRAINING = "; psi can follow another one of the same system with [pretraining]"


def save_parameters(path: str | Path, wave_function: WaveFunction) -> None:
    """Write the parameters with their names; a file that was there is replaced as a whole.

    Raises
    ------
    UserError
        if the file cannot be written, or a parameter is not finite, or not positive as it must be.
    """
    refuse_parameters(path, wave_function.layout, wave_function.theta)
    tree = {"theta": Dataset(wave_function.theta, long_name="parameters", dims=("parameter",))}
    with plain_errors():
        write_sealed(path, tree, {"names": json.dumps(wave_function.layout.names())}, PARAMETERS)


def load_parameters(path: str | Path, wave_function: WaveFunction) -> None:
    """Give a wave function the parameters of a file; nothing in it is executed.

    Raises
    ------
    UserError
        if the file is missing, damaged or of another kind, or its parameters have other names or numbers, are not
        finite, or not positive as they must be.
    """
    with plain_errors():
        sealed = read_sealed(path, PARAMETERS)
    theta = sealed.tree["theta"]
    assert isinstance(theta, Dataset)
    _adopt(path, json.loads(str(sealed.attributes["names"])), np.asarray(theta.data), wave_function)


def start_from_results(path: str, config: Config, wave_function: WaveFunction, world: Communicator) -> str:
    """Give the wave function of `config` the parameters of an earlier run; return what was done in one line.

    Parameters that the earlier wave function had not, those of a backflow say, stay as they are at first.  The root
    reads, and all ranks get what it found.  Collective.

    Raises
    ------
    UserError
        if the file cannot be read, or has parameters that are none here or of other numbers, not finite, or not
        positive as they must be.
    """
    system = wave_function.system
    here = (system.n_particles, system.n_up)
    other, settings, new = here, [], []

    def read() -> None:
        nonlocal other, settings, new
        earlier = load_for("start.results", path)
        factors = config.wavefunction
        with contextlib.suppress(UserError):  # a configuration of another version
            factors = earlier.config.wavefunction
            other = (earlier.config.system.n_particles, earlier.config.system.n_up)
            settings = differing_settings(config.wavefunction, factors)
        there = by_kind(earlier.parameter_names, [factor.kind for factor in factors])
        names = by_kind(wave_function.layout.names(), [factor.kind for factor in config.wavefunction])
        new = _adopt_known(f"start.results = {path!r}", earlier, there, wave_function, names)

    on_root(world, read)
    world.fill_from_root(wave_function.theta)
    line = f"begins with the {wave_function.n_params - len(new)} parameters of {path}"
    if new:
        owners = list(dict.fromkeys(map(_owner, new)))
        line += f", and {len(new)} that it has not as they are at first: {', '.join(owners)}"
    if other != here:
        line += f", of {_particles(*other)}: here there are {_particles(*here)}"
    return "; ".join([line, *settings])


def _particles(n: int, n_up: int | None) -> str:
    return f"{n} particles" if n_up is None else f"{n} particles, {n_up} of spin up"


def _adopt_known(
    source: str, earlier: Results, there: list[str], wave_function: WaveFunction, here: list[str]
) -> list[str]:
    """Take over parameters where there are more here, or in another order; return the names of those that are new.

    Of each parameter all entries are taken, or none: a polynomial of higher order does not begin as one of a lower.

    Parameters
    ----------
    there, here : names of the parameters of `earlier` and of `wave_function` by the kinds of their factors.
    """
    stored, own = earlier.parameter_names, wave_function.layout.names()
    known = set(map(_owner, there))
    new = [k for k, name in enumerate(here) if _owner(name) not in known]
    if stored == own or not stored or set(there) | {here[k] for k in new} != set(here):
        _adopt(source, stored, earlier.theta, wave_function, PRETRAINING)
        return []
    place = {name: k for k, name in enumerate(here)}
    whole = wave_function.theta.copy()
    whole[[place[name] for name in there]] = earlier.theta
    _adopt(source, own, whole, wave_function)
    return [own[k] for k in new]


def _owner(name: str) -> str:
    """The parameter that an entry belongs to: 'rbm.weights' of 'rbm.weights[0,2]'."""
    return name.partition("[")[0]


def _adopt(source: object, stored: list[str], theta: np.ndarray, wave_function: WaveFunction, hint: str = "") -> None:
    """Take over parameters of the same names."""
    expected = wave_function.layout.names()
    for k in range(max(len(stored), len(expected))):
        if stored[k : k + 1] != expected[k : k + 1]:
            raise UserError(
                f"{source}: {len(stored)} parameters, the wave function has {len(expected)}; the first to differ "
                f"is number {k}, {_name(stored, k)} in the file and {_name(expected, k)} here{hint}"
            )
    refuse_parameters(source, wave_function.layout, theta)
    wave_function.theta[:] = theta


def _name(names: list[str], k: int) -> str:
    return f"'{names[k]}'" if k < len(names) else "none"
