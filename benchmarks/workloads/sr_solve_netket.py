"""W8 with NetKet: QGTJacobianDense from a given Jacobian, its dense solvers and its default CG."""

import measure

measure.one_thread()

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import netket as nk  # noqa: E402
import numpy as np  # noqa: E402
import sr_solve as sr  # noqa: E402
from jax.scipy.sparse.linalg import cg  # noqa: E402
from netket.optimizer.qgt.qgt_jacobian_dense import QGTJacobianDenseT  # noqa: E402

DENSE = {"cholesky": nk.optimizer.solver.cholesky, "LU": nk.optimizer.solver.solve}


@jax.jit
def centre(rows):
    """What nk.jax.jacobian(center=True) and QGTJacobianDense do to the rows."""
    return (rows - rows.mean(0)) / np.sqrt(rows.shape[0])


def solve(rows, gradient, solver):
    geometric_tensor = QGTJacobianDenseT(
        O=centre(rows), mode="real", diag_shift=sr.DIAGONAL_SHIFT, _params_structure=None
    )
    solution, _ = geometric_tensor.solve(solver, gradient)
    return solution.block_until_ready()


def main():
    chosen = measure.options(__doc__)
    rows, gradient = sr.problem()
    arrays = jnp.asarray(rows), jnp.asarray(gradient)
    dense = [measure.Candidate(k, lambda v=v: solve(*arrays, v), 1) for k, v in DENSE.items()]
    iterative = measure.Candidate("CG to a residual of 1e-5, never forms S", lambda: solve(*arrays, cg), 1)
    figures = {
        "solves": measure.throughput(dense, chosen.seconds, chosen.repeat),
        "solves_iterative": measure.throughput([iterative], chosen.seconds, chosen.repeat),
    }
    solution = np.asarray(solve(*arrays, DENSE["cholesky"]))
    measure.report("netket", nk.__version__, "W8", figures, sr.checks(rows, gradient, solution))


if __name__ == "__main__":
    main()
