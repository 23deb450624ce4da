"""Tree sums of wild numbers; rank 0 prints a digest of the totals, every rank checks that it has the same."""

import hashlib
import sys

import numpy as np

from vmc.parallel import Partition, TreeSum, communicator, run_parallel, tree_sum


def wild_buffers(n_blocks, size, seed):
    """Numbers over 600 orders of magnitude with zeros of both signs, so that any change of order shows."""
    rng = np.random.default_rng(seed)
    buffers = rng.normal(size=(n_blocks, size)) * 10.0 ** rng.integers(-300, 300, size=(n_blocks, size))
    moderate = rng.normal(size=(n_blocks, size)) * 10.0 ** rng.integers(-6, 6, size=(n_blocks, size))
    buffers[:, : size // 2] = moderate[:, : size // 2]
    buffers[rng.random(buffers.shape) < 0.05] = -0.0
    return buffers


def main():
    world = communicator()
    digest = hashlib.sha256()
    for n_blocks, size in ((4, 7), (8, 1000), (64, 50), (16, 20001)):
        partition = Partition(n_blocks, n_blocks, world.rank, world.size)
        reducer = TreeSum(world, partition, size)
        for seed in range(3):
            buffers = wild_buffers(n_blocks, size, seed)
            scratch = np.empty(size)
            for block in partition.blocks:
                scratch[...] = buffers[block]
                reducer.add(block, scratch)
            total = reducer.finish()
            assert world.broadcast(total).tobytes() == total.tobytes()
            digest.update(total.tobytes())
        again = tree_sum(world, partition, buffers[partition.blocks.start : partition.blocks.stop])
        assert again.tobytes() == total.tobytes()
    buffers[3, 5] = np.nan
    poisoned = tree_sum(world, partition, buffers[partition.blocks.start : partition.blocks.stop])
    assert np.isnan(poisoned).nonzero()[0].tolist() == [5]
    if world.is_root:
        print("digest", digest.hexdigest())


if __name__ == "__main__":
    sys.exit(run_parallel(main))
