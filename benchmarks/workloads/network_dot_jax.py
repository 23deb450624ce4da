"""W3 with hand-written JAX: moves in a scan, energies by the forward Laplacian of folx, one backward pass per batch."""

import measure

measure.one_thread()

from importlib.metadata import version  # noqa: E402

import folx  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import network_dot as dot  # noqa: E402
import numpy as np  # noqa: E402

WALKERS = (16, 32, 64, 256, 1024)
SAMPLES_PER_CALL = 2048


def log_psi(theta, x):
    """Log psi of one configuration."""
    units = x
    for layer, (w, b) in enumerate(theta):
        units = w @ units + b
        if layer < len(theta) - 1:
            units = jnp.tanh(units)
    return units[0] - 0.5 * (x**2).sum()


def energies_of(case):
    """Local energies of a batch of configurations."""
    n_particles, n_dim, _ = dot.CASES[case]
    first, second = np.triu_indices(n_particles, 1)

    def energy(theta, x):
        forward = folx.forward_laplacian(lambda y: log_psi(theta, y))(x)
        gradient = forward.jacobian.dense_array.reshape(-1)
        r = x.reshape(n_particles, n_dim)
        distance = jnp.sqrt(((r[first] - r[second]) ** 2).sum(1))
        potential = 0.5 * (x**2).sum() + (1 / distance).sum()
        return -0.5 * (forward.laplacian.reshape(()) + (gradient**2).sum()) + potential

    return jax.vmap(energy, (None, 0))


def make_run(case, n_samples):
    """Compiled (theta, key, x) -> state, acceptance, mean energy and gradient of n_samples full samples a chain."""
    batch, energies = jax.vmap(log_psi, (None, 0)), energies_of(case)

    @jax.jit
    def run(theta, key, x):
        def sample(state, _):
            key, x, log = state
            key, key_step, key_accept = jax.random.split(key, 3)
            y = x + dot.STEP_SIZE[case] * jax.random.normal(key_step, x.shape)
            log_y = batch(theta, y)
            accept = jax.random.uniform(key_accept, log.shape) < jnp.exp(2 * (log_y - log))
            x, log = jnp.where(accept[:, None], y, x), jnp.where(accept, log_y, log)
            energy = energies(theta, x)
            centred = energy - energy.mean()
            gradient = jax.grad(lambda t: (batch(t, x) * centred).sum())(theta)
            return (key, x, log), (accept.mean(), energy.mean(), gradient)

        state, (accepted, energy, gradient) = jax.lax.scan(sample, (key, x, batch(theta, x)), None, length=n_samples)
        return state[:2], (accepted.mean(), energy.mean(), jax.tree.map(lambda part: part.sum(0), gradient))

    return run


def start(case, n_walkers):
    key, draw = jax.random.split(jax.random.key(1))
    return key, jax.random.normal(draw, (n_walkers, dot.sizes(case)[0])) / np.sqrt(2)


def theta_of(case):
    return [(jnp.asarray(w), jnp.asarray(b)) for w, b in dot.parameters(case)]


def full_samples(case, n_walkers):
    n_samples = max(1, SAMPLES_PER_CALL // n_walkers)
    theta, run, box = theta_of(case), make_run(case, n_samples), list(start(case, n_walkers))

    def call():
        (box[0], box[1]), _ = jax.block_until_ready(run(theta, *box))

    return measure.Candidate(f"{n_walkers} chains x {n_samples}", call, n_samples * n_walkers)


def energies(case, n_walkers):
    theta, (_, x) = theta_of(case), start(case, n_walkers)
    function = jax.jit(energies_of(case))
    call = lambda: function(theta, x).block_until_ready()  # noqa: E731
    return measure.Candidate(f"{n_walkers} configurations a call", call, n_walkers)


def checks(case):
    theta = theta_of(case)
    (_, x), (acceptance, _, _) = make_run(case, 50)(theta, *start(case, 256))
    return dot.checks(case, x, energies_of(case)(theta, x), acceptance)


def main():
    chosen = measure.options(__doc__)
    figures, found = {}, {}
    for case in dot.CASES:
        for name, way in (("full_samples", full_samples), ("local_energies", energies)):
            candidates = [way(case, n) for n in WALKERS]
            figures[f"{name}_{case}"] = measure.throughput(candidates, chosen.seconds, chosen.repeat)
        found |= {f"{key}_{case}": value for key, value in checks(case).items()}
    measure.report("jax", f"{jax.__version__} with folx {version('folx')}", "W3", figures, found)


if __name__ == "__main__":
    main()
