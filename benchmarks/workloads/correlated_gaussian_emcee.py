"""W5 with emcee: its default stretch move, whose draws do not feel the condition number, and vectorised densities."""

import measure

measure.one_thread()

import correlated_gaussian as target  # noqa: E402
import emcee  # noqa: E402
import numpy as np  # noqa: E402

#: Walkers by dimension; emcee asks for more than twice the dimension.
WALKERS = {10: (128, 512, 1024), 50: (128, 512, 1024)}
STEPS = {10: 100_000, 50: 400_000}  # of all walkers together, times ten
THIN = 10


def candidate(n, n_walkers):
    """All walkers in one call of the density; every tenth step is kept."""
    matrix = target.precision(n)
    sampler = emcee.EnsembleSampler(n_walkers, n, lambda X: -0.5 * ((X @ matrix) * X).sum(1), vectorize=True)
    sampler.random_state = np.random.RandomState(7).get_state()
    position = target.exact_draws(n, n_walkers)
    n_draws = STEPS[n] // n_walkers

    def call():
        nonlocal position
        sampler.reset()
        position = sampler.run_mcmc(position, n_draws, thin_by=THIN, skip_initial_state_check=True)
        return sampler.get_chain().swapaxes(0, 1)

    return target.candidate(f"{n_walkers} walkers", call, call())


def main():
    chosen = measure.options(__doc__)
    figures, checks = {}, {}
    for n in target.DIMENSIONS:
        found = [candidate(n, n_walkers) for n_walkers in WALKERS[n]]
        figures[f"stretch_d{n}"] = measure.throughput(found, chosen.seconds, chosen.repeat)
        checks |= target.checks(found[-1].call())
    measure.report("emcee", emcee.__version__, "W5", figures, checks)


if __name__ == "__main__":
    main()
