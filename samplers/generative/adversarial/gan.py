"""Generative adversarial networks."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from numerics.optimizers import Adam, FirstOrderOptimizer
from samplers.generative.adversarial.games import GAMES
from samplers.generative.model import RandomState
from samplers.generative.network import HasNetworks, Network
from samplers.generative.training import GradientModel, check, check_counts, check_hidden


class GAN(HasNetworks, GradientModel):
    """A generator x = G(z), z ~ N(0, 1), learnt against a discriminator that tells its draws from data.

    There is no likelihood: `scores` refuses, and the draws are no proposal for exact sampling.  At the equilibrium of
    'minimax' and 'non_saturating' the discriminator gives every configuration the probability 1/2, and V = -2 log 2.

    Parameters
    ----------
    n_latent : length of z.
    hidden : units of the hidden layers of both networks.
    activation : a name of :data:`numerics.activations.ACTIVATIONS`.
    loss : 'minimax' or 'non_saturating' (Goodfellow et al. 2014), or 'wgan_gp' (Gulrajani et al. 2017).
    gradient_penalty : factor of the penalty on the discriminator's gradient: mean of (|grad D| - 1)^2 at points between
        data and draws for 'wgan_gp', otherwise mean of |grad D|^2 / 2 at the data (Mescheder et al. 2018), which keeps
        the two sides from circling around the equilibrium.  None for 0.3 and 0.02; 0 for no penalty.
    n_critic : steps of the discriminator for each step of the generator; a critic is better with two or three.
    averaging : decay a of the running average of the generator, which is what is drawn from:
        average <- a average + (1 - a) parameters after each of its steps (Yazici et al. 2019), with a = t / (t + 10) at
        step t while that is less.  0 for the parameters themselves.
    n_epochs, batch_size, learning_rate, schedule, random_state, verbose : see
        :class:`samplers.generative.training.GradientModel`; a batch of data is a step of the discriminator.
    validation_fraction : of the rows, held out, for `history_` only: they tell whether the discriminator has learnt
        the data by heart, which the rows that it learns from cannot.

    Attributes
    ----------
    theta_ : parameters of the generator, then of the discriminator.
    averaged_ : running average of the generator's.
    location_, scale_ : means of the features and the root of the mean of their variances; networks see
        (x - location_) / scale_.
    history_ : one entry an epoch, means over its batches: 'loss' of the discriminator without and 'penalty' before its
        factor, 'generator_loss' (nan in epochs without a step of it), and 'real' and 'fake', the probabilities that the
        discriminator gives data and draws, with 'value', V, and 'jensen_shannon', (V + 2 log 2) / 2.  For 'wgan_gp'
        these four are instead 'wasserstein', the distance that the critic sees, in the units of the data.  All are of
        the discriminator as it is, which is not the best one: a :class:`Discriminator` of fresh draws and data tells
        how far apart they are.  With rows held out the same of these, after each epoch, as 'validation_real' and so on;
        a 'validation_real' that falls from 'real' to 'fake' says that the discriminator knows the rows, not their law.

    References
    ----------
    I. Goodfellow et al., NeurIPS 2014, arXiv:1406.2661; M. Arjovsky et al., ICML 2017, arXiv:1701.07875; I. Gulrajani
    et al., NeurIPS 2017, arXiv:1704.00028; L. Mescheder et al., ICML 2018, arXiv:1801.04406; Y. Yazici et al., ICLR
    2019, arXiv:1806.04498.
    """

    optimizer: ClassVar[FirstOrderOptimizer] = Adam(beta1=0.5, beta2=0.99)
    # No loss on held-out rows says how well a generator does, so there is none to stop by.
    patience = None
    structure = ("n_latent", "hidden", "activation")

    averaged_: np.ndarray
    location_: np.ndarray
    scale_: float
    steps_: int
    generator_state_: dict[str, np.ndarray]
    discriminator_state_: dict[str, np.ndarray]

    def __init__(
        self,
        n_latent: int = 4,
        hidden: tuple[int, ...] = (64, 64, 64),
        activation: str = "tanh",
        loss: str = "non_saturating",
        gradient_penalty: float | None = None,
        n_critic: int = 1,
        averaging: float = 0.999,
        n_epochs: int = 200,
        batch_size: int = 256,
        learning_rate: float = 2e-3,
        schedule: str = "cosine",
        validation_fraction: float = 0.0,
        random_state: RandomState = None,
        verbose: bool = False,
    ) -> None:
        self.n_latent = n_latent
        self.hidden = hidden
        self.activation = activation
        self.loss = loss
        self.gradient_penalty = gradient_penalty
        self.n_critic = n_critic
        self.averaging = averaging
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.verbose = verbose

    def discriminate(self, X: ArrayLike) -> np.ndarray:
        """Outputs of the discriminator for the rows of X, (n_samples,): log odds of being data, or a critic's."""
        X = self._checked(X)
        _, discriminator = self._networks_for(X.shape[1])
        return discriminator.forward(self._parts(X.shape[1])[1], self._columns(X))[0]

    def _begin(self, X: np.ndarray) -> None:
        self.generator_ = np.random.default_rng(self.random_state)
        self.history_, self.steps_ = {}, 0
        self.location_, self.scale_ = X.mean(axis=0), float(np.sqrt(X.var(axis=0).mean()))
        if self.scale_ == 0.0:
            raise ValueError("all rows are the same: no spread to learn")
        generator, discriminator = self._networks_for(X.shape[1])
        self.averaged_ = generator.initial(self.generator_)
        self.theta_ = np.concatenate([self.averaged_, discriminator.initial(self.generator_)])
        self.generator_state_ = self.optimizer.init(generator.n_parameters)
        self.discriminator_state_ = self.optimizer.init(discriminator.n_parameters)

    def _run(self, kept: np.ndarray, held: np.ndarray) -> None:
        steps = self.n_epochs * -(-len(kept) // self.batch_size)
        check(
            self,
            "n_critic",
            self.n_critic <= steps,
            f"at most {steps}, the batches of all epochs, or the generator never learns",
        )
        super()._run(kept, held)

    def _epoch(self, X: np.ndarray, learning_rate: float) -> None:
        reports: list[dict[str, float]] = []
        for rows in self._batches(len(X)):
            reports.append(self._teach_discriminator(X[rows], learning_rate))
            if self.steps_ % self.n_critic == 0:
                reports.append(self._teach_generator(len(rows), learning_rate))
        if not any("generator_loss" in report for report in reports):
            reports.append({"generator_loss": np.nan})
        names = dict.fromkeys(name for report in reports for name in report)
        self._note(**{name: float(np.mean([report[name] for report in reports if name in report])) for name in names})

    def _validate(self, held: np.ndarray) -> float:
        """Note how the discriminator sees held-out rows beside as many draws; there is no loss to stop by."""
        generator, discriminator = self._networks_for(held.shape[1])
        of_generator, theta = self._parts(held.shape[1])
        fake = generator.forward(of_generator, self.generator_.normal(size=(self.n_latent, len(held))))
        on_real, on_fake = np.split(discriminator.forward(theta, np.hstack([self._columns(held), fake]))[0], 2)
        report = GAMES[self.loss].report(on_real, on_fake, self.scale_)
        self._note(**{f"validation_{name}": value for name, value in report.items()})
        return np.nan

    def _teach_discriminator(self, X: np.ndarray, learning_rate: float) -> dict[str, float]:
        """One step against draws of the generator as it is; what there is to tell of it."""
        with np.errstate(all="ignore"):
            report, gradient = self._discriminator_gradient(X, self.generator_)
        self._refuse_infinite(report["loss"], gradient)
        self._parts(X.shape[1])[1][:] += self.optimizer.step(gradient, learning_rate, self.discriminator_state_)
        self.steps_ += 1
        return report

    def _teach_generator(self, n: int, learning_rate: float) -> dict[str, float]:
        """One step against the discriminator as it is, and the running average after it."""
        with np.errstate(all="ignore"):
            loss, gradient = self._generator_gradient(n, self.generator_)
        self._refuse_infinite(loss, gradient)
        theta, _ = self._parts(self.n_features_in_)
        theta += self.optimizer.step(gradient, learning_rate, self.generator_state_)
        n_steps = self.steps_ // self.n_critic
        self.averaged_ += (1.0 - min(self.averaging, n_steps / (n_steps + 10.0))) * (theta - self.averaged_)
        return {"generator_loss": loss}

    def _discriminator_gradient(self, X: np.ndarray, rng: np.random.Generator) -> tuple[dict[str, float], np.ndarray]:
        """Loss for as many draws as data, what else there is to tell, and the gradient of loss + factor * penalty."""
        game = GAMES[self.loss]
        generator, discriminator = self._networks_for(X.shape[1])
        of_generator, theta = self._parts(X.shape[1])
        real, fake = self._columns(X), generator.forward(of_generator, rng.normal(size=(self.n_latent, len(X))))
        on_real, on_fake = np.split(discriminator.forward(theta, np.hstack([real, fake]))[0], 2)
        loss, by_real, by_fake = game.discriminator(on_real, on_fake)
        gradient, _ = discriminator.backward(theta, np.concatenate([by_real, by_fake])[None, :])
        report = {"loss": loss, **game.report(on_real, on_fake, self.scale_)}
        if self._factor > 0.0:
            at = fake + rng.random(len(X)) * (real - fake) if game.between else real
            report["penalty"], by_theta = game.penalty(theta, discriminator.sizes, self.activation, at)
            gradient += self._factor * by_theta
        return report, gradient

    def _generator_gradient(self, n: int, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        """The generator's loss for n draws and its gradient, through the discriminator."""
        generator, discriminator = self._networks_for(self.n_features_in_)
        theta, of_discriminator = self._parts(self.n_features_in_)
        fake = generator.forward(theta, rng.normal(size=(self.n_latent, n)))
        loss, by_fake = GAMES[self.loss].generator(discriminator.forward(of_discriminator, fake)[0])
        _, by_draws = discriminator.backward(of_discriminator, by_fake[None, :], to_inputs=True)
        return loss, generator.backward(theta, by_draws)[0]

    @property
    def _factor(self) -> float:
        return GAMES[self.loss].factor if self.gradient_penalty is None else self.gradient_penalty

    def _refuse_infinite(self, loss: float, gradient: np.ndarray) -> None:
        if not (np.isfinite(loss) and np.isfinite(gradient).all()):
            raise FloatingPointError(
                f"GAN: loss {loss:g} or its gradient is not finite; use a smaller learning_rate than "
                f"{self.learning_rate:g}, or a larger gradient_penalty"
            )

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        generator, _ = self._networks_for(self.n_features_in_)
        columns = generator.forward(self.averaged_, rng.normal(size=(n_samples, self.n_latent)).T)
        return columns.T * self.scale_ + self.location_

    def _columns(self, X: np.ndarray) -> np.ndarray:
        return ((X - self.location_) / self.scale_).T

    def _networks_for(self, n_features: int) -> tuple[Network, Network]:
        generator = self._network("generator", (self.n_latent, *self.hidden, n_features), self.activation)
        return generator, self._network("discriminator", (n_features, *self.hidden, 1), self.activation)

    def _parts(self, n_features: int) -> tuple[np.ndarray, np.ndarray]:
        """Views of the parameters of the generator and of the discriminator."""
        n = self._networks_for(n_features)[0].n_parameters
        return self.theta_[:n], self.theta_[n:]

    def _check_settings(self) -> None:
        super()._check_settings()
        check_counts(self, "n_latent", "n_critic")
        check_hidden(self)
        check(self, "loss", self.loss in GAMES, f"one of {', '.join(GAMES)}")
        if self.gradient_penalty is not None:
            check(self, "gradient_penalty", 0.0 <= self.gradient_penalty < np.inf, "None or a number >= 0")
        check(self, "averaging", 0.0 <= self.averaging < 1.0, "a number from 0 to below 1")
