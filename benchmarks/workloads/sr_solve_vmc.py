"""W8 with this package: the whole path of StochasticReconfiguration for given O, in 16 canonical blocks."""

import measure

measure.one_thread()

import numpy as np  # noqa: E402
import sr_solve as sr  # noqa: E402
from given_samples import GivenSamples  # noqa: E402

from vmc.optimizers import StochasticReconfiguration  # noqa: E402
from vmc.results.provenance import package_version  # noqa: E402


def main():
    chosen = measure.options(__doc__)
    rows, _ = sr.problem()
    ensemble = GivenSamples(rows.T, np.random.default_rng(9).normal(size=len(rows)))
    dense = StochasticReconfiguration(diagonal_shift=sr.DIAGONAL_SHIFT)
    iterative = StochasticReconfiguration(diagonal_shift=sr.DIAGONAL_SHIFT, solver="cg", tolerance=1e-5)
    ways = {
        "solves": (dense, "syrk of each block + Cholesky"),
        "solves_iterative": (iterative, "CG to a residual of 1e-5, never forms S"),
    }
    figures = {
        name: measure.throughput(
            [measure.Candidate(setting, lambda metric=metric: metric.direction(ensemble, 1, 1, {}), 1)],
            chosen.seconds,
            chosen.repeat,
        )
        for name, (metric, setting) in ways.items()
    }
    _, gradient, direction = dense.direction(ensemble, 1, 1, {})
    measure.report("vmc", package_version(), "W8", figures, sr.checks(rows, 0.5 * gradient, direction))


if __name__ == "__main__":
    main()
