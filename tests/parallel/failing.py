"""Programs that end badly, chosen by the first argument; the second one names the rank that does."""

import os
import signal
import sys
import time

import numpy as np

from vmc.errors import UserError
from vmc.parallel import communicator, end_scripts_together, on_root, run_parallel


def fail(way):
    if way == "bug":
        raise ArithmeticError("planted failure")
    if way == "user":
        raise UserError("planted mistake", exit_code=7)
    if way == "memory":
        np.empty(2**58)
    if way == "exit":
        sys.exit(3)
    if way == "text":
        sys.exit("planted farewell")
    if way == "interrupt":
        raise KeyboardInterrupt
    if way == "vanish":
        os._exit(9)
    if way == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if way == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)


def on_some_ranks(world, way, ranks):
    world.barrier()
    if str(world.rank) in ranks.split(","):
        fail(way)
    world.barrier()  # the others wait here, where nobody comes


def busy(world, way, ranks):
    """The others compute instead of waiting in MPI."""
    world.barrier()
    if str(world.rank) in ranks.split(","):
        fail(way)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        np.sin(np.arange(1000.0)).sum()


def on_every_rank(world, way, ranks):
    fail(way)


def staggered(world, way, ranks):
    """Every rank fails, one after the other, within the time in which reports are collected."""
    time.sleep(0.1 * world.rank)
    fail(way)


def differently(world, way, ranks):
    raise ValueError(f"my own trouble {world.rank}")


def in_root_part(world, way, ranks):
    on_root(world, lambda: fail(way))
    world.barrier()


def unsendable(world, way, ranks):
    on_root(world, object)


def after_the_others(world, way, ranks):
    """The others have returned from the program already."""
    if str(world.rank) in ranks.split(","):
        time.sleep(0.3)
        fail(way)


def main():
    situation, way, ranks = sys.argv[1:4]
    world = communicator()
    globals()[situation](world, way, ranks)
    print("came to the end")


if __name__ == "__main__":
    if sys.argv[4:] == ["script"]:  # that nobody runs in parallel
        end_scripts_together(communicator())
        main()
    else:
        sys.exit(run_parallel(main))
