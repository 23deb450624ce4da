"""W8 with SciPy: dsyrk, Cholesky factor and solve. Runs in any environment that has SciPy."""

import measure

measure.one_thread()

import numpy as np  # noqa: E402
import scipy  # noqa: E402
import sr_solve as sr  # noqa: E402
from scipy.linalg import blas, cho_factor, cho_solve  # noqa: E402


def solve(rows, gradient):
    centred = rows - rows.mean(0)
    overlap = blas.dsyrk(1 / len(rows), centred.T)  # upper triangle, from the Fortran view: no copy
    overlap[np.diag_indices_from(overlap)] += sr.DIAGONAL_SHIFT
    factor = cho_factor(overlap, overwrite_a=True, check_finite=False)
    return cho_solve(factor, gradient, check_finite=False)


def main():
    chosen = measure.options(__doc__)
    rows, gradient = sr.problem()
    candidate = measure.Candidate("dsyrk + Cholesky", lambda: solve(rows, gradient), 1)
    figures = {"solves": measure.throughput([candidate], chosen.seconds, chosen.repeat)}
    measure.report("scipy", scipy.__version__, "W8", figures, sr.checks(rows, gradient, solve(rows, gradient)))


if __name__ == "__main__":
    main()
