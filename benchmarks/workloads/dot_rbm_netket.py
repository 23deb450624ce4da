"""W2 with NetKet: MCState, KineticEnergy + PotentialEnergy, and nk.jax.jacobian for the rows of O.

A full sample is sampled, its local energy and its row of the Jacobian are formed, as NetKet's SR does.
`full_samples_gradient` is expect_and_grad instead: the energy and its gradient, without rows of O.
"""

import measure

measure.one_thread()

import dot_rbm as dot  # noqa: E402
import flax.linen as nn  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import netket as nk  # noqa: E402
import netket_parts as parts  # noqa: E402
import numpy as np  # noqa: E402

D = dot.N_DIM
# chains, samples of each chain in a call, chunk size of energies and rows
CANDIDATES = (
    (1024, 1, None),
    (4096, 1, None),
    (16384, 1, 256),
    (512, 32, 256),
    (1024, 16, 256),
    (1024, 16, 64),
)
CHECK_CHAINS = 4096


class GaussianBinary(nn.Module):
    """Log psi = -sum_i (x_i - a_i)^2 / 2 + sum_j softplus(b_j + sum_i x_i W_ij)."""

    n_hidden: int

    @nn.compact
    def __call__(self, x):
        m = x.shape[-1]
        a = self.param("a", nn.initializers.normal(0.1), (m,), float)
        b = self.param("b", nn.initializers.normal(0.1), (self.n_hidden,), float)
        w = self.param("w", nn.initializers.normal(0.1), (m, self.n_hidden), float)
        return -0.5 * jnp.sum((x - a) ** 2, axis=-1) + jnp.sum(jax.nn.softplus(b + x @ w), axis=-1)


def potential(x):
    """Trap and Coulomb energy of one configuration, or of a batch."""
    r = x.reshape(*x.shape[:-1], -1, D)
    first, second = np.triu_indices(r.shape[-2], 1)
    distance = jnp.sqrt(jnp.sum((r[..., first, :] - r[..., second, :]) ** 2, axis=-1))
    return 0.5 * jnp.sum(x**2, axis=-1) + jnp.sum(1 / distance, axis=-1)


def problem(n_particles, n_chains, chain_length=1):
    """State with the shared parameters, and Hamiltonian."""
    hilbert = parts.particles(n_particles, D)
    variables = {"params": dict(zip("abw", map(jnp.asarray, dot.parameters(n_particles)), strict=True))}
    model = GaussianBinary(hilbert.size)
    state = parts.state_of(hilbert, model, dot.STEP_SIZE, n_chains, chain_length, variables)
    hamiltonian = nk.operator.KineticEnergy(hilbert, mass=1.0) + nk.operator.PotentialEnergy(hilbert, potential)
    return state, hamiltonian


def sample_energies_rows(state, hamiltonian, chunk):
    """New samples, their local energies, and the rows of O, in the ways of NetKet's own SR."""
    x = state.sample()
    energies = state.local_estimators(hamiltonian, chunk_size=chunk).data
    rows = nk.jax.jacobian(
        state._apply_fun,
        state.parameters,
        x.reshape(-1, x.shape[-1]),
        mode="real",
        dense=True,
        chunk_size=chunk,
    )
    return x, energies, rows


def full_samples(n_particles, n_chains, chain_length, chunk):
    state, hamiltonian = problem(n_particles, n_chains, chain_length)
    call = lambda: jax.block_until_ready(sample_energies_rows(state, hamiltonian, chunk))  # noqa: E731
    return measure.Candidate(f"{n_chains} chains x {chain_length}, chunk {chunk}", call, state.n_samples)


def full_samples_gradient(n_particles, n_chains, chain_length, chunk):
    state, hamiltonian = problem(n_particles, n_chains, chain_length)
    state.chunk_size = chunk

    def call():
        state.sample()
        energy, gradient = state.expect_and_grad(hamiltonian)
        jax.block_until_ready((energy.mean, gradient))

    return measure.Candidate(f"{n_chains} chains x {chain_length}, chunk {chunk}", call, state.n_samples)


def checks(n_particles):
    """Shared checks on one sample of each chain."""
    state, hamiltonian = problem(n_particles, CHECK_CHAINS)
    state.sample(n_discard_per_chain=50)
    x, energies, rows = sample_energies_rows(state, hamiltonian, None)
    acceptance = state.sampler_state.acceptance
    flat = x.reshape(CHECK_CHAINS, -1)
    return dot.checks(dot.parameters(n_particles), acceptance, flat, energies.ravel(), rows)


def main():
    chosen = measure.options(__doc__)
    figures, found = {}, {}
    for n in dot.SIZES:
        for way in (full_samples, full_samples_gradient):
            candidates = [way(n, *sizes) for sizes in CANDIDATES]
            figures[f"{way.__name__}_N{n}"] = measure.throughput(candidates, chosen.seconds, chosen.repeat)
        found |= {f"{key}_N{n}": value for key, value in checks(n).items()}
    measure.report("netket", nk.__version__, "W2", figures, found)


if __name__ == "__main__":
    main()
