"""A loop of short iterations that obeys signals; every rank prints what it was told and when."""

import os
import sys
import time

from vmc.parallel import Deadline, Request, Signals, communicator, run_parallel


def say(*words):
    """Write one line in one piece, since the ranks share the output."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


def main():
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
