"""W2 with hand-written JAX: analytic formulas, incremental hidden fields, chains along the last axis."""

import measure

measure.one_thread()

import dot_rbm as dot  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

D = dot.N_DIM
WALKERS = (64, 256, 512, 1024, 2048)
SAMPLES_PER_CALL = 8192
CHECK_WALKERS = 4096


def log_hidden(fields):
    """Sum of softplus over hidden units, fields of shape (H, chains), with one logarithm and no overflow."""
    return jnp.maximum(fields, 0).sum(0) + jnp.log(jnp.prod(1 + jnp.exp(-jnp.abs(fields)), 0))


def sweep(theta, x, steps, uniform):
    """One move of each particle; x and steps (N, D, chains), uniform (N, chains); x, fields, accepted out.

    A scan over the particles: unrolled, XLA fuses the moves badly and takes twice the time for N = 6.
    """
    a, b, w = theta
    n, d, n_chains = x.shape
    fields = b[:, None] + w.T @ x.reshape(n * d, n_chains)

    def move(state, particle):
        fields, hidden, accepted = state
        old, step, u, centre, weights = particle
        new, new_fields = old + step, fields + (weights[:, :, None] * step[:, None, :]).sum(0)
        new_hidden = log_hidden(new_fields)
        gaussian = ((new - centre[:, None]) ** 2 - (old - centre[:, None]) ** 2).sum(0)
        accept = u < jnp.exp(2 * (new_hidden - hidden) - gaussian)
        fields, hidden = jnp.where(accept, new_fields, fields), jnp.where(accept, new_hidden, hidden)
        return (fields, hidden, accepted + accept.sum()), jnp.where(accept, new, old)

    particles = (x, steps, uniform, a.reshape(n, d), w.reshape(n, d, -1))
    (fields, _, accepted), x = jax.lax.scan(move, (fields, log_hidden(fields), 0), particles)
    return x, fields, accepted


def potential(x):
    """Trap and Coulomb energy of each chain."""
    first, second = np.triu_indices(x.shape[0], 1)
    distance = jnp.sqrt(((x[first] - x[second]) ** 2).sum(1))
    return 0.5 * (x**2).sum((0, 1)) + (1 / distance).sum(0)


def energy_and_log_derivatives(theta, x, fields):
    """E_L (chains,) and O (M + H + M H, chains) from the hidden fields."""
    a, _, w = theta
    flat = x.reshape(-1, x.shape[2])
    active = 1 / (1 + jnp.exp(-fields))
    gradient = a[:, None] - flat + w @ active
    laplacian = -flat.shape[0] + (w**2).sum(0) @ (active * (1 - active))
    energy = -0.5 * (laplacian + (gradient**2).sum(0)) + potential(x)
    weights = (flat[:, None, :] * active[None, :, :]).reshape(-1, x.shape[2])
    return energy, (flat - a[:, None], active, weights)


def make_run(n_sweeps, keep_rows):
    """Compiled (theta, key, x) -> (key, x), results of n_sweeps full samples of each chain.

    Results: acceptance, E_L, and either the rows of O or the sums of E, E^2, O and E O.
    """

    @jax.jit
    def run(theta, key, x):
        def sample(state, _):
            key, x = state
            key, key_step, key_accept = jax.random.split(key, 3)
            steps = dot.STEP_SIZE * jax.random.normal(key_step, x.shape)
            uniform = jax.random.uniform(key_accept, (x.shape[0], x.shape[2]))
            x, fields, accepted = sweep(theta, x, steps, uniform)
            energy, parts = energy_and_log_derivatives(theta, x, fields)
            if keep_rows:
                return (key, x), (accepted, energy, jnp.concatenate(parts))
            flat, active = x.reshape(-1, x.shape[2]), parts[1]
            sums = [energy.sum(), (energy**2).sum()]
            sums += [part.sum(1) for part in parts[:2]] + [flat @ active.T]
            sums += [part @ energy for part in parts[:2]] + [(flat * energy) @ active.T]
            return (key, x), (accepted, energy, sums)

        state, (accepted, energy, rest) = jax.lax.scan(sample, (key, x), None, length=n_sweeps)
        if not keep_rows:
            energy, rest = energy[-1], [part.sum(0) for part in rest]
        return state, (accepted.sum() / (n_sweeps * x.shape[0] * x.shape[2]), energy, rest)

    return run


def start(n_particles, n_walkers):
    """Key and positions from the Gaussian factor."""
    key, draw = jax.random.split(jax.random.key(1))
    return key, jax.random.normal(draw, (n_particles, D, n_walkers)) / np.sqrt(2)


def full_samples(n_particles, n_walkers, keep_rows):
    n_sweeps = max(1, SAMPLES_PER_CALL // n_walkers)
    theta = tuple(map(jnp.asarray, dot.parameters(n_particles)))
    run, box = make_run(n_sweeps, keep_rows), list(start(n_particles, n_walkers))

    def call():
        (box[0], box[1]), _ = jax.block_until_ready(run(theta, *box))

    return measure.Candidate(f"{n_walkers} chains, {n_sweeps} sweeps a call", call, n_sweeps * n_walkers)


def checks(n_particles):
    """Shared checks on one sample of each chain, and agreement of the sums with the rows."""
    theta = tuple(map(jnp.asarray, dot.parameters(n_particles)))
    (key, x), _ = make_run(50, False)(theta, *start(n_particles, CHECK_WALKERS))
    (_, last), (acceptance, energy, rows) = make_run(1, True)(theta, key, x)
    _, (_, _, sums) = make_run(1, False)(theta, key, x)
    flat = last.reshape(-1, CHECK_WALKERS).T
    result = dot.checks(dot.parameters(n_particles), acceptance, flat, energy[0], rows[0].T)
    products = jnp.concatenate([part.ravel() for part in sums[5:]]) / CHECK_WALKERS
    deviation = jnp.abs(products - rows[0] @ energy[0] / CHECK_WALKERS).max()
    result["largest_deviation_of_sums_from_rows"] = measure.between(deviation, 0, 1e-9)
    return result


def main():
    chosen = measure.options(__doc__)
    figures, found = {}, {}
    for n in dot.SIZES:
        for name, keep_rows in (("full_samples", True), ("full_samples_sums", False)):
            candidates = [full_samples(n, walkers, keep_rows) for walkers in WALKERS]
            figures[f"{name}_N{n}"] = measure.throughput(candidates, chosen.seconds, chosen.repeat)
        found |= {f"{key}_N{n}": value for key, value in checks(n).items()}
    measure.report("jax", jax.__version__, "W2", figures, found)


if __name__ == "__main__":
    main()
