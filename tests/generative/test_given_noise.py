"""A noise that is given: diffusion with the exact one of a mixture has its density; what is refused."""

import numpy as np
import pytest

from samplers.generative import Diffusion, DiscreteDiffusion
from samplers.generative.diffusion import probability_flow
from samplers.generative.diffusion.mixture import NormalMixture
from samplers.generative.diffusion.model import _normal_log_density
from samplers.generative.diffusion.noise import GAMMA_MAX, GAMMA_MIN
from tests.generative.exact_diffusion import MIXTURE

LIMIT = 4.42  # a false alarm in 100,000


def points():
    return MIXTURE.sample(40, np.random.default_rng(0))


def test_scores_are_the_density():
    """With the least noise added, and the normal density in place of the exact one of the most noise: a hundredth of a
    nat here.  What is left is the error of steps, which falls like the fourth power of their number."""
    X, off = points(), {}
    for n_steps in (200, 400):
        model = Diffusion(n_steps=n_steps).set_noise(MIXTURE.predict, 2)
        end = probability_flow.flow(model.predict_noise, X, model._steps())
        in_place = _normal_log_density(end) - MIXTURE.log_density(end, GAMMA_MAX)
        assert 1e-3 < np.abs(in_place).max() < 0.1
        off[n_steps] = np.abs(model.score_samples(X) - MIXTURE.log_density(X, GAMMA_MIN) - in_place).max()
    assert off[400] < 1e-4
    assert off[400] < off[200] / 8.0


def test_the_bound_is_tight():
    """With the exact noise, paths back are paths forth, and the bound of continuous time is the density itself."""
    X = points()
    found = Diffusion().set_noise(MIXTURE.predict, 2).bound(X, 400, random_state=1)
    off = (found.values - MIXTURE.log_density(X)) / found.errors
    assert np.abs(off).max() < LIMIT
    assert 0.5 < (off**2).mean() < 2.0
    assert found.errors.max() < 1.0
    # The control: with the noise of a wider mixture the bound is that of another density, and below it.
    wider = NormalMixture(MIXTURE.weights, MIXTURE.means, 1.5 * MIXTURE.deviations)
    other = Diffusion().set_noise(wider.predict, 2).bound(X, 400, random_state=1)
    assert (((other.values - MIXTURE.log_density(X)) / other.errors) ** 2).mean() > 2.0


@pytest.mark.parametrize(
    "model",
    [
        Diffusion(n_steps=60),
        Diffusion(n_steps=200, method="ancestral"),
        Diffusion(n_steps=200, method="implicit"),
        DiscreteDiffusion(n_steps=200),
    ],
    ids=lambda model: f"{type(model).__name__}, {model.method}",
)
def test_draws_have_the_shares_of_the_modes(model):
    draws = model.set_noise(MIXTURE.predict, 2).sample(4000, random_state=1)
    distance = np.linalg.norm(draws[:, None] - MIXTURE.means, axis=2)
    shares = np.bincount(distance.argmin(axis=1), minlength=3) / len(draws)
    errors = np.sqrt(MIXTURE.weights * (1.0 - MIXTURE.weights) / len(draws))
    assert (np.abs(shares - MIXTURE.weights) < LIMIT * errors).all()
    assert (distance / MIXTURE.deviations).min(axis=1).max() < 8.0


def test_a_fit_takes_its_place(tmp_path):
    X = points()
    model = Diffusion((4,), n_steps=10, n_epochs=1, random_state=0).set_noise(MIXTURE.predict, 2)
    with pytest.raises(TypeError, match="a file holds numbers"):
        model.save(tmp_path / "model.h5")
    learnt = model.fit(X).sample(3)
    model.save(tmp_path / "model.h5")
    assert np.array_equal(learnt, Diffusion((4,), n_steps=10, n_epochs=1, random_state=0).fit(X).sample(3))
    model.set_noise(MIXTURE.predict, 2)
    assert not hasattr(model, "theta_")
    begun = model.partial_fit(X)
    assert begun.given_noise_ is None
    assert begun.n_updates_ == 1


def spoilt(part, change):
    def predict(X, gamma):
        found = list(MIXTURE.predict(X, gamma))
        found[part] = change(found[part])
        return tuple(found)

    return predict


@pytest.mark.parametrize(
    ("predict", "message"),
    [
        (lambda X, gamma: MIXTURE.predict(X, gamma)[0], "a pair"),
        (spoilt(0, np.transpose), r"epsilon of shape \(2, 4\)"),
        (spoilt(1, lambda d: d[:, None]), r"divergence of shape \(4, 1\)"),
        (spoilt(1, lambda d: d * np.nan), "divergence is not finite"),
        (spoilt(1, lambda d: 1.01 * d), r"divergence .* central differences"),
    ],
)
def test_wrong_noise_is_refused(predict, message):
    with pytest.raises(ValueError, match=message):
        Diffusion().set_noise(predict, 2)
    assert Diffusion().set_noise(MIXTURE.predict, 2)


def test_number_of_features_is_a_number():
    with pytest.raises(ValueError, match="n_features = 0"):
        Diffusion().set_noise(MIXTURE.predict, 0)
