"""Images of digits: draws, reconstructions, latent plane, features: python runs/generative/digits.py.

Log-likelihoods are means over images kept back, in nats; their errors are those of a mean over these images.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from digits_pictures import features_picture, latent_picture, mosaics_picture, reconstructions_picture
from sklearn.decomposition import PCA
from study import digits, fitted, mean_and_error, options, write_picture, write_results

from samplers.generative import (
    Autoencoder,
    BinaryAutoregressive,
    BinaryRBM,
    DeepBeliefNetwork,
    NoDensityError,
    VariationalAutoencoder,
)

SEED = 1
N_SHOWN = 36
#: Length of the codes that images are rebuilt from.
N_COMPONENTS = 8


def binary_models(quick: bool) -> dict[str, Any]:
    """Models of black and white images by the names of the pictures."""

    def epochs(n: int) -> int:
        return 1 if quick else n

    common: dict[str, Any] = {"threshold": None, "random_state": SEED}
    encoders: dict[str, Any] = {**common, "likelihood": "bernoulli", "n_epochs": epochs(150)}
    if quick:
        encoders["n_importance"] = 10
    return {
        "RBM": BinaryRBM(16, n_epochs=epochs(200), learning_rate=0.1, **common),
        "deep belief network": DeepBeliefNetwork((64, 16), n_epochs=epochs(100), **common),
        "autoregressive": BinaryAutoregressive((256,), n_epochs=epochs(80), batch_size=50, **common),
        "VAE, 2 latent": VariationalAutoencoder(2, **encoders),
        "VAE, 8 latent": VariationalAutoencoder(8, **encoders),
    }


def likelihoods(model: Any, train: np.ndarray, test: np.ndarray) -> dict[str, Any]:
    """Mean log-likelihood of images learnt from and of those kept back, where the model has one."""
    try:
        scores = model.scores(test)
    except NoDensityError:
        return {}
    value, error = mean_and_error(scores.values)
    found = {"test": value, "test_error": error, "train": float(model.scores(train).values.mean())}
    if isinstance(model, VariationalAutoencoder):
        found["test_bound"] = float(model.elbo(test).values.mean())
    return {**found, "method": scores.method}


def independent_pixels(train: np.ndarray, test: np.ndarray) -> float:
    """Mean log-likelihood of images kept back if pixels knew nothing of each other; one image of each kind is added."""
    p = (train.sum(axis=0) + 1.0) / (len(train) + 2.0)
    return float((test * np.log(p) + (1.0 - test) * np.log1p(-p)).sum(axis=1).mean())


def reconstructions(quick: bool) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, dict[str, float]]]:
    """A grey image of each digit, kept back, what models make of it from codes of one length, and squared errors."""
    train, test, labels = digits(binary=False)
    few: dict[str, Any] = {"n_epochs": 1} if quick else {}
    models = {
        "PCA": PCA(N_COMPONENTS),
        "autoencoder": Autoencoder(N_COMPONENTS, random_state=SEED, **few),
        "VAE": VariationalAutoencoder(N_COMPONENTS, random_state=SEED, **few),
    }
    one_each = [int(np.flatnonzero(labels == digit)[0]) for digit in range(10)]
    rebuilt, found = {}, {}
    for name, model in models.items():
        _, seconds = fitted(model, train)
        images = model.inverse_transform(model.transform(test))
        rebuilt[name] = images[one_each]
        value, error = mean_and_error(((images - test) ** 2).sum(axis=1))
        found[name] = {"squared_error": value, "error": error, "seconds": seconds}
        print(f"{name}: squared error of an image {value:.3f} +- {error:.3f}, {seconds:.1f} s", flush=True)
    return test[one_each], rebuilt, found


def main() -> None:
    """Fit everything; figures to a results file, images to pictures."""
    arguments = options(__doc__)
    train, test, labels = digits(binary=True)
    models = binary_models(arguments.quick)
    found: dict[str, Any] = {"independent pixels": {"test": independent_pixels(train, test)}}
    mosaics: dict[str, Any] = {"data": (test[:N_SHOWN], {})}
    for name, model in models.items():
        _, seconds = fitted(model, train)
        found[name] = {**likelihoods(model, train, test), "seconds": seconds}
        mosaics[name] = model.sample(N_SHOWN, random_state=SEED), found[name]
        print(name, found[name], flush=True)
    write_picture(arguments.output, "digits-draws", mosaics_picture(mosaics))
    rbm, plane = models["RBM"], models["VAE, 2 latent"]
    weights = rbm.views(rbm.theta_)[2].T
    write_picture(arguments.output, "digits-features", features_picture(weights))
    write_picture(arguments.output, "digits-plane", latent_picture(plane, plane.transform(test), labels))
    originals, rebuilt, errors = reconstructions(arguments.quick)
    write_picture(arguments.output, "digits-rebuilt", reconstructions_picture(originals, rebuilt, errors))
    write_results(arguments.output, "digits", {"likelihoods": found, "reconstructions": errors})


if __name__ == "__main__":
    main()
