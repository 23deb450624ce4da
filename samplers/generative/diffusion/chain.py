"""The Markov chain of a diffusion in discrete time: its amounts of noise, and what they weigh in the bound."""

from __future__ import annotations

import numpy as np

from samplers.generative.diffusion.noise import gammas_of, sigma


class Chain:
    """Steps of beta_1, ..., beta_T, and steps back of a given kind of variance.

    J. Ho, A. Jain and P. Abbeel, NeurIPS 2020: the bound of minus log p(x_0) is L_0 + L_1 + ... + L_T, eq. (5).  With a
    network that gives epsilon_theta every term but the last is

        L_(t-1) = w_t |epsilon - epsilon_theta|^2 + constant,   w_t = beta_t^2 / (2 s_t^2 (1 - beta_t) sigma_t^2),

    eq. (12), where s_t^2 is the variance of the step back.  The constant is the divergence of the two variances,
    (v - 1 - log v) / 2 per feature with v = posterior variance / s_t^2; for L_0, the negative logarithm of a normal
    density, it is log(2 pi s_1^2) / 2, and s_1^2 = beta_1, the posterior one being zero.

    Attributes
    ----------
    gammas, weights : after each step; w_t.
    constant : of the sum over t, per feature.
    """

    def __init__(self, betas: np.ndarray, variance: str) -> None:
        self.gammas = gammas_of(betas)
        noise = sigma(self.gammas) ** 2
        posterior = betas * np.concatenate([[0.0], noise[:-1]]) / noise
        back = betas.copy() if variance == "beta" else np.concatenate([betas[:1], posterior[1:]])
        self.weights = betas**2 / (2.0 * back * (1.0 - betas) * noise)
        ratio = posterior[1:] / back[1:]
        self.constant = 0.5 * float((ratio - 1.0 - np.log(ratio)).sum() + np.log(2.0 * np.pi * back[0]))
