"""What the environment says about how this process was launched, before MPI is touched.

A process that no launcher started never imports mpi4py: start-up is faster, and many clusters forbid
`MPI_Init` on their login nodes. A script that wants MPI under a launcher unknown to this table imports
`mpi4py.MPI` itself before anything here is called.

Plain `SLURM_NTASKS` is no evidence: the shell of a batch script has it although it is a single process.
`SLURM_STEP_NUM_TASKS` is set by `srun` for the tasks it starts. Nor is `SLURM_PROCID`, for the same reason.
"""

import os
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from vmc.errors import UserError

# (launcher, variable with the number of processes, variable with the rank); the first one present counts:
# mpirun inside a Slurm job is itself started by srun, whose variables then count nodes, not ranks.
_LAUNCHERS = (
    ("Open MPI's mpirun", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"),
    ("MVAPICH's mpirun", "MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK"),
    ("an MPICH or Intel MPI mpirun", "PMI_SIZE", "PMI_RANK"),
    ("srun", "SLURM_STEP_NUM_TASKS", "SLURM_PROCID"),
    ("a PMIx launcher", "PMIX_SIZE", "PMIX_RANK"),
)
_NO_EVIDENCE = "SLURM_PROCID"


@dataclass(frozen=True)
class Launch:
    """A launcher's claim: its name, the variables it set, how many processes it started and which this is."""

    launcher: str
    variables: tuple[str, ...]
    size: int | None
    rank: int

    @property
    def at_least(self) -> int:
        """Smallest number of processes that agrees with the claim."""
        return max(self.size or 1, self.rank + 1)


def find_launch(environment: Mapping[str, str]) -> Launch | None:
    """Read the launcher's claim from environment variables; None where no launcher shows."""
    for launcher, size_name, rank_name in _LAUNCHERS:
        present = tuple(name for name in (size_name, rank_name) if environment.get(name, "").isdecimal())
        if set(present) - {_NO_EVIDENCE}:
            size = int(environment[size_name]) if size_name in present else None
            rank = int(environment[rank_name]) if rank_name in present else 0
            return Launch(launcher, present, size, rank)
    return None


def load_mpi() -> Any | None:
    """Import and initialise MPI where a launcher started several processes; None means a serial run.

    Raises
    ------
    UserError
        The launcher started several processes, but mpi4py is missing or its MPI library does not know the
        launcher, so that every process would run the whole job on its own and write the same files.
    """
    already = _initialised_mpi()
    launch = find_launch(os.environ)
    if already is None and (launch is None or (launch.size == 1 and launch.rank == 0)):
        return None
    try:
        mpi = already or _import_mpi()
    except (ImportError, RuntimeError) as error:
        if launch is None or launch.at_least == 1:
            return None
        raise UserError(_missing(launch, error)) from None
    world_size = mpi.COMM_WORLD.Get_size()
    if launch is not None and world_size < launch.at_least:
        raise UserError(_mismatch(launch, world_size, library_name(mpi)))
    return mpi if world_size > 1 else None


def library_name(mpi: Any) -> str:
    """Name and version of the MPI library that was loaded, such as 'MPICH 4.2.0'."""
    vendor, version = mpi.get_vendor()
    return f"{vendor} {'.'.join(str(part) for part in version)}"


def _initialised_mpi() -> ModuleType | None:
    """Return mpi4py.MPI where the calling program has already initialised it."""
    mpi: Any = sys.modules.get("mpi4py.MPI")
    return mpi if mpi is not None and mpi.Is_initialized() and not mpi.Is_finalized() else None


def _import_mpi() -> ModuleType:
    with warnings.catch_warnings():
        # mpi4py only warns about a foreign launcher; load_mpi refuses it, so the warning adds nothing
        warnings.filterwarnings("ignore", "suspicious MPI execution environment", RuntimeWarning)
        from mpi4py import MPI
    return MPI


def _missing(launch: Launch, error: Exception) -> str:
    return (
        f"{launch.launcher} started {launch.at_least} processes, but mpi4py cannot be used ({error}): "
        "each process would run the whole job; install mpi4py with the MPI library of this launcher, "
        "or start one process without a launcher"
    )


def _mismatch(launch: Launch, world_size: int, library: str) -> str:
    unset = " ".join(f"-u {name}" for name in launch.variables)
    return (
        f"{launch.launcher} started {launch.at_least} processes, but mpi4py uses {library} and sees "
        f"{world_size}: launcher and MPI library do not match, and each process would run the whole job; "
        f"use the mpirun of {library} (independent copies on purpose: start each with 'env {unset} ...')"
    )
