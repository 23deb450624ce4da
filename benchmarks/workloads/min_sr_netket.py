"""W8, minSR, with NetKet: what VMC_SR(use_ntk=True) does to a given Jacobian, with its dense solvers."""

import measure

measure.one_thread()

from functools import partial  # noqa: E402

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import min_sr  # noqa: E402
import netket as nk  # noqa: E402
import numpy as np  # noqa: E402
from netket._src.ngd.srt import _compute_srt_update  # noqa: E402

DENSE = {"cholesky": nk.optimizer.solver.cholesky, "LU": nk.optimizer.solver.solve}


@partial(jax.jit, static_argnames="solver")
def solve(O, energies, solver):
    """Centring as in NetKet's driver, then its own update."""
    root = jnp.sqrt(O.shape[0])
    centred, epsilon = (O - O.mean(0)) / root, (energies - energies.mean()) / root
    update = _compute_srt_update(
        centred, epsilon, diag_shift=min_sr.DIAGONAL_SHIFT, solver_fn=solver, mode="real", params_structure=None
    )
    return update[0]


def main():
    chosen = measure.options(__doc__)
    O, energies = min_sr.problem()
    arrays = jnp.asarray(O), jnp.asarray(energies)
    candidates = [measure.Candidate(k, lambda v=v: solve(*arrays, v).block_until_ready(), 1) for k, v in DENSE.items()]
    figures = {"solves": measure.throughput(candidates, chosen.seconds, chosen.repeat)}
    direction = np.asarray(solve(*arrays, DENSE["cholesky"]))
    measure.report("netket", nk.__version__, "W8", figures, min_sr.checks(O, energies, direction))


if __name__ == "__main__":
    main()
