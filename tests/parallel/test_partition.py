"""Blocks cover the walkers, ranks cover the blocks, and blocks know nothing of ranks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmc.errors import UserError
from vmc.parallel import Partition


@st.composite
def partitions(draw):
    n_blocks = 2 ** draw(st.integers(0, 7))
    n_walkers = draw(st.integers(n_blocks, 3000))
    size = draw(st.integers(1, n_blocks))
    return Partition(n_walkers, n_blocks, draw(st.integers(0, size - 1)), size)


@given(partitions())
def test_everything_is_covered_once(partition):
    blocks = [block for rank in range(partition.size) for block in partition.blocks_of(rank)]
    assert blocks == list(range(partition.n_blocks))
    walkers = [w for b in blocks for w in range(*partition.block_walkers(b).indices(partition.n_walkers))]
    assert walkers == list(range(partition.n_walkers))
    sizes = {partition.block_walkers(b).stop - partition.block_walkers(b).start for b in blocks}
    assert max(sizes) - min(sizes) <= 1
    assert min(sizes) >= 1


@given(partitions())
def test_owner_and_slices_agree(partition):
    for block in range(partition.n_blocks):
        assert block in partition.blocks_of(partition.owner(block))
    mine = range(partition.n_walkers)[partition.walkers]
    assert len(mine) == partition.n_local > 0
    local = [mine[partition.local_walkers(b)] for b in partition.blocks]
    assert [list(part) for part in local] == [
        list(range(partition.n_walkers)[partition.block_walkers(b)]) for b in partition.blocks
    ]


@given(partitions())
def test_blocks_do_not_depend_on_ranks(partition):
    alone = Partition(partition.n_walkers, partition.n_blocks)
    for block in range(partition.n_blocks):
        assert partition.block_walkers(block) == alone.block_walkers(block)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((100, 6), "n_blocks is 6, expected a power of two"),
        ((100, 0), "n_blocks is 0, expected a power of two"),
        ((7, 8), "n_walkers is 7, fewer than n_blocks = 8"),
        ((100, 4, 0, 5), "start at most 4 ranks, or raise n_blocks"),
    ],
)
def test_refusals_name_what_to_change(numbers, words):
    with pytest.raises(UserError, match=words):
        Partition(*numbers)
