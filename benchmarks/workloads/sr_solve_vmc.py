"""W8 with this package: the whole path of StochasticReconfiguration for given rows, in 16 canonical blocks."""

import measure

measure.one_thread()

import numpy as np  # noqa: E402
import sr_solve as sr  # noqa: E402

from hamiltonians.system import System  # noqa: E402
from hamiltonians.trap import HarmonicTrap  # noqa: E402
from samplers.metropolis import Metropolis  # noqa: E402
from vmc.ensemble import Ensemble  # noqa: E402
from vmc.measurement import BlockSample, Measurement  # noqa: E402
from vmc.optimizers.stochastic_reconfiguration import StochasticReconfiguration  # noqa: E402
from vmc.parallel import Partition, communicator  # noqa: E402
from vmc.provenance import package_version  # noqa: E402
from wavefunctions.custom import Custom  # noqa: E402

N_BLOCKS = 16


def log_psi(theta, x):
    """Never called: rows and energies are given."""
    return 0.0


class GivenSamples(Ensemble):
    """An ensemble that has already been sampled: one walker for each row of O."""

    def __init__(self, rows, energies):
        system = System(1, 1)
        psi = Custom(system, log_psi, {f"theta_{k}": 0.0 for k in range(rows.shape[1])})
        partition = Partition(len(rows), N_BLOCKS, 0, 1)
        super().__init__(Measurement(psi, HarmonicTrap(system), Metropolis()), communicator(), partition, 1)
        self.rows, self.energies_ = rows, energies

    def blocks(self):
        """Number, configurations and the rows of each block in place of its random streams."""
        for block in self.partition.blocks:
            rows = self.partition.local_walkers(block)
            yield block, self.X[rows], rows

    def measure(self, X, states, n_samples, stride, rows=None):
        """The given rows and energies of a block."""
        energies = np.stack([self.energies_[states], np.zeros(len(X))], 1)[None]
        return BlockSample(energies, 0, np.zeros((2, 0)), self.rows[states], np.full(1, np.nan))


def main():
    chosen = measure.options(__doc__)
    rows, _ = sr.problem()
    ensemble = GivenSamples(rows, np.random.default_rng(9).normal(size=len(rows)))
    dense = StochasticReconfiguration(diagonal_shift=sr.DIAGONAL_SHIFT)
    iterative = StochasticReconfiguration(diagonal_shift=sr.DIAGONAL_SHIFT, solver="cg", tolerance=1e-5)
    ways = {
        "solves": (dense, "syrk of each block + Cholesky"),
        "solves_iterative": (iterative, "CG to a residual of 1e-5, never forms S"),
    }
    figures = {
        name: measure.throughput(
            [measure.Candidate(setting, lambda metric=metric: metric.direction(ensemble, 1, 1), 1)],
            chosen.seconds,
            chosen.repeat,
        )
        for name, (metric, setting) in ways.items()
    }
    _, gradient, direction = dense.direction(ensemble, 1, 1)
    measure.report("vmc", package_version(), "W8", figures, sr.checks(rows, 0.5 * gradient, direction))


if __name__ == "__main__":
    main()
