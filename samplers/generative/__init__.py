"""Models that learn a density from samples: scikit-learn estimators on the networks and optimisers of this package.

``model.fit(X)``, ``model.sample(n)``, ``model.score_samples(X)``, ``model.save(path)`` and :func:`load`.  Everything is
loaded on first use.  Needs the `generative` extra (scikit-learn).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from samplers.generative.adversarial.discriminator import Discriminator
    from samplers.generative.adversarial.gan import GAN
    from samplers.generative.autoregressive.binary import BinaryAutoregressive
    from samplers.generative.autoregressive.mixture import MixtureAutoregressive
    from samplers.generative.boltzmann.binary import BinaryRBM
    from samplers.generative.boltzmann.deep_belief import DeepBeliefNetwork
    from samplers.generative.boltzmann.gaussian import GaussianBinaryRBM
    from samplers.generative.diffusion.discrete import DiscreteDiffusion
    from samplers.generative.diffusion.model import Diffusion
    from samplers.generative.flow.model import SplineFlow
    from samplers.generative.independence import IndependenceChains, sample_by_independence
    from samplers.generative.latent.autoencoder import Autoencoder
    from samplers.generative.latent.pca import ProbabilisticPCA
    from samplers.generative.latent.vae import VariationalAutoencoder
    from samplers.generative.model import GenerativeModel, NoDensityError, Scores
    from samplers.generative.storage import load

#: Where public names live; models are also the only classes a file can name.
_MODELS = {
    "Autoencoder": "latent.autoencoder",
    "BinaryAutoregressive": "autoregressive.binary",
    "BinaryRBM": "boltzmann.binary",
    "DeepBeliefNetwork": "boltzmann.deep_belief",
    "Diffusion": "diffusion.model",
    "DiscreteDiffusion": "diffusion.discrete",
    "GAN": "adversarial.gan",
    "GaussianBinaryRBM": "boltzmann.gaussian",
    "MixtureAutoregressive": "autoregressive.mixture",
    "ProbabilisticPCA": "latent.pca",
    "SplineFlow": "flow.model",
    "VariationalAutoencoder": "latent.vae",
}
_HOMES = {
    **_MODELS,
    "Discriminator": "adversarial.discriminator",
    "GenerativeModel": "model",
    "IndependenceChains": "independence",
    "NoDensityError": "model",
    "Scores": "model",
    "load": "storage",
    "sample_by_independence": "independence",
}

__all__ = [
    "GAN",
    "Autoencoder",
    "BinaryAutoregressive",
    "BinaryRBM",
    "DeepBeliefNetwork",
    "Diffusion",
    "DiscreteDiffusion",
    "Discriminator",
    "GaussianBinaryRBM",
    "GenerativeModel",
    "IndependenceChains",
    "MixtureAutoregressive",
    "NoDensityError",
    "ProbabilisticPCA",
    "Scores",
    "SplineFlow",
    "VariationalAutoencoder",
    "load",
    "sample_by_independence",
]


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Load the module that holds a public name when the name is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "sklearn":
            raise
        raise ImportError("generative models need scikit-learn: pip install 'nqs-vmc[generative]'") from error


def model_class(name: str) -> Any:
    """The class of a model by its name; raises ValueError for a name that is no model's."""
    if name not in _MODELS:
        raise ValueError(f"{name!r} is no model; there are {', '.join(sorted(_MODELS))}")
    return __getattr__(name)
