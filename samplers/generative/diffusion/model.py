"""Diffusion in continuous time."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from samplers.generative.diffusion import probability_flow, steps
from samplers.generative.diffusion.base import MEMORY, NoiseModel
from samplers.generative.diffusion.given import Predict
from samplers.generative.diffusion.loss import Noise, divergence_at, excess, integral_of_normal
from samplers.generative.diffusion.noise import (
    GAMMA_MAX,
    GAMMA_MIN,
    Schedule,
    alpha,
    schedule_of,
    sigma,
)
from samplers.generative.model import RandomState, Scores, one_thread
from samplers.generative.training import check, check_counts
from samplers.settings import whole_number

SCHEDULES = ("learned", "uniform", "linear", "cosine")
METHODS = ("flow", "ancestral", "implicit")
#: Parts of the range of gamma in which a learnt schedule may differ.
N_PARTS = 44


class Diffusion(NoiseModel):
    """Samples made of noise by steps that take away what a network sees of it.

    J. Ho, A. Jain and P. Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020; D. P. Kingma et al.,
    "Variational diffusion models", NeurIPS 2021, whose loss this is, the part of the bound of minus the log-likelihood
    that depends on the network: 1/2 int d gamma <|epsilon - epsilon_theta(x, gamma)|^2>, the same for all schedules of
    noise.  A schedule says how often each gamma is looked at; the learnt one makes the variance of the loss smallest.
    What the network gives: :class:`samplers.generative.diffusion.base.NoiseModel`.

    Parameters
    ----------
    hidden, activation : of the network.
    noise_schedule : 'learned', 'uniform' (in gamma), 'linear' or 'cosine'.
    method : of `sample`: 'flow' (probability-flow ODE), 'ancestral' (noise at every step) or 'implicit' (DDIM).
    n_steps : from most to least noise, evenly spaced in gamma, for samples and for scores.  The error of 'ancestral'
        falls like their first power, that of 'flow' like the fourth.
    n_epochs, batch_size, learning_rate, schedule, validation_fraction, patience, random_state, verbose :
        see :class:`samplers.generative.training.GradientModel`.

    Attributes
    ----------
    theta_ : parameters of the network; `average_`, their running mean, is what the model uses.
    shares_ : of the schedule, in equally wide parts of the range of gamma.
    mean_, deviation_ : of the features.
    history_ : 'loss' is that of the batches, of the network as it stands.
    """

    learnt = ("theta_", "average_", "shares_", "squares_")

    def __init__(
        self,
        hidden: tuple[int, ...] = (128, 128, 128),
        *,
        activation: str = "silu",
        noise_schedule: str = "learned",
        method: str = "flow",
        n_steps: int = 100,
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
        self.noise_schedule = noise_schedule
        self.method = method
        self.n_steps = n_steps
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.verbose = verbose

    def scores(self, X: ArrayLike, random_state: RandomState = None) -> Scores:
        """Log density of every row by the probability-flow ODE with the exact divergence.

        Exact up to the error of `n_steps`, which falls like their fourth power, to the noise of `GAMMA_MIN` and to the
        distance of the most noise from a normal density; for proposals that is not enough, so `has_exact_density` is
        false.
        """
        Z = self._to_noise_units(self._checked(X))
        self._check_steps()
        with one_thread():
            found = probability_flow.log_density(self._predict_with_divergence, Z, self._steps(), _normal_log_density)
        return Scores(found - np.log(self.deviation_).sum(), np.zeros(len(Z)), "probability-flow ODE")

    def bound(self, X: ArrayLike, n_draws: int = 100, random_state: RandomState = None) -> Scores:
        """Variational lower bound of the log density of every row, and the standard error of that average of draws.

        Kingma et al. (2021), eqs. (11) to (17): minus the loss in continuous time, minus the Kullback-Leibler
        divergence of the most noise from a normal density, plus the mean log density of a row given its least noise.
        It bounds the density that ancestral sampling draws from in the limit of many steps; the one of the flow, which
        `scores` gives, is another unless the network is exact.  The loss is counted from that of a normal density,
        which is known.  Draws come in pairs, each pair in a part of its own of the range of gamma, so that the
        differences of pairs give the error (W. G. Cochran, "Sampling Techniques", 1977, chapter 5A).
        """
        n_parts = -(-whole_number("n_draws", n_draws, least=2) // 2)
        Z = self._to_noise_units(self._checked(X))
        rng = np.random.default_rng(self._seed(random_state))
        mean, variance = np.zeros(len(Z)), np.zeros(len(Z))
        with one_thread():
            for part in range(n_parts):
                first, second = (self._excess(Z, (part + rng.random(len(Z))) / n_parts, rng) for _ in range(2))
                mean += 0.5 * (first + second) / n_parts
                variance += (0.5 * (first - second) / n_parts) ** 2
        known = 0.5 * integral_of_normal(Z, GAMMA_MIN, GAMMA_MAX)
        deviation = sigma(GAMMA_MIN) / alpha(GAMMA_MIN)
        at_least = Z.shape[1] * (0.5 + 0.5 * np.log(2.0 * np.pi) + np.log(deviation))
        values = -mean - known - divergence_at(Z, GAMMA_MAX) - at_least - np.log(self.deviation_).sum()
        return Scores(values, np.sqrt(variance), "lower bound")

    def _excess(self, Z: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Loss of every row above that of a normal density, its gamma at a share of the range."""
        width = GAMMA_MAX - GAMMA_MIN
        noise = Noise(GAMMA_MIN + width * shares, np.full(len(Z), 0.5 * width), rng.standard_normal(Z.T.shape))
        return noise.weights * excess(self._see, Z, noise)

    def set_noise(self, predict: Predict, n_features: int) -> Self:
        """Take a noise that is known in place of what a fit would learn; see `NoiseModel`."""
        super().set_noise(predict, n_features)
        self.shares_ = schedule_of("uniform", N_PARTS).shares
        return self

    def trajectories(self, n_samples: int, gammas: ArrayLike, random_state: RandomState = None) -> np.ndarray:
        """Samples on their way from noise to data, (len(gammas), n_samples, n_features), by the flow.

        Rows are in units of the data; gammas decrease, from at most GAMMA_MAX to at least GAMMA_MIN.
        """
        self._ready()
        self._check_steps()
        n_samples, gammas = whole_number("n_samples", n_samples), _decreasing(gammas)
        rng = np.random.default_rng(self._seed(random_state))
        Z, at, found = rng.standard_normal((n_samples, self.n_features_in_)), GAMMA_MAX, []
        for gamma in gammas:
            if gamma != at:
                steps_between = max(1, round(self.n_steps * (at - float(gamma)) / (GAMMA_MAX - GAMMA_MIN)))
                Z = probability_flow.flow(self.predict_noise, Z, np.linspace(at, float(gamma), steps_between + 1))
            at = float(gamma)
            found.append(self.mean_ + self.deviation_ * Z)
        return np.array(found)

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        self._check_steps()
        Z = rng.standard_normal((n_samples, self.n_features_in_))
        if self.method == "flow":
            Z = probability_flow.flow(self.predict_noise, Z, self._steps()[::-1])
        else:
            Z = steps.draw(self.predict_noise, self._steps(), Z, rng if self.method == "ancestral" else None)
        return self.mean_ + self.deviation_ * Z

    def _steps(self) -> np.ndarray:
        return np.linspace(GAMMA_MIN, GAMMA_MAX, self.n_steps + 1)

    # Learning.

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:
        super()._start(X, rng)
        name = "uniform" if self.noise_schedule == "learned" else self.noise_schedule
        self.shares_ = schedule_of(name, N_PARTS).shares
        self.squares_ = np.ones(N_PARTS)

    def _noise_for(self, Z: np.ndarray, rng: np.random.Generator) -> Noise:
        """At a random gamma for every row, at times spread evenly over (0, 1): the mean varies less (Kingma et al.
        2021, appendix I.1)."""
        schedule, times = Schedule(self.shares_), (rng.random() + rng.permutation(len(Z)) / len(Z)) % 1.0
        gammas = schedule.gamma(times)
        return Noise(gammas, 0.5 / schedule.density(gammas), rng.standard_normal(Z.T.shape))

    def _learn_from(self, gammas: np.ndarray, squares: np.ndarray) -> None:
        """The variance of the loss is smallest for a density of gamma like the root of <|epsilon - epsilon_theta|^4>.

        Kingma et al. (2021) follow the gradient of that variance; for piecewise constant densities its minimum is
        known.  A tenth is kept uniform, so that every gamma goes on being looked at.
        """
        if self.noise_schedule != "learned":
            return
        part = Schedule(self.shares_).part(gammas)
        counts = np.bincount(part, minlength=N_PARTS)
        sums = np.bincount(part, weights=squares**2, minlength=N_PARTS)
        seen = counts > 0
        self.squares_[seen] += (sums[seen] / counts[seen] - self.squares_[seen]) / (0.1 * MEMORY)
        roots = np.sqrt(self.squares_)
        self.shares_ = 0.9 * roots / roots.sum() + 0.1 / N_PARTS

    def _check_settings(self) -> None:
        super()._check_settings()
        check(self, "noise_schedule", self.noise_schedule in SCHEDULES, f"one of {', '.join(SCHEDULES)}")
        self._check_steps()

    def _check_steps(self) -> None:
        """What a fit does not use and may be set after it."""
        check(self, "method", self.method in METHODS, f"one of {', '.join(METHODS)}")
        check_counts(self, "n_steps")


def _decreasing(gammas: ArrayLike) -> np.ndarray:
    """Amounts of noise that a flow meets on its way from the most to the least, or a refusal."""
    found = np.asarray(gammas, dtype=np.float64)
    if found.ndim != 1 or not found.size or not (np.diff([GAMMA_MAX, *found, GAMMA_MIN]) <= 0.0).all():
        raise ValueError(f"gammas = {gammas!r}: expected numbers that decrease, from {GAMMA_MAX:g} to {GAMMA_MIN:g}")
    return found


def _normal_log_density(Z: np.ndarray) -> np.ndarray:
    return -0.5 * (Z**2).sum(axis=1) - 0.5 * Z.shape[1] * np.log(2.0 * np.pi)
