"""The verbs mean the same without MPI and on any number of ranks."""

import subprocess
import sys

import numpy as np
import pytest

from vmc.parallel import SerialCommunicator
from vmc.parallel.encoding import decode, encode


def test_serial(run):
    outcome = run(0, "talk.py")
    assert outcome.status == 0, outcome.err
    assert outcome.out.split() == ["ranks", "[0]", "False", "None"]


@pytest.mark.mpi
@pytest.mark.parametrize("n_ranks", [2, 3, 4])
def test_ranks(run, n_ranks):
    outcome = run(n_ranks, "talk.py")
    assert outcome.status == 0, outcome.err
    assert outcome.out.startswith(f"ranks {list(range(n_ranks))} True ")
    assert outcome.out.count("ranks") == 1


@pytest.mark.mpi
def test_mpirun_with_one_rank_is_serial(run):
    outcome = run(1, "talk.py")
    assert outcome.status == 0, outcome.err
    assert outcome.out.split() == ["ranks", "[0]", "False", "None"]


def test_import_touches_neither_mpi_nor_numpy():
    code = (
        "import sys, vmc.parallel\n"
        "from vmc.parallel import limit_threads\n"
        "assert not {'mpi4py', 'numpy'} & set(sys.modules)\n"
        "from vmc.parallel import *\n"
        "assert not {'mpi4py', 'numba', 'h5py'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("data", [object(), {1, 2}, b"bytes", 1j, np.array([object()]), [print]])
def test_only_plain_data_travel(data):
    with pytest.raises(TypeError, match="cannot send"):
        encode(data)


def test_encoding_keeps_every_bit():
    rng = np.random.default_rng(1)
    floats = rng.integers(0, 2**64, 500, np.uint64).view(np.float64)
    data = {
        "floats": floats,
        "swapped": floats.astype(">f8"),
        "number": float(floats[np.isfinite(floats)][0]),
    }
    back = decode(encode(data))
    assert back["floats"].tobytes() == floats.tobytes()
    assert back["swapped"].tobytes() == data["swapped"].tobytes()
    assert back["number"].hex() == data["number"].hex()


def test_serial_has_no_partner():
    with pytest.raises(ValueError, match="no rank 1"):
        SerialCommunicator().exchange(np.zeros(2), np.zeros(2), 1)
