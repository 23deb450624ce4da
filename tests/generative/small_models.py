"""Every model in a size that is fitted in milliseconds, and data that it takes."""

import numpy as np

from samplers import generative
from samplers.generative.training import GradientModel

#: Small settings, so that a fit takes milliseconds.
SETTINGS = {
    "Autoencoder": {"n_components": 1, "hidden": (8,), "n_epochs": 2, "random_state": 0},
    "BinaryAutoregressive": {"hidden": (8,), "n_epochs": 2, "random_state": 0},
    "BinaryRBM": {"n_hidden": 3, "n_epochs": 2, "n_chains": 10, "random_state": 0},
    "DeepBeliefNetwork": {"hidden": (4, 3), "n_epochs": 2, "n_chains": 10, "random_state": 0},
    "Diffusion": {"hidden": (8, 8), "n_epochs": 2, "n_steps": 10, "random_state": 0},
    "DiscreteDiffusion": {"hidden": (8, 8), "n_epochs": 2, "n_steps": 25, "random_state": 0},
    "GAN": {"n_latent": 2, "hidden": (8,), "n_epochs": 2, "random_state": 0},
    "GaussianBinaryRBM": {"n_hidden": 3, "n_epochs": 2, "n_chains": 10, "random_state": 0},
    "MixtureAutoregressive": {"n_components": 2, "hidden": (8,), "n_epochs": 2, "random_state": 0},
    "ProbabilisticPCA": {"n_components": 1, "random_state": 0},
    "SplineFlow": {"n_transforms": 2, "n_bins": 4, "hidden": (8,), "n_epochs": 2, "random_state": 0},
    "VariationalAutoencoder": {"n_components": 1, "hidden": (8,), "n_importance": 20, "n_epochs": 2, "random_state": 0},
}
ESTIMATORS = [generative.model_class(name)(**settings) for name, settings in SETTINGS.items()]
TRAINED = [model for model in ESTIMATORS if "n_epochs" in model.get_params()]
GRADIENT = [model for model in TRAINED if isinstance(model, GradientModel)]


def data(model):
    X = np.random.default_rng(1).normal(size=(60, 4))
    return (X > 0.3).astype(float) if model.is_binary else X


def fresh(model):
    return type(model)(**model.get_params())


def name_of(model):
    return type(model).__name__
