"""W1 with hand-written JAX: chains side by side, particles in turn, log-ratio of the moved particle only."""

import measure

measure.one_thread()

import boson_trap as trap  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

N, D = trap.N_PARTICLES, trap.N_DIM
WALKERS = (32, 64, 128, 256, 1024)
CONFIGURATIONS = (256, 1024, 4096)
PROPOSALS_PER_CALL = 1_000_000


def sweep(state, _, alpha):
    """N one-particle moves of every chain; x has shape (N, D, chains).

    The random numbers of a sweep come in one draw. Tried, and slower: a draw for each move, the `rbg`
    generators, Box-Muller, xoshiro256+ written in JAX.
    """
    key, x = state
    key, key_step, key_accept = jax.random.split(key, 3)
    steps = trap.STEP_SIZE * jax.random.normal(key_step, x.shape)
    uniform = jax.random.uniform(key_accept, (N, x.shape[2]))

    def move(n_accepted, inputs):
        old, step, u = inputs
        new = old + step
        accept = u < jnp.exp(-2 * alpha * ((new * new).sum(0) - (old * old).sum(0)))
        return n_accepted + accept.sum(), jnp.where(accept, new, old)

    n_accepted, x = jax.lax.scan(move, 0, (x, steps, uniform))
    return (key, x), n_accepted


def make_sampler(n_sweeps):
    """Compiled function (key, x, alpha) -> (key, x), acceptance rate."""

    @jax.jit
    def run(key, x, alpha):
        state, accepted = jax.lax.scan(lambda s, _: sweep(s, _, alpha), (key, x), None, length=n_sweeps)
        return state, accepted.sum() / (n_sweeps * N * x.shape[2])

    return run


@jax.jit
def energies_by_reduction(x, alpha):
    """E_L from gradient and Laplacian of log psi and the trap; x has shape (N, D, chains)."""
    gradient = -2 * alpha * x
    laplacian = -2 * alpha * N * D
    return -0.5 * (laplacian + (gradient**2).sum((0, 1))) + 0.5 * (x**2).sum((0, 1))


@jax.jit
def energies_by_scan(x, alpha):
    """The same, summed coordinate by coordinate over all chains at once."""

    def add(sums, coordinate):
        gradient = -2 * alpha * coordinate
        return (sums[0] + gradient**2, sums[1] + coordinate**2), None

    zero = jnp.zeros(x.shape[2])
    (gradient_squared, r_squared), _ = jax.lax.scan(add, (zero, zero), x.reshape(N * D, -1), unroll=10)
    return -0.5 * (-2 * alpha * N * D + gradient_squared) + 0.5 * r_squared


@jax.jit
def energies_closed_form(x, alpha):
    """E_L after the algebra is done by hand; x has shape (chains, N D)."""
    return alpha * N * D + (0.5 - 2 * alpha**2) * (x**2).sum(1)


def start(n_walkers):
    """Key and positions drawn from the exact state's density."""
    key, draw = jax.random.split(jax.random.key(1))
    return key, jax.random.normal(draw, (N, D, n_walkers)) / jnp.sqrt(4 * trap.ALPHA_EXACT)


def proposals(n_walkers):
    n_sweeps = max(1, PROPOSALS_PER_CALL // (N * n_walkers))
    run, box = make_sampler(n_sweeps), list(start(n_walkers))

    def call():
        (box[0], box[1]), _ = jax.block_until_ready(run(*box, trap.ALPHA_EXACT))

    return measure.Candidate(f"{n_walkers} chains, {n_sweeps} sweeps a call", call, n_sweeps * N * n_walkers)


def energies(function, n_walkers):
    _, x = start(n_walkers)
    if function is energies_closed_form:
        x = x.reshape(N * D, n_walkers).T.copy()
    call = lambda: function(x, trap.ALPHA_EXACT).block_until_ready()  # noqa: E731
    return measure.Candidate(f"{n_walkers} configurations a call, {function.__name__}", call, n_walkers)


def checks():
    """Acceptance, zero variance at the exact alpha, agreement of the energies, mean energy elsewhere."""
    state, acceptance = make_sampler(50)(*start(256), trap.ALPHA_EXACT)
    worst = jnp.abs(energies_by_scan(state[1], trap.ALPHA_EXACT) - trap.mean_energy(trap.ALPHA_EXACT)).max()
    run, samples = make_sampler(10), []
    for _ in range(100):
        state, _ = run(*state, trap.ALPHA_CHECK)
        samples.append(energies_by_scan(state[1], trap.ALPHA_CHECK))
    flat = state[1].reshape(N * D, -1).T
    forms = [f(state[1], trap.ALPHA_CHECK) for f in (energies_by_reduction, energies_by_scan)]
    spread = jnp.stack([*forms, energies_closed_form(flat, trap.ALPHA_CHECK)]).std(0).max()
    means = jnp.stack(samples[20:]).mean(0)  # one mean for each independent chain
    sigmas = (means.mean() - trap.mean_energy(trap.ALPHA_CHECK)) / (means.std(ddof=1) / means.size**0.5)
    return {
        "acceptance": measure.between(acceptance, *trap.ACCEPTANCE),
        "largest_deviation_from_150": measure.between(worst, 0, 1e-10),
        "largest_spread_of_the_forms": measure.between(spread, 0, 1e-10),
        "sigmas_from_exact_mean": measure.between(sigmas, -trap.SIGMAS, trap.SIGMAS),
    }


def main():
    chosen = measure.options(__doc__)
    general = [energies(form, n) for form in (energies_by_reduction, energies_by_scan) for n in CONFIGURATIONS]
    closed = [energies(energies_closed_form, n) for n in CONFIGURATIONS]
    figures = {
        "proposals": measure.throughput(map(proposals, WALKERS), chosen.seconds, chosen.repeat),
        "local_energies": measure.throughput(general, chosen.seconds, chosen.repeat),
        "local_energies_closed_form": measure.throughput(closed, chosen.seconds, chosen.repeat),
    }
    measure.report("jax", jax.__version__, "W1", figures, checks())


if __name__ == "__main__":
    main()
