"""The few verbs with which ranks talk, over MPI or, with the same meaning, in a single process."""

import math
import os
import time
from abc import ABC, abstractmethod
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vmc.parallel.encoding import decode, encode
from vmc.parallel.launcher import library_name, load_mpi
from vmc.parallel.partition import Partition

FloatArray = NDArray[np.float64]
#: Seconds between two looks at whether the other ranks have come.
_POLL = 0.002


@cache
def communicator() -> "Communicator":
    """Connect to all ranks of this job: MPI where a launcher started several processes, else serial.

    The first call initialises MPI and is collective; later calls return the same object.

    Raises
    ------
    UserError
        Launcher and MPI library do not match, or mpi4py is missing although a launcher was used.
    """
    mpi = load_mpi()
    return SerialCommunicator() if mpi is None else MpiCommunicator(mpi.COMM_WORLD)


class Communicator(ABC):
    """All ranks of a job. Every method is collective unless it says otherwise: all ranks call it.

    Attributes
    ----------
    rank, size
        This rank, from 0, and the number of ranks. Rank 0 is the root.
    library
        Name of the MPI library, or None in a serial run.
    bytes_sent
        Payload this rank has handed over for other ranks so far.
    """

    rank: int
    size: int
    library: str | None
    bytes_sent: int = 0

    @property
    def is_root(self) -> bool:
        """Whether this rank is the one that speaks and writes files; not collective."""
        return self.rank == 0

    def broadcast(self, data: Any) -> Any:
        """Return the root's data on every rank; what other ranks pass is ignored.

        Data are numbers, strings, None, arrays and dicts, lists and tuples of those. Every rank, the root
        too, gets a new copy.
        """
        message = encode(data) if self.is_root else b""
        length = np.array([len(message)], np.int64)
        self.fill_from_root(length)
        buffer = np.frombuffer(message, np.uint8) if self.is_root else np.empty(length[0], np.uint8)
        self.fill_from_root(buffer)
        return decode(buffer.data)

    def any(self, flag: bool) -> bool:
        """Whether the flag is set on at least one rank."""
        return bool(self.max(1.0 if flag else 0.0))

    def scatter_rows(self, rows: NDArray | None, partition: Partition) -> NDArray:
        """Return the rows of this rank's walkers from an array (n_walkers, ...) that the root holds.

        Raises
        ------
        ValueError
            On every rank, when the root's array does not have n_walkers rows.
        """
        header = self.broadcast([rows.dtype.str, list(rows.shape)] if rows is not None else None)
        dtype, shape = header if header is not None else ("f8", [0])
        if shape[0] != partition.n_walkers:
            raise ValueError(f"root holds {shape[0]} rows, expected n_walkers = {partition.n_walkers}")
        mine = np.empty((partition.n_local, *shape[1:]), dtype)
        self._scatter_rows(None if rows is None else np.ascontiguousarray(rows), mine, partition)
        return mine

    @abstractmethod
    def barrier(self) -> None:
        """Wait until every rank has come here, asleep: the others may need the core, to compile."""

    @abstractmethod
    def max(self, value: float) -> float:
        """Largest value over the ranks."""

    @abstractmethod
    def fill_from_root(self, buffer: NDArray) -> None:
        """Overwrite a contiguous array on every rank with the root's; shape and dtype agree beforehand."""

    @abstractmethod
    def gather_rows(self, rows: NDArray) -> NDArray | None:
        """Stack the rows of all ranks in rank order: the array on the root, None elsewhere.

        Ranks may hold different numbers of rows (n_local, ...).

        Raises
        ------
        ValueError
            On every rank, when the size of a row differs between ranks.
        """

    @abstractmethod
    def _scatter_rows(self, rows: NDArray | None, mine: NDArray, partition: Partition) -> None:
        """Fill `mine` with this rank's part of the root's rows."""

    @abstractmethod
    def exchange(self, buffer: FloatArray, received: FloatArray, partner: int) -> None:
        """Swap buffers with a partner, which calls this too; not collective."""

    @abstractmethod
    def send(self, buffer: FloatArray, to: int) -> None:
        """Send a buffer to a rank that receives it; not collective."""

    @abstractmethod
    def receive(self, buffer: FloatArray, source: int) -> None:
        """Receive a buffer that a rank sends; not collective."""

    @abstractmethod
    def count_on_node(self) -> tuple[int, int]:
        """Ranks on this computer, and the cores that they together may use."""


class SerialCommunicator(Communicator):
    """A single process, which is its own root."""

    rank = 0
    size = 1
    library = None

    def barrier(self) -> None:
        """Return at once."""

    def max(self, value: float) -> float:
        """Return the value."""
        return float(value)

    def fill_from_root(self, buffer: NDArray) -> None:
        """Leave the buffer as it is."""

    def gather_rows(self, rows: NDArray) -> NDArray | None:
        """Copy the rows."""
        return np.array(rows, order="C")

    def _scatter_rows(self, rows: NDArray | None, mine: NDArray, partition: Partition) -> None:
        mine[...] = rows

    def exchange(self, buffer: FloatArray, received: FloatArray, partner: int) -> None:
        """Refuse: there is no partner."""
        raise ValueError(f"a serial run has no rank {partner}")

    def send(self, buffer: FloatArray, to: int) -> None:
        """Refuse: there is no partner."""
        raise ValueError(f"a serial run has no rank {to}")

    def receive(self, buffer: FloatArray, source: int) -> None:
        """Refuse: there is no partner."""
        raise ValueError(f"a serial run has no rank {source}")

    def count_on_node(self) -> tuple[int, int]:
        """One rank and the cores of this process."""
        return 1, len(available_cores())


