"""W3 with this package: Gaussian x FeedForward, moves of all particles, sums of O by products of matrices."""

import measure

measure.one_thread()

import network_dot as dot  # noqa: E402
import numpy as np  # noqa: E402

from hamiltonians.interactions import coulomb  # noqa: E402
from hamiltonians.system import System  # noqa: E402
from hamiltonians.trap import HarmonicTrap  # noqa: E402
from numerics.random import stream_states  # noqa: E402
from samplers.base import TILE  # noqa: E402
from samplers.metropolis import Metropolis  # noqa: E402
from vmc.measuring.local_energy import link_local_energy  # noqa: E402
from vmc.measuring.measurement import Measurement  # noqa: E402
from vmc.results.provenance import package_version  # noqa: E402
from wavefunctions.feed_forward import FeedForward  # noqa: E402
from wavefunctions.gaussian import Gaussian  # noqa: E402
from wavefunctions.product import Product  # noqa: E402

WALKERS = (32, 64, 256)


def problem(case, n_walkers):
    """Compiled loop with the shared parameters, starting configurations and streams."""
    n_particles, n_dim, hidden = dot.CASES[case]
    system = System(n_particles, n_dim)
    psi = Product(Gaussian(system, alpha=0.5), FeedForward(system, hidden))
    psi.theta[1:] = np.concatenate([part.ravel() for layer in dot.parameters(case) for part in layer])
    move = Metropolis(dot.STEP_SIZE[case])
    loop = Measurement(psi, HarmonicTrap(system, interaction=coulomb()), move)
    X = np.random.default_rng(1).normal(size=(n_walkers, n_particles * n_dim)) / np.sqrt(2)
    return loop, X, stream_states(2, 0, n_walkers), move.options()


def full_samples(case, n_walkers):
    loop, X, states, options = problem(case, n_walkers)
    n_samples = 2048 // n_walkers
    call = lambda: loop.measure(X, states, options, n_samples, moments=True)  # noqa: E731
    return measure.Candidate(f"{n_walkers} walkers x {n_samples}", call, n_samples * n_walkers)


def energies(case):
    """Local energies of one tile again and again, as inside the compiled loop."""
    import numba

    loop, X, _, _ = problem(case, TILE)
    kernels = link_local_energy(loop.wave_function, loop.hamiltonian)
    p, h = loop.wave_function.arguments(), kernels.arguments
    tile, E = np.ascontiguousarray(X.T), np.empty((loop.n_components, TILE))
    memory, energy = kernels.prepare(p, TILE, X.shape[1]), kernels.energy

    @numba.njit
    def many(p, h, X, E, memory):
        for _ in range(32):
            energy(p, h, X, E, memory)

    return measure.Candidate(f"tiles of {TILE}", lambda: many(p, h, tile, E, memory), 32 * TILE)


def checks(case):
    loop, X, states, options = problem(case, 256)
    sample = loop.measure(X, states, options, 1, stride=50)
    return dot.checks(case, X, sample.energies.sum(2)[0], sample.n_accepted / (50 * 256))


def main():
    chosen = measure.options(__doc__)
    figures, found = {}, {}
    for case in dot.CASES:
        samples = [full_samples(case, n) for n in WALKERS]
        figures[f"full_samples_{case}"] = measure.throughput(samples, chosen.seconds, chosen.repeat)
        figures[f"local_energies_{case}"] = measure.throughput([energies(case)], chosen.seconds, chosen.repeat)
        found |= {f"{key}_{case}": value for key, value in checks(case).items()}
    measure.report("vmc", package_version(), "W3", figures, found)


if __name__ == "__main__":
    main()
