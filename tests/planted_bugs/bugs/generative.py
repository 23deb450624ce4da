"""Bugs of generative models."""

from tests.planted_bugs.bugs.bug import Bug

G = "tests/generative"

GENERATIVE = [
    Bug(
        "exact negative phase that gives all hidden states the same weight",
        "samplers/generative/boltzmann/binary.py",
        "V = self.hidden.mean(self.visible_input(H))\n        return np.concatenate([weights @ V, weights @ H, "
        "(V.T @ (weights[:, None] * H)).ravel()])",
        "V = self.hidden.mean(self.visible_input(H))\n        return np.concatenate([weights @ V, weights @ H, "
        "(V.T @ H).ravel() / len(H)])",
        (f"{G}/test_boltzmann_exact.py",),
    ),
    Bug(
        "steps of spins as long as those of units of 0 and 1",
        "samplers/generative/boltzmann/binary.py",
        "learning_rate / 16.0 if self.spins else learning_rate",
        "learning_rate",
        (f"{G}/test_boltzmann_sampling.py",),
    ),
    Bug(
        "principal components of batches without what lies between their means",
        "samplers/generative/latent/scatter.py",
        "np.vstack([self.root, other.root, between])",
        "np.vstack([self.root, other.root])",
        (f"{G}/test_pca_batches.py",),
    ),
    Bug(
        "log of the variance without its own term in the gradient",
        "samplers/generative/boltzmann/gaussian.py",
        "by_variance = precision * (0.5 * (V - a) ** 2 - V * (H @ W.T)).mean(axis=0)",
        "by_variance = precision * (0.5 * (V - a) ** 2).mean(axis=0)",
        (f"{G}/test_boltzmann_exact.py",),
    ),
    Bug(
        "swaps of temperatures accepted the wrong way round",
        "samplers/generative/boltzmann/chains.py",
        "            decide(log_ratio, states, swapped)\n",
        "            decide(-log_ratio, states, swapped)\n",
        (f"{G}/test_boltzmann_sampling.py::test_tempered_chains",),
    ),
    Bug(
        "Gibbs-Langevin steps whose visible units see the hidden ones at full strength at every temperature",
        "samplers/generative/boltzmann/chains.py",
        "        mean = machine.visible_input(H, beta)\n",
        "        mean = machine.visible_input(H)\n",
        (f"{G}/test_gibbs_langevin.py::test_chains_are_reversible",),
    ),
    Bug(
        "Langevin steps of normal units with half their log density in the decision",
        "samplers/generative/boltzmann/langevin.py",
        "log[b] -= 0.5 * U[k, b] * U[k, b]",
        "log[b] -= 0.25 * U[k, b] * U[k, b]",
        (f"{G}/test_gibbs_langevin.py::test_the_density_stays",),
    ),
    Bug(
        "error of annealing that does not fall with the number of chains",
        "samplers/generative/boltzmann/annealing.py",
        "relative.std(ddof=1) / np.sqrt(n_chains)",
        "relative.std(ddof=1)",
        (f"{G}/test_boltzmann_sampling.py::test_annealing_and_its_error",),
    ),
    Bug(
        "a feature that sees itself",
        "samplers/generative/autoregressive/masks.py",
        "below[None, :] < above[:, None] if above is outputs",
        "below[None, :] <= above[:, None] if above is outputs",
        (f"{G}/test_autoregressive.py",),
    ),
    Bug(
        "compiled proposals without the deviation of the feature",
        "samplers/generative/autoregressive/compiled.py",
        " - _HALF_LOG_TWO_PI - log(deviation[i])",
        " - _HALF_LOG_TWO_PI",
        (f"{G}/test_compiled_proposal.py::test_the_same_density",),
    ),
    Bug(
        "independence moves without the density of the proposal where the walker is",
        "samplers/independence.py",
        "(logs[2, b] - logs[3, b]) - (logs[0, b] - logs[1, b])",
        "(logs[2, b] - logs[3, b]) - logs[0, b]",
        (f"{G}/test_compiled_proposal.py::test_the_target_stays",),
    ),
    Bug(
        "probability-flow likelihood without the part of the drift",
        "samplers/generative/diffusion/probability_flow.py",
        "0.5 * s * (divergence - s * features)",
        "0.5 * s * divergence",
        (f"{G}/test_diffusion_exact.py::test_probability_flow_likelihood",),
    ),
    Bug(
        "a bound in discrete time without the divergence of the variances of its steps",
        "samplers/generative/diffusion/chain.py",
        "(ratio - 1.0 - np.log(ratio)).sum()",
        "0.0 * ratio.sum()",
        (f"{G}/test_discrete_diffusion.py::test_bound_with_known_noise",),
    ),
    Bug(
        "the loss of a normal density counted without the features of a row",
        "samplers/generative/diffusion/loss.py",
        "return Z.shape[1] * (rise - fall) + fall * (Z**2).sum(axis=1)",
        "return Z.shape[1] * rise + fall * (Z**2).sum(axis=1)",
        (f"{G}/test_given_noise.py::test_the_bound_is_tight",),
    ),
    Bug(
        "a learnt schedule whose density is not that of its times",
        "samplers/generative/diffusion/noise.py",
        "return self.shares[self.part(gamma)] / self.width",
        "return np.full(np.shape(gamma), 1.0 / (GAMMA_MAX - GAMMA_MIN))",
        (f"{G}/test_diffusion.py::test_the_loss_is_the_same_for_all_schedules",),
    ),
    Bug(
        "clusters that grow with half the probability",
        "samplers/ising/kernels.py",
        "if S[other, w] == spin and random_word(states[w]) < bond:",
        "if S[other, w] != -spin and random_word(states[w]) < bond // np.uint64(2):",
        (f"{G}/test_ising.py::test_samples",),
    ),
    Bug(
        "sweeps of spins that are always offered their other value",
        "samplers/ising/kernels.py",
        "min(-2.0 * K * s[w] * around, 0.0) - _LOG_TWO",
        "-2.0 * K * s[w] * around",
        (f"{G}/test_ising.py::test_metropolis_draws_all_configurations",),
    ),
    Bug(
        "proposals of two-valued features judged by their own draws alone",
        "samplers/generative/independence.py",
        "larger = int((self.elsewhere > self.proposed.max()).sum())",
        "larger = 0 * self.elsewhere.size",
        (f"{G}/test_independence.py::test_a_model_of_spins_that_misses_states",),
    ),
    Bug(
        "few draws asked to miss as little as many",
        "samplers/missed.py",
        "max(SHIFT / math.sqrt(n_draws), BY_CHANCE / n_draws)",
        "1.5e-3",
        ("tests/loading/test_density_fit.py",),
    ),
    Bug(
        "importance weights believed where the encoder misses the posterior",
        "samplers/generative/latent/doubt.py",
        "carried_by_few(log_weights, errors) | (mixed.missed > errors)",
        "carried_by_few(log_weights, errors)",
        (f"{G}/test_vae_errors.py::test_errors_far_from_two_clusters",),
    ),
    Bug(
        "the sum over a reduction kept in memory",
        "vmc/stages/pretraining.py",
        "                total += O[k, b] * weights[first + b]\n            sums[k] += total\n",
        "                sums[k] += O[k, b] * weights[first + b]\n",
        ("tests/architecture/test_rules.py",),
    ),
]
