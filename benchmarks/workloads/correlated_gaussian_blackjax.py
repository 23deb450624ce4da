"""W5 with blackjax: MALA, which has no metric, and NUTS with a dense one from its window adaptation."""

import measure

measure.one_thread()

import blackjax  # noqa: E402
import correlated_gaussian as target  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

#: Step sizes eps of x + eps grad + sqrt(2 eps) normal to try.
STEPS = {10: (1.2, 1.5, 1.8), 50: (0.6, 0.8, 1.0)}
MALA_CHAINS, NUTS_CHAINS = (32, 256), (1, 16)
MALA_THIN, MALA_DRAWS, NUTS_DRAWS = 20, 500, 1000


def log_density(n):
    matrix = jnp.asarray(target.precision(n))
    return lambda x: -0.5 * x @ matrix @ x


def runner(algorithm, state, n_draws, thin):
    """One compiled call: all chains, every `thin`-th position; goes on where the last call ended."""
    step = jax.vmap(algorithm.step)

    def one(carry, _):
        key, state = carry
        key, now = jax.random.split(key)
        state, _ = step(jax.random.split(now, state.logdensity.size), state)
        return (key, state), None

    def draw(carry, _):
        carry, _ = jax.lax.scan(one, carry, None, length=thin)
        return carry, carry[1].position

    run = jax.jit(lambda carry: jax.lax.scan(draw, carry, None, length=n_draws))
    carry = (jax.random.key(8), state)

    def call():
        nonlocal carry
        carry, positions = run(carry)
        return positions.block_until_ready().swapaxes(0, 1)

    return call


def mala(n):
    """Step sizes and numbers of chains."""
    for step_size in STEPS[n]:
        algorithm = blackjax.mala(log_density(n), step_size)
        for n_chains in MALA_CHAINS:
            state = jax.vmap(algorithm.init)(jnp.asarray(target.exact_draws(n, n_chains)))
            call = runner(algorithm, state, MALA_DRAWS, MALA_THIN)
            setting = f"{n_chains} chains, step {step_size}, every {MALA_THIN} steps"
            yield target.candidate(setting, call, call())


def nuts(n):
    """One adaptation, then any number of chains."""
    adaptation = blackjax.window_adaptation(blackjax.nuts, log_density(n), is_mass_matrix_diagonal=False)
    (_, parameters), _ = adaptation.run(jax.random.key(9), jnp.asarray(target.exact_draws(n, 1)[0]), 2000)
    algorithm = blackjax.nuts(log_density(n), **parameters)
    for n_chains in NUTS_CHAINS:
        state = jax.vmap(algorithm.init)(jnp.asarray(target.exact_draws(n, n_chains)))
        call = runner(algorithm, state, NUTS_DRAWS, 1)
        yield target.candidate(f"{n_chains} chains", call, call())


def main():
    chosen = measure.options(__doc__)
    figures, checks = {}, {}
    for n in target.DIMENSIONS:
        for name, candidates in (("mala", mala), ("nuts", nuts)):
            found = list(candidates(n))
            figures[f"{name}_d{n}"] = measure.throughput(found, chosen.seconds, chosen.repeat)
            checks |= {f"{name}_{k}": v for k, v in target.checks(np.asarray(found[-1].call())).items()}
    measure.report("blackjax", blackjax.__version__, "W5", figures, checks)


if __name__ == "__main__":
    main()
