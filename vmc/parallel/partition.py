"""Which walkers belong to which canonical block, and which blocks to which rank."""

from dataclasses import dataclass

from vmc.errors import UserError


@dataclass(frozen=True)
class Partition:
    """Walkers in canonical blocks, and a contiguous run of blocks for each rank.

    Block b of B holds the walkers floor(bW/B) <= w < floor((b+1)W/B) of the W walkers, so blocks differ by
    at most one walker. They do not depend on the number of ranks, and sums over walkers are formed block by
    block: that is what makes results independent of the number of ranks.

    Parameters
    ----------
    n_walkers
        Total over all ranks.
    n_blocks
        A power of two, at least the number of ranks and at most the number of walkers.
    rank, size
        This rank and the number of ranks.

    Raises
    ------
    UserError
        The numbers do not fit together; the message says which to change.
    """

    n_walkers: int
    n_blocks: int
    rank: int = 0
    size: int = 1

    def __post_init__(self) -> None:
        if self.n_blocks < 1 or self.n_blocks & (self.n_blocks - 1):
            raise UserError(f"n_blocks is {self.n_blocks}, expected a power of two (1, 2, 4, 8, ...)")
        if self.n_walkers < self.n_blocks:
            raise UserError(
                f"n_walkers is {self.n_walkers}, fewer than n_blocks = {self.n_blocks}: "
                "use more walkers or fewer blocks"
            )
        if self.size > self.n_blocks:
            raise UserError(
                f"{self.size} ranks cannot share n_blocks = {self.n_blocks} blocks of walkers: "
                f"start at most {self.n_blocks} ranks, or raise n_blocks (which changes rounding)"
            )
        if not 0 <= self.rank < self.size:
            raise ValueError(f"rank is {self.rank}, expected 0 to {self.size - 1}")

    @property
    def blocks(self) -> range:
        """Blocks of this rank."""
        return self.blocks_of(self.rank)

    @property
    def walkers(self) -> slice:
        """Walkers of this rank among all walkers."""
        return self.walkers_of(self.rank)

    @property
    def n_local(self) -> int:
        """Number of walkers of this rank."""
        return self.walkers.stop - self.walkers.start

    @property
    def largest_block(self) -> int:
        """Walkers of the largest block of any rank."""
        return -(-self.n_walkers // self.n_blocks)

    def blocks_of(self, rank: int) -> range:
        """Blocks of any rank."""
        return range(rank * self.n_blocks // self.size, (rank + 1) * self.n_blocks // self.size)

    def walkers_of(self, rank: int) -> slice:
        """Walkers of any rank among all walkers."""
        blocks = self.blocks_of(rank)
        return slice(self._first_walker(blocks.start), self._first_walker(blocks.stop))

    def owner(self, block: int) -> int:
        """Rank that holds a block."""
        return ((block + 1) * self.size - 1) // self.n_blocks

    def block_walkers(self, block: int) -> slice:
        """Walkers of a block among all walkers."""
        return slice(self._first_walker(block), self._first_walker(block + 1))

    def local_walkers(self, block: int) -> slice:
        """Walkers of a block among the rows of this rank."""
        here = self._first_walker(self.blocks.start)
        return slice(self._first_walker(block) - here, self._first_walker(block + 1) - here)

    def _first_walker(self, block: int) -> int:
        return block * self.n_walkers // self.n_blocks
