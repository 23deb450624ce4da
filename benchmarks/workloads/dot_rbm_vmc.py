"""W2 with this package: BlockMetropolis with the RBM's one-particle ratio, analytic local energy, rows of O."""

import measure

measure.one_thread()

import dot_rbm as dot  # noqa: E402
import numpy as np  # noqa: E402

from hamiltonians.interactions import coulomb  # noqa: E402
from hamiltonians.system import System  # noqa: E402
from hamiltonians.trap import HarmonicTrap  # noqa: E402
from numerics.random import stream_states  # noqa: E402
from samplers.metropolis import BlockMetropolis  # noqa: E402
from vmc.measuring.measurement import Measurement  # noqa: E402
from vmc.results.provenance import package_version  # noqa: E402
from wavefunctions.rbm import RBM  # noqa: E402

D = dot.N_DIM
WALKERS = (8, 16, 64, 256)
SAMPLES_PER_CALL = 65_536
CHECK_WALKERS = 4096


def problem(n_particles, n_walkers):
    """Compiled loop with the shared parameters, starting configurations and streams."""
    system = System(n_particles, D)
    psi = RBM(system)
    psi.theta[:] = np.concatenate([values.ravel() for values in dot.parameters(n_particles)])
    move = BlockMetropolis(D, dot.STEP_SIZE)
    loop = Measurement(psi, HarmonicTrap(system, interaction=coulomb()), move)
    X = np.random.default_rng(1).normal(size=(n_walkers, n_particles * D))
    states = stream_states(2, 0, n_walkers)
    loop.advance(X, states, move.options(), 50)
    return loop, X, states, move.options()


def full_samples(n_particles, n_walkers):
    """Every sample writes its row of O, as stochastic reconfiguration needs it."""
    loop, X, states, options = problem(n_particles, n_walkers)
    n_samples = SAMPLES_PER_CALL // n_walkers
    O = np.empty((loop.wave_function.n_params, SAMPLES_PER_CALL))
    call = lambda: loop.measure(X, states, options, n_samples, O=O)  # noqa: E731
    return measure.Candidate(f"{n_walkers} walkers x {n_samples}", call, SAMPLES_PER_CALL)


def full_samples_gradient(n_particles, n_walkers):
    """Only sums of O and E_L O leave the loop, as first-order optimisers need them."""
    loop, X, states, options = problem(n_particles, n_walkers)
    n_samples = SAMPLES_PER_CALL // n_walkers
    call = lambda: loop.measure(X, states, options, n_samples, moments=True)  # noqa: E731
    return measure.Candidate(f"{n_walkers} walkers x {n_samples}", call, SAMPLES_PER_CALL)


def checks(n_particles):
    """Shared checks on one sample of each walker."""
    loop, X, states, options = problem(n_particles, CHECK_WALKERS)
    O = np.empty((loop.wave_function.n_params, CHECK_WALKERS))
    sample = loop.measure(X, states, options, 1, O=O)
    acceptance = sample.n_accepted / (CHECK_WALKERS * n_particles)
    return dot.checks(dot.parameters(n_particles), acceptance, X, sample.energies.sum(2).ravel(), O.T)


def main():
    chosen = measure.options(__doc__)
    figures, found = {}, {}
    for n in dot.SIZES:
        for way in (full_samples, full_samples_gradient):
            candidates = [way(n, n_walkers) for n_walkers in WALKERS]
            figures[f"{way.__name__}_N{n}"] = measure.throughput(candidates, chosen.seconds, chosen.repeat)
        found |= {f"{key}_N{n}": value for key, value in checks(n).items()}
    measure.report("vmc", package_version(), "W2", figures, found)


if __name__ == "__main__":
    main()
