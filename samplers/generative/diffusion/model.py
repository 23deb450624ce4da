"""A diffusion model that learns: a network that sees the noise in a sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from samplers.generative.diffusion import probability_flow, steps
from samplers.generative.diffusion.noise import GAMMA_MAX, GAMMA_MIN, Schedule, alpha, schedule_of, sigma
from samplers.generative.model import RandomState, Scores, one_thread
from samplers.generative.network import HasNetworks, Network
from samplers.generative.training import GradientModel, check

SCHEDULES = ("learned", "uniform", "linear", "cosine")
METHODS = ("flow", "ancestral", "implicit")
#: Parts of the range of gamma in which a learnt schedule may differ.
N_PARTS = 44
#: Waves of gamma that the network sees.
N_WAVES = 4
#: How fast the average of parameters and the mean squares of the loss forget: by 1 / e in this many updates.
MEMORY = 200.0


class Diffusion(HasNetworks, GradientModel):
    """Samples made of noise by steps that take away what a network sees of it.

    J. Ho, A. Jain and P. Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020; D. P. Kingma et al.,
    "Variational diffusion models", NeurIPS 2021, whose loss this is, the part of the bound of minus the log-likelihood
    that depends on the network: 1/2 int d gamma <|epsilon - epsilon_theta(x, gamma)|^2>, the same for all schedules of
    noise.  A schedule says how often each gamma is looked at; the learnt one makes the variance of the loss smallest.
    The network F gives epsilon_theta = sigma x + alpha F, exact for a normal density with F = 0.  Features are brought
    to mean zero and variance one first.

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

    needs_spread = True
    structure = ("hidden", "activation")
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
        `scores` gives, is another unless the network is exact.  Gammas are drawn by the learnt schedule, which makes
        the scatter smallest, or else uniformly: those of 'linear' and 'cosine' leave out little noise almost wholly, so
        that few draws carry most of the loss and their scatter does not show it.
        """
        learnt = self.noise_schedule == "learned"
        schedule = Schedule(self.shares_) if learnt else schedule_of("uniform", N_PARTS)
        Z = self._to_noise_units(self._checked(X))
        rng = np.random.default_rng(self._seed(random_state))
        with one_thread():
            draws = np.array([self._losses(self.average_, Z, rng, schedule)[0] for _ in range(n_draws)])
        signal, noise = alpha(GAMMA_MAX) ** 2, sigma(GAMMA_MAX) ** 2
        at_most = 0.5 * (signal * Z**2 + noise - 1.0 - np.log(noise)).sum(axis=1)
        deviation = sigma(GAMMA_MIN) / alpha(GAMMA_MIN)
        at_least = Z.shape[1] * (0.5 + 0.5 * np.log(2.0 * np.pi) + np.log(deviation))
        values = -draws.mean(axis=0) - at_most - at_least - np.log(self.deviation_).sum()
        return Scores(values, draws.std(axis=0, ddof=1) / np.sqrt(n_draws), "lower bound")

    def predict_noise(self, Z: np.ndarray, gamma: float) -> np.ndarray:
        """Epsilon (rows, features) that the network sees in rows of unit variance at one gamma."""
        return self._noise(self.average_, np.ascontiguousarray(Z.T), np.full(len(Z), float(gamma))).T

    def trajectories(self, n_samples: int, gammas: np.ndarray, random_state: RandomState = None) -> np.ndarray:
        """Samples on their way from noise to data, (len(gammas), n_samples, n_features), by the flow.

        Rows are in units of the data; gammas decrease.
        """
        self._check_structure()
        self._check_steps()
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

    # The network; arrays are (features, columns) here.

    def _noise(self, theta: np.ndarray, x: np.ndarray, gammas: np.ndarray) -> np.ndarray:
        outputs = self._noise_network().forward(theta, np.concatenate([x, _features_of(gammas)]))
        return sigma(gammas) * x + alpha(gammas) * outputs

    def _predict_with_divergence(self, Z: np.ndarray, gamma: float) -> tuple[np.ndarray, np.ndarray]:
        epsilon = self.predict_noise(Z, gamma)
        n, rows = self.n_features_in_, len(Z)
        divergence = np.full(rows, n * sigma(gamma))
        for k in range(n):
            direction = np.zeros((n + _N_FEATURES, rows))
            direction[k] = 1.0
            divergence += alpha(gamma) * self._noise_network().tangent(self.average_, direction)[k]
        return epsilon, divergence

    def _losses(
        self, theta: np.ndarray, Z: np.ndarray, rng: np.random.Generator, schedule: Schedule
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Loss of every row at a random gamma; the gammas, their weights, and epsilon_theta - epsilon."""
        x = Z.T
        # Times spread evenly over (0, 1): the mean varies less (Kingma et al. 2021, appendix I.1).
        times = (rng.random() + rng.permutation(len(Z)) / len(Z)) % 1.0
        gammas = schedule.gamma(times)
        epsilon = rng.standard_normal(x.shape)
        difference = self._noise(theta, alpha(gammas) * x + sigma(gammas) * epsilon, gammas) - epsilon
        weights = 0.5 / schedule.density(gammas)
        return weights * (difference**2).sum(axis=0), gammas, weights, difference

    # Learning.

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:
        self.mean_, self.deviation_ = X.mean(axis=0), X.std(axis=0)
        name = "uniform" if self.noise_schedule == "learned" else self.noise_schedule
        self.shares_ = schedule_of(name, N_PARTS).shares
        self.squares_ = np.ones(N_PARTS)
        self.theta_ = self._noise_network().initial(rng, output_scale=0.1)
        self.average_ = self.theta_.copy()
        self.n_updates_ = 0

    def _loss_and_gradient(self, X: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        schedule = Schedule(self.shares_)
        losses, gammas, weights, difference = self._losses(self.theta_, self._to_noise_units(X), rng, schedule)
        by_outputs = 2.0 * weights * alpha(gammas) * difference / len(X)
        gradient, _ = self._noise_network().backward(self.theta_, by_outputs)
        if self.noise_schedule == "learned":
            self._learn_schedule(gammas, (difference**2).sum(axis=0))
        return float(losses.mean()), gradient

    def _loss(self, X: np.ndarray, rng: np.random.Generator) -> float:
        return float(self._losses(self.average_, self._to_noise_units(X), rng, Schedule(self.shares_))[0].mean())

    def _learn_schedule(self, gammas: np.ndarray, squares: np.ndarray) -> None:
        """The variance of the loss is smallest for a density of gamma like the root of <|epsilon - epsilon_theta|^4>.

        Kingma et al. (2021) follow the gradient of that variance; for piecewise constant densities its minimum is
        known.  A tenth is kept uniform, so that every gamma goes on being looked at.
        """
        part = Schedule(self.shares_).part(gammas)
        counts = np.bincount(part, minlength=N_PARTS)
        sums = np.bincount(part, weights=squares**2, minlength=N_PARTS)
        seen = counts > 0
        self.squares_[seen] += (sums[seen] / counts[seen] - self.squares_[seen]) / (0.1 * MEMORY)
        roots = np.sqrt(self.squares_)
        self.shares_ = 0.9 * roots / roots.sum() + 0.1 / N_PARTS

    def _after_step(self) -> None:
        self.n_updates_ += 1
        share = max(1.0 / self.n_updates_, 1.0 / MEMORY)
        self.average_ += share * (self.theta_ - self.average_)

    def _noise_network(self) -> Network:
        n = self.n_features_in_
        return self._network("noise", (n + _N_FEATURES, *self.hidden, n), self.activation)

    def _to_noise_units(self, X: np.ndarray) -> np.ndarray:
        return (X - self.mean_) / self.deviation_

    def _check_settings(self) -> None:
        super()._check_settings()
        check(self, "hidden", len(self.hidden) > 0 and min(self.hidden) >= 1, "at least one layer of at least one unit")
        check(self, "noise_schedule", self.noise_schedule in SCHEDULES, f"one of {', '.join(SCHEDULES)}")
        self._check_steps()

    def _check_steps(self) -> None:
        """What a fit does not use and may be set after it."""
        check(self, "method", self.method in METHODS, f"one of {', '.join(METHODS)}")
        check(self, "n_steps", self.n_steps >= 1, "a positive integer")


_N_FEATURES = 1 + 2 * N_WAVES


def _features_of(gammas: np.ndarray) -> np.ndarray:
    """What the network sees of gamma, (features, columns): itself and waves over its range."""
    u = (gammas - GAMMA_MIN) / (GAMMA_MAX - GAMMA_MIN)
    phases = np.pi * np.arange(1, N_WAVES + 1)[:, None] * u
    return np.concatenate([2.0 * u[None] - 1.0, np.sin(phases), np.cos(phases)])


def _normal_log_density(Z: np.ndarray) -> np.ndarray:
    return -0.5 * (Z**2).sum(axis=1) - 0.5 * Z.shape[1] * np.log(2.0 * np.pi)
