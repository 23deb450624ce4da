"""Running the program as a user does, alone and under mpirun, and comparing what it left."""

import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

MPIRUN = Path(sys.executable).with_name("mpirun")
LIMIT = 240.0

#: Two electrons with a Jastrow factor and stochastic reconfiguration: about a second of work.
DOT = """
seed = 3
[system]
n_particles = 2
n_dim = 2
[hamiltonian]
unit = "hartree"
interaction = { kind = "coulomb" }
[[wavefunction]]
kind = "rbm"
n_hidden = 3
[[wavefunction]]
kind = "pade"
beta = 0.5
[sampler]
kind = "langevin"
n_walkers = 64
n_blocks = 8
time_step = 0.3
thermalise = 50
[optimizer]
kind = "gradient_descent"
learning_rate = 0.1
iterations = 12
samples = 5
preconditioner = { kind = "sr" }
[evaluation]
samples = 40
chunk = 10
[[observables]]
kind = "radial_density"
bins = 12
r_max = 3.0
[[observables]]
kind = "density_profiles"
bins = 12
x_max = 2.5
[[observables]]
kind = "density_map"
bins = 8
x_max = 2.5
[[observables]]
kind = "pair_distribution"
bins = 12
r_max = 4.0
[[observables]]
kind = "moments"
[reference]
energy = 3.0
"""
#: What may differ between two runs that are otherwise the same.
OF_THE_OCCASION = {"seconds"}


def different(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> list[str]:
    """Names of the numbers of two results that are not the same bit for bit; there must be the same ones."""
    assert first.keys() == second.keys()
    return [name for name in first if not np.array_equal(first[name], second[name], equal_nan=True)]


class Folder:
    """A folder in which commands are run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "dot.toml").write_text(DOT)

    def command(self, *arguments: str, ranks: int = 0) -> list[str]:
        if ranks and not MPIRUN.exists():
            pytest.skip("no mpirun beside this Python")
        launcher = [str(MPIRUN), "-n", str(ranks)] if ranks else []
        return [*launcher, sys.executable, "-m", "vmc", *arguments]

    def vmc(self, *arguments: str, ranks: int = 0, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(*arguments, ranks=ranks),
            cwd=self.path,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )

    def start(self, *arguments: str, ranks: int = 0, **environment: str) -> subprocess.Popen:
        return subprocess.Popen(
            self.command(*arguments, ranks=ranks),
            cwd=self.path,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def numbers(self, name: str) -> dict[str, np.ndarray]:
        """Every dataset of a results file but those that say when and how long."""
        found: dict[str, np.ndarray] = {}

        def collect(path: str, item: object) -> None:
            if isinstance(item, h5py.Dataset) and path.split("/")[-1] not in OF_THE_OCCASION:
                found[path] = item[()]

        with h5py.File(self.path / name) as file:
            file.visititems(collect)
        return found
