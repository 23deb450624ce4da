"""Diffusion in discrete time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from samplers.generative.diffusion import steps
from samplers.generative.diffusion.base import NoiseModel
from samplers.generative.diffusion.chain import Chain
from samplers.generative.diffusion.loss import Noise, divergence_at, excess, mean_of_normal
from samplers.generative.diffusion.noise import BETAS
from samplers.generative.model import RandomState, Scores, one_thread
from samplers.generative.training import check
from samplers.settings import is_whole, whole_number

METHODS = ("ancestral", "implicit")
LOSSES = ("simple", "bound")
#: Draws of the noise of every step from which `scores` takes its mean and error.
N_DRAWS = 10


class DiscreteDiffusion(NoiseModel):
    """Samples made of noise by the steps of a Markov chain whose forward twin adds noise in fixed amounts beta_t.

    J. Ho, A. Jain and P. Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020 (DDPM): one step forward is
    x_t = (1 - beta_t)^(1/2) x_(t-1) + beta_t^(1/2) epsilon, and a network that sees the noise in x_t gives the mean of
    the step back.  :class:`samplers.generative.Diffusion` does the same in continuous time and has a density; this one
    has a bound of it.  What the network gives: :class:`samplers.generative.diffusion.base.NoiseModel`.

    Parameters
    ----------
    hidden, activation : of the network.
    betas : 'linear' (Ho et al.) or 'cosine' (A. Nichol and P. Dhariwal, ICML 2021).
    n_steps : T, of the chain.
    loss : 'simple', the mean of |epsilon - epsilon_theta|^2 over all steps (Ho et al., eq. 14), or 'bound', with the
        weights that make it the bound (eq. 12).
    variance : of a step back: 'beta', beta_t, or 'posterior', that of the step given x_0 (Ho et al., section 3.2).
    method : of `sample`: 'ancestral', all steps with noise, or 'implicit', without (J. Song et al., ICLR 2021, DDIM).
    n_jumps : steps of 'implicit', evenly spread over the chain from its most noise on; None for all.
    n_epochs, batch_size, learning_rate, schedule, validation_fraction, patience, random_state, verbose :
        see :class:`samplers.generative.training.GradientModel`.

    Attributes
    ----------
    theta_ : parameters of the network; `average_`, their running mean, is what the model uses.
    mean_, deviation_ : of the features.
    history_ : 'loss' is that of the batches, of the network as it stands.
    """

    structure = ("hidden", "activation", "betas", "n_steps")

    def __init__(
        self,
        hidden: tuple[int, ...] = (128, 128, 128),
        *,
        activation: str = "silu",
        betas: str = "linear",
        n_steps: int = 200,
        loss: str = "simple",
        variance: str = "beta",
        method: str = "ancestral",
        n_jumps: int | None = None,
        n_epochs: int = 100,
        batch_size: int = 256,
        learning_rate: float = 0.002,
        schedule: str = "cosine",
        validation_fraction: float = 0.0,
        patience: int | None = None,
        random_state: RandomState = None,
        verbose: bool = False,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.betas = betas
        self.n_steps = n_steps
        self.loss = loss
        self.variance = variance
        self.method = method
        self.n_jumps = n_jumps
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.verbose = verbose

    def scores(self, X: ArrayLike, random_state: RandomState = None) -> Scores:
        """Variational lower bound of the log density of every row: `bound` with ten draws.

        The noise is the same for all rows, so that no score depends on the other rows; their errors go together, and
        the mean of many rows is known better by `bound`, where every row has noise of its own.
        """
        return self._bound(X, N_DRAWS, random_state, 1)

    def score(self, X: ArrayLike, y: Any = None) -> float:
        """Mean of the bound over the rows, in nats, with noise of their own, whose errors average out."""
        return float(np.mean(self.bound(X).values))

    def bound(self, X: ArrayLike, n_draws: int = N_DRAWS, random_state: RandomState = None) -> Scores:
        """Variational lower bound of the log density of every row, and the standard error of that average of draws.

        Ho et al. (2020), eq. (5): all T terms of every draw, each with noise of its own, so that no step is left out.
        It bounds the density of ancestral draws whose last step has noise of variance beta_1 too, as every density
        needs; `sample` leaves that noise out, as its algorithm 2 does.
        """
        return self._bound(X, whole_number("n_draws", n_draws, least=2), random_state, None)

    def _bound(self, X: ArrayLike, n_draws: int, random_state: RandomState, n_noises: int | None) -> Scores:
        self._check_steps()
        Z = self._to_noise_units(self._checked(X))
        shape = self.n_features_in_, n_noises or len(Z)
        chain, rng = self._chain(), np.random.default_rng(self._seed(random_state))
        with one_thread():
            draws = [self._excess(Z, chain, lambda: rng.standard_normal(shape)) for _ in range(n_draws)]
        known = chain.constant * Z.shape[1] + sum(
            weight * mean_of_normal(Z, gamma) for gamma, weight in zip(chain.gammas, chain.weights)
        )
        values = -np.mean(draws, axis=0) - known - divergence_at(Z, chain.gammas[-1]) - np.log(self.deviation_).sum()
        return Scores(values, np.std(draws, axis=0, ddof=1) / np.sqrt(n_draws), "lower bound")

    def _excess(self, Z: np.ndarray, chain: Chain, epsilon: Callable[[], np.ndarray]) -> np.ndarray:
        """Sum over the steps of what every row loses more than with the noise of a normal density."""
        total = np.zeros(len(Z))
        for gamma, weight in zip(chain.gammas, chain.weights):
            noise = Noise(np.full(len(Z), gamma), np.full(len(Z), weight), epsilon())
            total += weight * excess(self._see, Z, noise)
        return total

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        self._check_steps()
        Z, gammas = rng.standard_normal((n_samples, self.n_features_in_)), self._chain().gammas
        if self.method == "ancestral":
            Z = steps.draw(self.predict_noise, gammas, Z, rng, self.variance)
        else:
            n_jumps = self.n_steps if self.n_jumps is None else self.n_jumps
            kept = np.round(np.linspace(0, self.n_steps - 1, n_jumps)).astype(np.int64)
            kept[-1] = self.n_steps - 1  # the normal numbers belong to the most noise, in a single jump too
            Z = steps.draw(self.predict_noise, gammas[kept], Z, None)
        return self.mean_ + self.deviation_ * Z

    def _chain(self) -> Chain:
        return Chain(BETAS[self.betas](self.n_steps), self.variance)

    def _noise_for(self, Z: np.ndarray, rng: np.random.Generator) -> Noise:
        """Of a step for every row, steps spread evenly over the chain."""
        chain = self._chain()
        times = (rng.random() + rng.permutation(len(Z)) / len(Z)) % 1.0
        at = np.minimum((times * self.n_steps).astype(np.int64), self.n_steps - 1)
        weights = np.ones(len(Z)) if self.loss == "simple" else self.n_steps * chain.weights[at]
        return Noise(chain.gammas[at], weights, rng.standard_normal(Z.T.shape))

    def _check_settings(self) -> None:
        super()._check_settings()
        check(self, "betas", self.betas in BETAS, f"one of {', '.join(BETAS)}")
        check(self, "loss", self.loss in LOSSES, f"one of {', '.join(LOSSES)}")
        self._check_steps()

    def _check_steps(self) -> None:
        """What a fit does not use and may be set after it, and the length of the chain."""
        fewest = 21 if self.betas == "linear" else 1  # with fewer, the last beta would not be below one
        check(
            self, "n_steps", is_whole(self.n_steps, fewest), f"an integer from {fewest} on for betas = {self.betas!r}"
        )
        check(self, "variance", self.variance in steps.VARIANCES, f"one of {', '.join(steps.VARIANCES)}")
        check(self, "method", self.method in METHODS, f"one of {', '.join(METHODS)}")
        if self.n_jumps is not None:
            jumps = is_whole(self.n_jumps) and self.n_jumps <= self.n_steps
            check(self, "n_jumps", jumps, f"None or an integer from 1 to {self.n_steps}")
