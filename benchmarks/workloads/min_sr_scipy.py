"""W8, minSR, with SciPy: dsyrk, Cholesky factor and solve. Runs in any environment that has SciPy."""

import measure

measure.one_thread()

import min_sr  # noqa: E402
import numpy as np  # noqa: E402
import scipy  # noqa: E402
from scipy.linalg import blas, cho_factor, cho_solve  # noqa: E402


def solve(O, energies):
    centred = O - O.mean(0)
    products = blas.dsyrk(1 / len(O), centred.T, trans=1)  # upper triangle, from the Fortran view: no copy
    products[np.diag_indices_from(products)] += min_sr.DIAGONAL_SHIFT
    factor = cho_factor(products, overwrite_a=True, check_finite=False)
    return cho_solve(factor, (energies - energies.mean()) / len(O), check_finite=False) @ centred


def main():
    chosen = measure.options(__doc__)
    O, energies = min_sr.problem()
    candidate = measure.Candidate("dsyrk + Cholesky", lambda: solve(O, energies), 1)
    figures = {"solves": measure.throughput([candidate], chosen.seconds, chosen.repeat)}
    measure.report("scipy", scipy.__version__, "W8", figures, min_sr.checks(O, energies, solve(O, energies)))


if __name__ == "__main__":
    main()
