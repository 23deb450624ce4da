"""W3 with NetKet: MCState, the Gaussian rule for all particles, KineticEnergy + PotentialEnergy, expect_and_grad."""

import measure

measure.one_thread()

import flax.linen as nn  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import netket as nk  # noqa: E402
import netket_parts as parts  # noqa: E402
import network_dot as dot  # noqa: E402
import numpy as np  # noqa: E402

# chains, samples of each chain in a call, chunk size of energies and gradients
CANDIDATES = ((256, 1, None), (1024, 1, None), (1024, 1, 64), (1024, 1, 16), (256, 8, 64))


class Network(nn.Module):
    """Log psi = -1/2 sum x^2 + N(x)."""

    hidden: tuple[int, ...]

    @nn.compact
    def __call__(self, x):
        units = x
        for n_out in self.hidden:
            units = jnp.tanh(nn.Dense(n_out, param_dtype=float)(units))
        return nn.Dense(1, param_dtype=float)(units)[..., 0] - 0.5 * jnp.sum(x**2, axis=-1)


def potential_of(n_dim):
    """Trap and Coulomb energy."""

    def potential(x):
        r = x.reshape(*x.shape[:-1], -1, n_dim)
        first, second = np.triu_indices(r.shape[-2], 1)
        distance = jnp.sqrt(jnp.sum((r[..., first, :] - r[..., second, :]) ** 2, axis=-1))
        return 0.5 * jnp.sum(x**2, axis=-1) + jnp.sum(1 / distance, axis=-1)

    return potential


def problem(case, n_chains, chain_length=1, sweep=1):
    """State with the shared parameters, and Hamiltonian."""
    n_particles, n_dim, hidden = dot.CASES[case]
    hilbert = parts.particles(n_particles, n_dim)
    layers = enumerate(dot.parameters(case))
    variables = {"params": {f"Dense_{i}": {"kernel": jnp.asarray(w.T), "bias": jnp.asarray(b)} for i, (w, b) in layers}}
    sampler = nk.sampler.MetropolisGaussian(hilbert, sigma=dot.STEP_SIZE[case], n_chains=n_chains, sweep_size=sweep)
    state = nk.vqs.MCState(
        sampler,
        Network(hidden),
        n_samples=n_chains * chain_length,
        n_discard_per_chain=0,
        seed=1,
        sampler_seed=2,
        variables=variables,
    )
    potential = nk.operator.PotentialEnergy(hilbert, potential_of(n_dim))
    return state, nk.operator.KineticEnergy(hilbert, mass=1.0) + potential


def full_samples(case, n_chains, chain_length, chunk):
    state, hamiltonian = problem(case, n_chains, chain_length)
    state.chunk_size = chunk

    def call():
        state.sample()
        energy, gradient = state.expect_and_grad(hamiltonian)
        jax.block_until_ready((energy.mean, gradient))

    return measure.Candidate(f"{n_chains} chains x {chain_length}, chunk {chunk}", call, state.n_samples)


def energies(case, n_chains, chain_length, chunk):
    state, hamiltonian = problem(case, n_chains, chain_length)
    state.sample()
    call = lambda: jax.block_until_ready(state.local_estimators(hamiltonian, chunk_size=chunk).data)  # noqa: E731
    return measure.Candidate(f"{n_chains} chains x {chain_length}, chunk {chunk}", call, state.n_samples)


def checks(case):
    state, hamiltonian = problem(case, 256, sweep=50)
    x = state.sample()
    found = state.local_estimators(hamiltonian).data.ravel()
    return dot.checks(case, x.reshape(256, -1), found, state.sampler_state.acceptance)


def main():
    chosen = measure.options(__doc__)
    figures, found = {}, {}
    for case in dot.CASES:
        for way in (full_samples, energies):
            candidates = [way(case, *numbers) for numbers in CANDIDATES]
            name = "local_energies" if way is energies else "full_samples"
            figures[f"{name}_{case}"] = measure.throughput(candidates, chosen.seconds, chosen.repeat)
        found |= {f"{key}_{case}": value for key, value in checks(case).items()}
    measure.report("netket", nk.__version__, "W3", figures, found)


if __name__ == "__main__":
    main()
