"""W8, minSR, with this package: the whole path of MinSR for given O, in 16 canonical blocks."""

import measure

measure.one_thread()

import min_sr  # noqa: E402
from given_samples import GivenSamples  # noqa: E402

from vmc.optimizers import MinSR  # noqa: E402
from vmc.results.provenance import package_version  # noqa: E402


def main():
    chosen = measure.options(__doc__)
    O, energies = min_sr.problem()
    ensemble, metric = GivenSamples(O.T, energies), MinSR(min_sr.DIAGONAL_SHIFT)
    candidate = measure.Candidate("syrk of each chunk + Cholesky", lambda: metric.direction(ensemble, 1, 1, {}), 1)
    figures = {"solves": measure.throughput([candidate], chosen.seconds, chosen.repeat)}
    direction = metric.direction(ensemble, 1, 1, {}).direction
    measure.report("vmc", package_version(), "W8", figures, min_sr.checks(O, energies, direction))


if __name__ == "__main__":
    main()
