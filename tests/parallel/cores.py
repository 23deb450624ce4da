"""Prints how the ranks describe themselves and their cores, each rank being tied to one core."""

import os
import sys

from vmc.parallel import communicator, describe, limit_threads, oversubscription, run_parallel


def main():
    cores = sorted(os.sched_getaffinity(0))
    world = communicator()
    os.sched_setaffinity(0, {cores[world.rank % len(cores)]})
    report = [describe(world), *world.count_on_node(), oversubscription(world)]
    if world.is_root:
        print(*report, sep="|")


if __name__ == "__main__":
    limit_threads()
    sys.exit(run_parallel(main))
