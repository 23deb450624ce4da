"""Sums over blocks of walkers in one fixed order, so that the number of ranks leaves no trace."""

from typing import NamedTuple

import numpy as np

from vmc.parallel.communicators import Communicator, FloatArray
from vmc.parallel.partition import Partition


class _Node(NamedTuple):
    """Sum over the blocks place·2^level to (place + 1)·2^level - 1."""

    level: int
    place: int
    values: FloatArray


class TreeSum:
    """Adds one buffer per canonical block along a fixed binary tree.

    Block 2i is added to block 2i + 1, the pairs are added in the same way, and so on up to the root. The
    tree depends on the number of blocks alone, so every number of ranks gives bitwise the same total. At most
    2 log2(n_blocks) + 1 partial sums are held at a time, not one per block. Integer counts may share the
    buffer: they are exact below 2^53.  The partial sums stay allocated, so that a sum made again and again touches
    no fresh pages of memory.

    Parameters
    ----------
    communicator, partition
        All ranks, and who holds which blocks.
    buffer_size
        Length of the buffers, float64 (buffer_size,).
    """

    def __init__(self, communicator: Communicator, partition: Partition, buffer_size: int) -> None:
        self._communicator = communicator
        self._partition = partition
        self._buffer_size = buffer_size
        self._n_levels = partition.n_blocks.bit_length() - 1
        self._stack: list[_Node] = []
        self._spare: list[FloatArray] = []
        self._next_block = partition.blocks.start

    def add(self, block: int, buffer: FloatArray) -> None:
        """Add the buffer (buffer_size,) of a block of this rank; it may be reused at once. Not collective.

        Raises
        ------
        ValueError
            The block is not the next one of this rank, or the buffer has another shape or dtype.
        """
        if block != self._next_block or block not in self._partition.blocks:
            raise ValueError(f"block {block} was added, expected {self._expected()}")
        if buffer.shape != (self._buffer_size,) or buffer.dtype != np.float64:
            raise ValueError(f"buffer is {buffer.dtype} {buffer.shape}, expected float64 ({self._buffer_size},)")
        self._next_block += 1
        if block % 2 and self._stack and self._stack[-1][:2] == (0, block - 1):
            values = self._stack.pop().values
            np.add(values, buffer, out=values)
            self._push(_Node(1, block // 2, values))
        else:
            values = self._take()
            values[...] = buffer
            self._push(_Node(0, block, values))

    def finish(self) -> FloatArray:
        """Combine all ranks' sums; returns the total (buffer_size,) on every rank and starts anew.

        The total is valid until the next call of :meth:`add`.

        Raises
        ------
        ValueError
            A block of this rank is missing.
        """
        if self._next_block != self._partition.blocks.stop:
            raise ValueError(f"the sum was finished, expected {self._expected()} first")
        size = self._communicator.size
        total = self._exchange_subtrees() if size & (size - 1) == 0 else self._climb()
        self._stack.clear()
        self._spare.append(total)
        self._next_block = self._partition.blocks.start
        return total

    def _expected(self) -> str:
        blocks = self._partition.blocks
        return f"block {self._next_block}" if self._next_block in blocks else "no further block"

    def _push(self, node: _Node) -> None:
        """Put a node on the stack, adding it to its left sibling as long as that lies there."""
        while node.place % 2 and self._stack and self._stack[-1][:2] == (node.level, node.place - 1):
            left = self._stack.pop().values
            np.add(left, node.values, out=left)
            self._spare.append(node.values)
            node = _Node(node.level + 1, node.place // 2, left)
        self._stack.append(node)

    def _take(self) -> FloatArray:
        return self._spare.pop() if self._spare else np.empty(self._buffer_size)

    def _exchange_subtrees(self) -> FloatArray:
        """Combine whole subtrees, one on each of a power of two of ranks, by halving and doubling.

        On the way up partners at distance 1, 2, 4, ... split the range they share: each adds up one half.
        On the way back they swap the finished halves. Every element is added along the tree, and a rank
        sends less than twice the buffer however many ranks there are.
        """
        rank, size = self._communicator.rank, self._communicator.size
        values = self._stack[0].values
        if size == 1:
            return values
        received = self._take()
        shared = slice(0, self._buffer_size)
        halves: list[tuple[int, slice, slice]] = []
        for partner in (rank ^ 1 << step for step in range(size.bit_length() - 1)):
            middle = (shared.start + shared.stop) // 2
            lower, upper = slice(shared.start, middle), slice(middle, shared.stop)
            mine, other = (lower, upper) if rank < partner else (upper, lower)
            self._communicator.exchange(values[other], received[mine], partner)
            # the lower blocks come first on both sides: even the payload of a NaN agrees
            left, right = (values, received) if rank < partner else (received, values)
            np.add(left[mine], right[mine], out=values[mine])
            halves.append((partner, mine, other))
            shared = mine
        for partner, mine, other in reversed(halves):
            self._communicator.exchange(values[mine], values[other], partner)
        self._spare.append(received)
        return values

    def _climb(self) -> FloatArray:
        """Any number of ranks: a right sibling travels to the owner of the left one, level by level."""
        held = {(node.level, node.place): node.values for node in self._stack}
        first, last = self._partition.blocks.start, self._partition.blocks.stop - 1
        for level in range(self._n_levels):
            for index in range(first >> (level + 1), (last >> (level + 1)) + 1):
                self._join(held, level, index)
        total = held.get((self._n_levels, 0))
        if total is None:
            total = self._take()
        self._communicator.fill_from_root(total)
        return total

    def _join(self, held: dict[tuple[int, int], FloatArray], level: int, parent: int) -> None:
        """Add the two children of a node where this rank owns the left one; send the right one there."""
        rank = self._communicator.rank
        left, right = (level, 2 * parent), (level, 2 * parent + 1)
        left_owner = self._partition.owner(left[1] << level)
        right_owner = self._partition.owner(right[1] << level)
        if right_owner == rank != left_owner:
            values = held.pop(right)
            self._communicator.send(values, to=left_owner)
            self._spare.append(values)
        elif left_owner == rank and left in held:
            if right_owner != rank:
                held[right] = self._take()
                self._communicator.receive(held[right], source=right_owner)
            other = held.pop(right)
            np.add(held[left], other, out=held[left])
            self._spare.append(other)
            held[(level + 1, parent)] = held.pop(left)


def tree_sum(communicator: Communicator, partition: Partition, buffers: FloatArray) -> FloatArray:
    """Sum the rows (n_blocks of this rank, buffer_size) of all ranks along the fixed tree of `TreeSum`."""
    reducer = TreeSum(communicator, partition, buffers.shape[1])
    for block, buffer in zip(partition.blocks, buffers, strict=True):
        reducer.add(block, buffer)
    return reducer.finish()
