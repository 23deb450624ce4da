"""Every collective estimate of a small job, printed bit by bit by the root; started on 1, 2 and 4 ranks."""

from dataclasses import astuple

import numpy as np

from samplers.metropolis import Metropolis
from tests.contracts import jobs
from vmc.measuring.ensemble import Ensemble
from vmc.measuring.measurement import Measurement
from vmc.optimizers import MinSR, QuasiNewton, StochasticReconfiguration
from vmc.parallel import Partition, communicator
from vmc.stages.evaluation import Evaluation


def estimates(walkers):
    """Name -> numbers; each uses up some of the walkers' random numbers."""
    gradient = walkers.gradient(5, 2)
    yield "acceptance", [walkers.advance(20)]
    yield "gradient", [gradient.energies.energy, gradient.energies.error, *gradient.gradient]
    metrics = {
        "cholesky": StochasticReconfiguration(1e-3, 0.01, "cholesky"),
        "cg": StochasticReconfiguration(1e-3, 0.01, "cg"),
        "spring": MinSR(1e-3, momentum=0.5),
    }
    for name, metric in metrics.items():
        state = metric.init(14)
        energies, _, _ = metric.direction(walkers, 4, 2, state)
        _, slope, direction = metric.direction(walkers, 4, 2, state)
        yield name, [energies.energy, *slope, *direction]
    yield "quasi_newton", QuasiNewton(n_samples=4, stride=3).iterate(walkers, 0, {}, 1.0).update
    evaluation = Evaluation(walkers, 2)
    moments = [evaluation.run(n) for n in (8, 4)]
    yield "evaluation", [*evaluation.series.ravel(), *evaluation.totals, *(m.energy for m in moments)]
    summary = evaluation.summary()
    yield "summary", [] if summary is None else [*astuple(summary.energy)[:2], *astuple(summary.virial_ratio)[:2]]


def main():
    world = communicator()
    measurement = Measurement(*jobs.dot(), Metropolis(0.8))
    walkers = Ensemble(measurement, world, Partition(30, 4, world.rank, world.size), seed=6)
    walkers.advance(50)
    for name, numbers in estimates(walkers):
        if world.is_root:
            print(name, np.array(numbers, dtype=float).tobytes().hex(), flush=True)


if __name__ == "__main__":
    main()