class MpiCommunicator(Communicator):
    """The ranks of an MPI communicator, of which a private duplicate is made."""

    def __init__(self, mpi_communicator: Any) -> None:
        from mpi4py import MPI

        self._mpi = MPI
        self._comm = mpi_communicator.Dup()
        self.rank = self._comm.Get_rank()
        self.size = self._comm.Get_size()
        self.library = library_name(MPI)

    def barrier(self) -> None:
        """Wait until every rank has come here."""
        request = self._comm.Ibarrier()
        while not request.Test():
            time.sleep(_POLL)

    def max(self, value: float) -> float:
        """Largest value over the ranks."""
        largest = np.array([value], np.float64)
        self._comm.Allreduce(self._mpi.IN_PLACE, largest, self._mpi.MAX)
        self.bytes_sent += largest.nbytes
        return float(largest[0])

    def fill_from_root(self, buffer: NDArray) -> None:
        """Overwrite a contiguous array on every rank with the root's."""
        self._comm.Bcast(buffer, root=0)
        self.bytes_sent += buffer.nbytes if self.is_root else 0

    def gather_rows(self, rows: NDArray) -> NDArray | None:
        """Stack the rows of all ranks in rank order on the root."""
        rows = np.ascontiguousarray(rows)
        row_bytes = _row_bytes(rows)
        sizes = np.empty((self.size, 2), np.int64)
        self._comm.Allgather(np.array([len(rows), row_bytes], np.int64), sizes)
        if np.any(sizes[:, 1] != row_bytes):
            raise ValueError(f"ranks hold rows of different sizes: {sizes[:, 1].tolist()} bytes")
        counts = sizes[:, 0].tolist()
        row_type = self._row_type(row_bytes)
        gathered = np.empty((sum(counts), *rows.shape[1:]), rows.dtype) if self.is_root else None
        whole = [gathered, (counts, _starts(counts)), row_type] if self.is_root else None
        self._comm.Gatherv([rows, len(rows), row_type], whole, root=0)
        row_type.Free()
        self.bytes_sent += 0 if self.is_root else rows.nbytes
        return gathered

    def _scatter_rows(self, rows: NDArray | None, mine: NDArray, partition: Partition) -> None:
        parts = [partition.walkers_of(rank) for rank in range(self.size)]
        counts = [part.stop - part.start for part in parts]
        row_type = self._row_type(_row_bytes(mine))
        whole = [rows, (counts, _starts(counts)), row_type] if self.is_root else None
        self._comm.Scatterv(whole, [mine, len(mine), row_type], root=0)
        row_type.Free()
        self.bytes_sent += rows.nbytes - mine.nbytes if rows is not None and self.is_root else 0

    def _row_type(self, row_bytes: int) -> Any:
        # counting rows instead of bytes keeps the counts below 2^31
        return self._mpi.BYTE.Create_contiguous(row_bytes).Commit()

    def exchange(self, buffer: FloatArray, received: FloatArray, partner: int) -> None:
        """Swap buffers with a partner."""
        self._comm.Sendrecv(buffer, dest=partner, recvbuf=received, source=partner)
        self.bytes_sent += buffer.nbytes

    def send(self, buffer: FloatArray, to: int) -> None:
        """Send a buffer to a rank that receives it."""
        self._comm.Send(buffer, dest=to)
        self.bytes_sent += buffer.nbytes

    def receive(self, buffer: FloatArray, source: int) -> None:
        """Receive a buffer that a rank sends."""
        self._comm.Recv(buffer, source=source)

    def count_on_node(self) -> tuple[int, int]:
        """Ranks on this computer, and the cores that they together may use."""
        node = self._comm.Split_type(self._mpi.COMM_TYPE_SHARED)
        most = np.array([max(available_cores()) + 1], np.int64)
        node.Allreduce(self._mpi.IN_PLACE, most, self._mpi.MAX)
        usable = np.zeros(most[0], np.uint8)
        usable[sorted(available_cores())] = 1
        node.Allreduce(self._mpi.IN_PLACE, usable, self._mpi.MAX)
        n_ranks = node.Get_size()
        node.Free()
        return n_ranks, int(usable.sum())


def available_cores() -> set[int]:
    """Numbers of the cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _row_bytes(rows: NDArray) -> int:
    if rows.dtype.hasobject:
        raise TypeError(f"cannot send rows of {rows.dtype}")
    return rows.itemsize * math.prod(rows.shape[1:])


def _starts(counts: list[int]) -> list[int]:
    return [sum(counts[:index]) for index in range(len(counts))]
