"""W1 with NetKet: MCState with a one-particle Metropolis rule, KineticEnergy + PotentialEnergy.

NetKet evaluates log psi of all N particles for each proposal; it has no place for an incremental ratio.
"""

import measure

measure.one_thread()

import boson_trap as trap  # noqa: E402
import flax.linen as nn  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import netket as nk  # noqa: E402
import netket_parts as parts  # noqa: E402

N, D = trap.N_PARTICLES, trap.N_DIM
HILBERT = parts.particles(N, D)
CHAINS = (16, 64, 256, 1024)
SAMPLES_PER_CALL = 4096  # each one sweep, so 409 600 proposals
ENERGIES = ((1024, 8), (4096, 8), (16384, 8), (16384, 64))  # configurations, chunk size
ENERGIES_CLOSED_FORM = ((1024, None), (4096, None), (16384, None))


class Gaussian(nn.Module):
    """Log psi = -alpha sum_i r_i^2 with the one parameter alpha."""

    alpha: float

    @nn.compact
    def __call__(self, x):
        alpha = self.param("alpha", nn.initializers.constant(self.alpha), (), float)
        return -alpha * jnp.sum(x * x, axis=-1)


class ClosedForm(nk.operator.ContinuousOperator):
    """The Hamiltonian as a user's own operator, with the local energy of this state written by hand."""

    @property
    def is_hermitian(self):
        return True

    @property
    def _attrs(self):
        return (self.hilbert,)

    def _expect_kernel(self, logpsi, params, x):
        alpha = params["params"]["alpha"]
        return alpha * N * D + (0.5 - 2 * alpha**2) * jnp.sum(x * x, axis=-1)


POTENTIAL = nk.operator.PotentialEnergy(HILBERT, lambda x: 0.5 * jnp.sum(x * x, axis=-1))
HAMILTONIAN = nk.operator.KineticEnergy(HILBERT, mass=1.0) + POTENTIAL


def state_of(alpha, n_chains, chain_length=1):
    return parts.state_of(HILBERT, Gaussian(alpha), trap.STEP_SIZE, n_chains, chain_length)


def proposals(n_chains):
    state = state_of(trap.ALPHA_EXACT, n_chains, SAMPLES_PER_CALL // n_chains)
    call = lambda: jax.block_until_ready(state.sample())  # noqa: E731
    return measure.Candidate(f"{n_chains} chains, {state.chain_length} sweeps a call", call, SAMPLES_PER_CALL * N)


def energies(operator, n_samples, chunk_size):
    n_chains = min(n_samples, 1024)
    state = state_of(trap.ALPHA_EXACT, n_chains, n_samples // n_chains)
    state.sample()
    call = lambda: jax.block_until_ready(state.local_estimators(operator, chunk_size=chunk_size).data)  # noqa: E731
    return measure.Candidate(f"{n_samples} configurations, chunk {chunk_size}", call, n_samples)


def deviation(state, operator, expected):
    return jnp.abs(state.local_estimators(operator).data - expected).max()


def checks():
    """Acceptance, zero variance at the exact alpha for both operators, and the mean energy away from it."""
    exact = state_of(trap.ALPHA_EXACT, 256, 4)
    exact.sample()
    state = state_of(trap.ALPHA_CHECK, 256, 400)
    state.sample(n_discard_per_chain=100)
    local = state.local_estimators(ClosedForm(HILBERT)).data
    means = local.mean(1)  # one mean for each independent chain
    sigmas = (means.mean() - trap.mean_energy(trap.ALPHA_CHECK)) / (means.std(ddof=1) / means.size**0.5)
    expected = trap.mean_energy(trap.ALPHA_EXACT)
    return {
        "acceptance": measure.between(exact.sampler_state.acceptance, *trap.ACCEPTANCE),
        "largest_deviation_from_150": measure.between(deviation(exact, HAMILTONIAN, expected), 0, 1e-10),
        "largest_deviation_of_the_two_operators": measure.between(
            jnp.abs(state.local_estimators(HAMILTONIAN, chunk_size=64).data - local).max(), 0, 1e-10
        ),
        "sigmas_from_exact_mean": measure.between(sigmas, -trap.SIGMAS, trap.SIGMAS),
    }


def main():
    chosen = measure.options(__doc__)
    native = [energies(HAMILTONIAN, *sizes) for sizes in ENERGIES]
    closed = [energies(ClosedForm(HILBERT), *sizes) for sizes in ENERGIES_CLOSED_FORM]
    figures = {
        "proposals": measure.throughput(map(proposals, CHAINS), chosen.seconds, chosen.repeat),
        "local_energies": measure.throughput(native, chosen.seconds, chosen.repeat),
        "local_energies_closed_form": measure.throughput(closed, chosen.seconds, chosen.repeat),
    }
    measure.report("netket", nk.__version__, "W1", figures, checks())


if __name__ == "__main__":
    main()
