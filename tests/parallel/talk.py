"""Every verb of a communicator on this number of ranks; prints one line when all assertions hold."""

import sys
import time

import numpy as np

from vmc.parallel import Partition, communicator, on_root, run_parallel


def check_broadcast(world):
    data = {
        "array": np.arange(12.0).reshape(3, 4).T,
        "empty": np.empty((0, 3), np.uint64),
        "zero_dim": np.array(2.5),
        "nested": [(1, None, True), {"x": -0.0, 3: "π"}, []],
        "extremes": (float("inf"), 5e-324, 0.1 + 0.2, 2**80),
        "numpy_scalar": np.int32(7),
    }
    received = world.broadcast(data if world.is_root else "ignored")
    assert received["array"].tolist() == data["array"].tolist()
    assert received["array"].flags.c_contiguous
    assert received["array"].flags.writeable
    assert received["array"] is not data["array"]
    assert received["empty"].shape == (0, 3)
    assert received["empty"].dtype == np.uint64
    assert received["zero_dim"].shape == ()
    assert received["nested"] == data["nested"]
    assert type(received["nested"][0]) is tuple
    assert str(received["nested"][1]["x"]) == "-0.0"
    assert received["extremes"] == data["extremes"]
    assert type(received["numpy_scalar"]) is np.int32
    assert np.isnan(world.broadcast(float("nan")))
    assert world.broadcast(world.rank) == 0


def check_broadcast_leaves_the_root_alone(world):
    mine = np.zeros(3)
    world.broadcast(mine)[:] = 1.0
    assert not mine.any()


def check_agreement(world):
    assert world.max(float(world.rank)) == world.size - 1
    assert world.any(world.rank == world.size - 1)
    assert world.any(world.rank == 0)
    assert not world.any(False)
    world.barrier()


def check_ranks_that_wait_sleep(world):
    """What they wait for may need their core."""
    world.barrier()
    before = time.process_time()
    if world.is_root:
        time.sleep(0.5)
    world.barrier()
    assert time.process_time() - before < 0.1


def check_gather(world):
    rows = np.full((world.rank + 1, 2, 3), world.rank, np.uint64)[:, :, ::-1]
    gathered = world.gather_rows(rows)
    assert (gathered is None) == (world.rank != 0)
    if gathered is not None:
        assert gathered[:, 1, 2].tolist() == [r for r in range(world.size) for _ in range(r + 1)]
        assert gathered.dtype == np.uint64
        gathered[...] = 99
    assert rows[0, 0, 0] == world.rank
    nothing = world.gather_rows(np.empty((0, 2)))
    assert nothing is None or nothing.shape == (0, 2)


def check_scatter_then_gather(world):
    partition = Partition(n_walkers=13, n_blocks=8, rank=world.rank, size=world.size)
    everything = np.random.default_rng(5).normal(size=(13, 4))
    mine = world.scatter_rows(everything if world.is_root else None, partition)
    assert mine.tolist() == everything[partition.walkers].tolist()
    mine += 0.0
    gathered = world.gather_rows(mine)
    assert gathered is None or gathered.tobytes() == everything.tobytes()


def check_wrong_rows_fail_everywhere(world):
    partition = Partition(n_walkers=13, n_blocks=8, rank=world.rank, size=world.size)
    try:
        world.scatter_rows(np.zeros((12, 2)) if world.is_root else None, partition)
    except ValueError as error:
        assert "12" in str(error)  # noqa: PT017
        assert "13" in str(error)  # noqa: PT017
    else:
        raise AssertionError("12 rows were scattered to 13 walkers")


def check_on_root(world):
    assert on_root(world, lambda: ("from", world.rank)) == ("from", 0)


def check_bytes_are_counted(world):
    before = world.bytes_sent
    world.broadcast(np.zeros(1000))
    sent = world.bytes_sent - before
    assert (sent > 8000) == (world.size > 1 and world.is_root)


def main():
    world = communicator()
    assert world is communicator()
    for name, check in sorted(globals().items()):
        if name.startswith("check_"):
            check(world)
    ranks = world.gather_rows(np.array([world.rank]))
    if world.is_root:
        print("ranks", ranks.tolist(), "mpi4py.MPI" in sys.modules, world.library)


if __name__ == "__main__":
    sys.exit(run_parallel(main))
