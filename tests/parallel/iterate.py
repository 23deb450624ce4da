"""Loops that obey signals: of all ranks, which print what they were told and when, or of the root alone."""

import os
import sys
import time

from vmc.errors import UserError
from vmc.parallel import Deadline, Request, Signals, communicator, on_root_watched, run_parallel


def say(*words):
    """Write one line in one piece, since the ranks share the output."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def alone(way):
    """The root sleeps and looks, and the others wait."""
    world = communicator()

    def work(look):
        for _ in range(1000 if way == "alone" else 5):
            time.sleep(0.02)
            look()
        if way == "refused":
            raise UserError("planted mistake", exit_code=7)
        return 5

    with Signals() as signals:
        say("ready", world.rank, os.getpid())
        say("result", world.rank, on_root_watched(world, lambda: signals.poll(world), work, "in a long sleep"))


def main():
    if sys.argv[1:] and sys.argv[1].isalpha():
        return alone(sys.argv[1])
    world = communicator()
    limit = float(sys.argv[1]) if len(sys.argv) > 1 else None
    deadline = Deadline(limit)
    end = time.monotonic() + 20
    with Signals() as signals:
        say("ready", world.rank, os.getpid())
        iteration = 0
        while time.monotonic() < end:
            time.sleep(0.02 * (1 + world.rank % 2))
            iteration += 1
            request = signals.poll(world, deadline)
            if request is not Request.NONE:
                say("told", world.rank, iteration, request.name)
            if request.stops:
                return request.exit_code
    return 99


if __name__ == "__main__":
    sys.exit(run_parallel(main))
