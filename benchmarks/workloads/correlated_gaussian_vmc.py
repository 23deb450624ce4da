"""W5 with this package: Metropolis and Langevin moves, with a metric learnt in warm-up and without one."""

import measure

measure.one_thread()

import correlated_gaussian as target  # noqa: E402
import numba  # noqa: E402
import numpy as np  # noqa: E402

from numerics.dense import add_product, zero  # noqa: E402
from samplers import Density, Langevin, Metropolis, Sampler  # noqa: E402
from vmc.results.provenance import package_version  # noqa: E402

WALKERS = (32, 128)
WARM_UP = 4000
#: Move, acceptance rates to try, and steps between draws with a metric and without.
MOVES = {
    "metropolis": (Metropolis(), (0.2, 0.3), {"dense": 10, "none": 100}),
    "langevin": (Langevin(drift_limit=0.0), (0.3, 0.5, 0.7), {"dense": 1, "none": 20}),
}
DRAWS = 1000


@numba.njit
def workspace(p, tile, n):
    return (np.empty((n, tile)),)


@numba.njit
def log_density_gradient(p, X, log, G, ws):
    zero(G)
    add_product(p[0], X, G)  # minus the precision matrix
    for b in range(log.size):
        log[b] = 0.0
    for k in range(G.shape[0]):
        for b in range(log.size):
            log[b] += 0.5 * X[k, b] * G[k, b]


@numba.njit
def log_density(p, X, log, ws):
    log_density_gradient(p, X, log, ws[0], ws)


def density(n):
    """The Gaussian by tile kernels."""
    kernels = {"workspace": workspace, "log_density": log_density, "log_density_gradient": log_density_gradient}
    return Density.from_kernels(kernels, n, (-target.precision(n),))


def candidates(n, name, metric):
    """Numbers of walkers and acceptance rates, each tuned in a warm-up of its own."""
    move, rates, thin = MOVES[name]
    sampler = Sampler(density(n), move, metric)
    for n_walkers in WALKERS:
        for rate in rates:
            state = sampler.warm_up(sampler.init(target.exact_draws(n, n_walkers), seed=7), WARM_UP, rate)
            call = lambda state=state: sampler.draw(state, DRAWS, thin[metric])[2]  # noqa: E731
            setting = f"{n_walkers} walkers, acceptance {rate}, every {thin[metric]} steps"
            yield target.candidate(setting, call, call())


def main():
    chosen = measure.options(__doc__)
    figures, checks = {}, {}
    for n in target.DIMENSIONS:
        for name in MOVES:
            for metric, word in (("dense", ""), ("none", "_plain")):
                found = list(candidates(n, name, metric))
                figures[f"{name}{word}_d{n}"] = measure.throughput(found, chosen.seconds, chosen.repeat)
                for check, value in target.checks(found[-1].call()).items():
                    checks[f"{name}{word}_{check}"] = value
    measure.report("vmc", package_version(), "W5", figures, checks)


if __name__ == "__main__":
    main()
