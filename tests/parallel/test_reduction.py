"""The sum does not depend on the number of ranks, bit for bit, and is the sum along the tree."""

import importlib.util
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from vmc.parallel import Partition, SerialCommunicator, TreeSum, tree_sum

spec = importlib.util.spec_from_file_location("sums", Path(__file__).with_name("sums.py"))
sums = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sums)


def naive_tree(buffers):
    """Slow twin: the tree as a recursion."""
    if len(buffers) == 1:
        return buffers[0].copy()
    half = len(buffers) // 2
    return naive_tree(buffers[:half]) + naive_tree(buffers[half:])


@pytest.mark.parametrize("n_blocks", [1, 2, 8, 128])
def test_sum_follows_the_tree(n_blocks):
    buffers = sums.wild_buffers(n_blocks, 300, seed=n_blocks)
    total = tree_sum(SerialCommunicator(), Partition(n_blocks, n_blocks), buffers)
    assert total.tobytes() == naive_tree(buffers).tobytes()


def test_another_order_would_show():
    """Negative control: from left to right the same buffers give other bits."""
    buffers = sums.wild_buffers(16, 300, seed=16)
    total = tree_sum(SerialCommunicator(), Partition(16, 16), buffers)
    left_to_right = np.add.reduce(buffers, axis=0)
    assert np.count_nonzero(total != left_to_right) > 30
    np.testing.assert_allclose(total[:150], left_to_right[:150], rtol=1e-9)


@pytest.mark.mpi
def test_ranks_leave_no_trace(run):
    outcomes = {n_ranks: run(n_ranks, "sums.py") for n_ranks in (0, 1, 2, 3, 4)}
    assert all(outcome.status == 0 for outcome in outcomes.values()), [o.err for o in outcomes.values()]
    assert len({outcome.out for outcome in outcomes.values()}) == 1
    assert outcomes[0].out.startswith("digest ")


class Mailbox:
    """Runs the ranks one after another, from the last to the first, with messages kept in memory.

    Messages of the climb go from higher to lower ranks only, so no rank has to wait.
    """

    def __init__(self):
        self.letters = {}

    def connect(self, rank, size):
        box = self.letters

        class Member(SerialCommunicator):
            def send(self, buffer, to):
                box.setdefault((rank, to), []).append(buffer.copy())

            def receive(self, buffer, source):
                buffer[...] = box[source, rank].pop(0)

        member = Member()
        member.rank, member.size = rank, size
        return member


@pytest.mark.parametrize("size", [3, 5, 6, 7, 11, 13, 24, 31])
def test_any_number_of_ranks(size):
    """The climb for numbers of ranks that are no power of two, on more ranks than a test machine has."""
    buffers = sums.wild_buffers(32, 40, seed=size)
    mailbox = Mailbox()
    for rank in reversed(range(size)):
        partition = Partition(32, 32, rank, size)
        rows = buffers[partition.blocks.start : partition.blocks.stop]
        total = tree_sum(mailbox.connect(rank, size), partition, rows)
    assert total.tobytes() == naive_tree(buffers).tobytes()
    assert not any(mailbox.letters.values())


def test_memory_is_logarithmic():
    n_blocks, size = 256, 10_000
    reducer = TreeSum(SerialCommunicator(), Partition(n_blocks, n_blocks), size)
    buffer = np.ones(size)
    tracemalloc.start()
    for block in range(n_blocks):
        reducer.add(block, buffer)
    total = reducer.finish()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total[0] == n_blocks
    assert peak < 10.5 * buffer.nbytes


def test_a_total_lasts_until_the_next_sum_begins():
    reducer = TreeSum(SerialCommunicator(), Partition(4, 4), 2)
    totals = []
    for value in (1.0, 10.0):
        for block in range(4):
            reducer.add(block, np.full(2, value))
        totals.append(reducer.finish())
        assert totals[-1].tolist() == [4.0 * value, 4.0 * value]
    assert totals[0] is totals[1]  # no fresh memory


def test_misuse_is_refused():
    reducer = TreeSum(SerialCommunicator(), Partition(4, 4), 2)
    with pytest.raises(ValueError, match="block 1 was added, expected block 0"):
        reducer.add(1, np.zeros(2))
    with pytest.raises(ValueError, match="expected float64"):
        reducer.add(0, np.zeros(3))
    reducer.add(0, np.zeros(2))
    with pytest.raises(ValueError, match="expected block 1 first"):
        reducer.finish()
    for block in (1, 2, 3):
        reducer.add(block, np.zeros(2))
    with pytest.raises(ValueError, match="block 4 was added, expected no further block"):
        reducer.add(4, np.zeros(2))
