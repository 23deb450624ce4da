"""G19, derivatives of the losses of all models and of all layers: how far from differences or complex steps at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from differences import differences, relative
from gradients_of_layers import of_layers
from rows import Row, bounded

from samplers.generative import GAN, SplineFlow
from samplers.generative.flow.layers import masks
from samplers.generative.training import GradientModel
from tests.generative.small_models import GRADIENT, data, fresh
from tests.naive import spline_flow as naive

#: Settings that make another loss, beside those of the small models.
MORE_SETTINGS: dict[str, tuple[dict, ...]] = {
    "BinaryRBM": ({"spins": True},),
    "GAN": ({"loss": "minimax"}, {"loss": "wgan_gp"}),
    "VariationalAutoencoder": ({"hidden": ()}, {"likelihood": "bernoulli", "threshold": 0.0}),
}


def gradients() -> Iterator[Row]:
    """G19: all models that learn by gradients, and the layers that they are made of."""
    yield _row("losses of all models", dict(of_losses()))
    yield _row("layers, penalties, parts of losses", dict(of_layers()))


def _row(what: str, found: dict[str, float]) -> Row:
    worst = max(found, key=lambda name: found[name])
    item = f"gradients of {len(found)} {what}: largest relative deviation"
    return bounded("G19", item, found[worst], 1e-7, f"that of {worst}")


def of_losses() -> Iterator[tuple[str, float]]:
    """What was differentiated, and its relative deviation; Boltzmann machines by the exact negative phase."""
    for template in GRADIENT:
        name = type(template).__name__
        for settings in ({}, *MORE_SETTINGS.get(name, ())):
            model = _fitted(template, settings)
            X = _rows(model)[:7]
            for part, deviation in _of_game(model, X) if isinstance(model, GAN) else _of_loss(model, X):
                yield " ".join([name, *(f"{key}={value}" for key, value in settings.items()), part]).strip(), deviation


def _fitted(template: GradientModel, settings: dict) -> GradientModel:
    """A small model with parameters far from where they began."""
    model = fresh(template).set_params(**settings)
    if hasattr(model, "negative_phase"):
        model.set_params(negative_phase="exact")
        if model.is_binary:
            model.set_params(centred=False)
    model.fit(_rows(model))
    model.theta_ += 0.2 * np.random.default_rng(1).normal(size=model.theta_.size) * getattr(model, "mask_", 1.0)
    return model


def _rows(model: GradientModel) -> np.ndarray:
    """Data in the values that the model takes."""
    X = data(model)
    return 2.0 * X - 1.0 if getattr(model, "spins", False) else X


def _of_loss(model: GradientModel, X: np.ndarray) -> Iterator[tuple[str, float]]:
    """With the same random numbers every time; what a loss changes beside the parameters is put back."""
    before = model._state()

    def loss_and_gradient(theta: np.ndarray) -> tuple[float, np.ndarray]:
        for name, value in before.items():
            setattr(model, name, value.copy())
        model.theta_ = theta.copy()
        return model._loss_and_gradient(X, np.random.default_rng(9))

    theta = before["theta_"]
    if isinstance(model, SplineFlow):  # splines have steps in their second derivatives, which differences see
        expected = naive.gradient(lambda numbers: _loss_of_flow(model, numbers, X), theta)
    else:
        expected = differences(lambda theta: loss_and_gradient(theta)[0], theta) * getattr(model, "mask_", 1.0)
    yield "", relative(loss_and_gradient(theta)[1], expected)


def _loss_of_flow(model: SplineFlow, theta: list, X: np.ndarray) -> complex:
    """Number by number, but for a constant."""
    shape = (masks(X.shape[1], model.n_transforms), model.n_bins, model.hidden, model.tail_bound)
    images = [naive.flow(theta, x, *shape) for x in (X - model.mean_) / model.deviation_]
    return sum(0.5 * sum(z * z for z in image) - log for image, log in images) / len(X)


def _of_game(model: GAN, X: np.ndarray) -> Iterator[tuple[str, float]]:
    """Of either player, by its own parameters."""

    def discriminator() -> tuple[float, np.ndarray]:
        report, gradient = model._discriminator_gradient(X, np.random.default_rng(9))
        return report["loss"] + model._factor * report["penalty"], gradient

    def generator() -> tuple[float, np.ndarray]:
        return model._generator_gradient(len(X), np.random.default_rng(9))

    parts = model._parts(X.shape[1])
    yield "generator", _of_player(parts[0], generator)
    yield "discriminator", _of_player(parts[1], discriminator)


def _of_player(part: np.ndarray, play: Callable[[], tuple[float, np.ndarray]]) -> float:
    """`part` is a view of the parameters that `play` sees."""
    start = part.copy()

    def loss(place: np.ndarray) -> float:
        part[:] = place
        return play()[0]

    expected = differences(loss, start)
    part[:] = start
    return relative(play()[1], expected)
