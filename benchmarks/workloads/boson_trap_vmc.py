"""W1 with this package: BlockMetropolis with the Gaussian's one-particle ratio, and its analytic local energy."""

import measure

measure.one_thread()

import boson_trap as trap  # noqa: E402
import numpy as np  # noqa: E402

from hamiltonians.system import System  # noqa: E402
from hamiltonians.trap import HarmonicTrap  # noqa: E402
from numerics.random import stream_states  # noqa: E402
from samplers.base import TILE  # noqa: E402
from samplers.metropolis import BlockMetropolis  # noqa: E402
from vmc.measuring.local_energy import link_local_energy  # noqa: E402
from vmc.measuring.measurement import Measurement  # noqa: E402
from vmc.results.provenance import package_version  # noqa: E402
from wavefunctions.gaussian import Gaussian  # noqa: E402

N, D = trap.N_PARTICLES, trap.N_DIM
SYSTEM = System(N, D)
WALKERS = (8, 16, 32, 64)
CONFIGURATIONS = (TILE, 8 * TILE, 32 * TILE)
PROPOSALS_PER_CALL = 2_000_000


def problem(alpha, n_walkers):
    """Compiled loop, configurations drawn from the exact state's density, and their streams."""
    move = BlockMetropolis(D, trap.STEP_SIZE)
    loop = Measurement(Gaussian(SYSTEM, alpha=alpha), HarmonicTrap(SYSTEM), move)
    X = np.random.default_rng(1).normal(size=(n_walkers, N * D)) / np.sqrt(4 * trap.ALPHA_EXACT)
    return loop, X, stream_states(2, 0, n_walkers), move.options()


def proposals(n_walkers):
    loop, X, states, options = problem(trap.ALPHA_EXACT, n_walkers)
    n_sweeps = PROPOSALS_PER_CALL // (N * n_walkers)
    call = lambda: loop.advance(X, states, options, n_sweeps)  # noqa: E731
    return measure.Candidate(f"{n_walkers} walkers, {n_sweeps} sweeps a call", call, n_sweeps * N * n_walkers)


def energies(n_configurations):
    """Kinetic and trap energy apart, for configurations in tiles, as inside the compiled loop."""
    loop, X, _, _ = problem(trap.ALPHA_EXACT, n_configurations)
    kernels = link_local_energy(loop.wave_function, loop.hamiltonian)
    arguments = loop.wave_function.arguments(), kernels.arguments
    n_repeats = 200_000 // n_configurations
    total = np.empty(n_configurations)
    many = tiles_of(kernels)
    tiles = np.ascontiguousarray(X.reshape(-1, TILE, N * D).transpose(0, 2, 1))
    call = lambda: many(*arguments, tiles, total, n_repeats)  # noqa: E731
    return measure.Candidate(f"{n_configurations} configurations, tiles of {TILE}", call, n_repeats * n_configurations)


def tiles_of(kernels):
    """Compiled loop over tiles of configurations: the energies alone, without sampling."""
    import numba

    prepare, energy = kernels.prepare, kernels.energy

    @numba.njit
    def many(p, h, tiles, total, n_repeats):
        memory = prepare(p, TILE, tiles.shape[1])
        E = np.empty((2, TILE))
        for _ in range(n_repeats):
            for t in range(tiles.shape[0]):
                energy(p, h, tiles[t], E, memory)
                for b in range(TILE):
                    total[t * TILE + b] = E[0, b] + E[1, b]

    return many


def checks():
    """Acceptance, zero variance at the exact alpha, and the mean energy away from it."""
    loop, X, states, options = problem(trap.ALPHA_EXACT, 256)
    sample = loop.measure(X, states, options, 50)
    worst = np.abs(sample.energies.sum(2) - trap.mean_energy(trap.ALPHA_EXACT)).max()
    acceptance = sample.n_accepted / (50 * 256 * N)
    loop, X, states, options = problem(trap.ALPHA_CHECK, 256)
    loop.advance(X, states, options, 100)
    means = loop.measure(X, states, options, 400).energies.sum(2).mean(0)  # one mean for each walker
    sigmas = (means.mean() - trap.mean_energy(trap.ALPHA_CHECK)) / (means.std(ddof=1) / means.size**0.5)
    return {
        "acceptance": measure.between(acceptance, *trap.ACCEPTANCE),
        "largest_deviation_from_150": measure.between(worst, 0, 1e-10),
        "sigmas_from_exact_mean": measure.between(sigmas, -trap.SIGMAS, trap.SIGMAS),
    }


def main():
    chosen = measure.options(__doc__)
    figures = {
        "proposals": measure.throughput(map(proposals, WALKERS), chosen.seconds, chosen.repeat),
        "local_energies": measure.throughput(map(energies, CONFIGURATIONS), chosen.seconds, chosen.repeat),
    }
    measure.report("vmc", package_version(), "W1", figures, checks())


if __name__ == "__main__":
    main()
