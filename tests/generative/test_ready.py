"""Nothing that uses a fit goes without one, or with settings that changed since: public methods of all models."""

import inspect
import re

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from samplers.generative import Diffusion, Discriminator, MixtureAutoregressive, SplineFlow
from samplers.generative.autoregressive.compiled import mixture_parameters, mixture_proposal
from samplers.generative.diffusion.noise import GAMMA_MAX, GAMMA_MIN
from samplers.generative.flow.compiled import flow_parameters, flow_proposal
from tests.generative.small_models import ESTIMATORS, SETTINGS, data, fresh, name_of
from tests.generative.test_estimators import CHANGES

MODELS = [*ESTIMATORS, Discriminator((8,), n_epochs=2, random_state=0)]
#: Methods that make a fit, or say how methods of scikit-learn are called.
MAKE = {"fit", "partial_fit", "fit_transform", "set_noise", "set_parameters", "set_output", "set_fit_request"}
MAKE |= {"set_inverse_transform_request"}
#: Methods that look at their arguments alone, and one that there is for machines of two-valued units only.
NO_FIT = {("BinaryRBM", "statistics"), ("GaussianBinaryRBM", "visible_statistics")}
#: Anything of the right kind, by the names of arguments; a refusal comes before shapes are looked at.
ARGUMENTS = {
    "X": np.zeros((3, 4)),
    "other": np.zeros((3, 4)),
    "V": np.zeros((3, 4)),
    "Z": np.zeros((3, 1)),
    "H": np.zeros((3, 3)),
    "inputs": np.zeros((3, 4)),
    "weights": np.ones(3),
    "flat": np.zeros(19),
    "statistics": np.zeros(19),
    "rng": np.random.default_rng(0),
    "gamma": 0.0,
    "gammas": [0.0],
    "n_samples": 3,
    "path": "never-written.h5",
}


def uses(model):
    """Public methods of a model that need its fit, ready to be called."""
    for name in dir(type(model)):
        static = inspect.getattr_static(type(model), name)
        known = name.startswith("_") or name in dir(BaseEstimator) or name in MAKE or (name_of(model), name) in NO_FIT
        if known or isinstance(static, property) or not hasattr(model, name) or not callable(getattr(model, name)):
            continue
        if name == "scores" and not hasattr(model, "score_samples"):
            continue  # there is no density, fitted or not
        names = list(inspect.signature(getattr(model, name)).parameters.values())
        given = {part.name: ARGUMENTS[part.name] for part in names if part.default is part.empty}
        yield name, getattr(model, name), given


@pytest.mark.parametrize("template", MODELS, ids=name_of)
def test_without_a_fit(template):
    found = list(uses(fresh(template)))
    assert len(found) > 1
    for name, use, given in found:
        with pytest.raises(NotFittedError, match="not fitted"):
            raise AssertionError(f"{name} gave {use(**given)!r}")


def test_all_settings_are_looked_at():
    assert set(SETTINGS) < {name_of(model) for model in MODELS}
    names = {name for template in MODELS for name, _, _ in uses(fresh(template))}
    assert names > {"sample", "save", "score", "bound", "trajectories", "elbo", "views", "log_base", "log_odds"}


@pytest.mark.parametrize("template", [model for model in MODELS if model.structure], ids=name_of)
def test_with_settings_that_changed(template):
    model = fresh(template)
    X = data(model) if hasattr(model, "is_binary") else np.random.default_rng(1).normal(size=(60, 4))
    model.fit(X, X[::-1] + 1.0)
    for setting in template.structure:
        before = getattr(model, setting)
        after = CHANGES[setting] if CHANGES[setting] != before else "silu"
        model.set_params(**{setting: after})
        for name, use, given in uses(model):
            with pytest.raises(ValueError, match=re.escape(f"{setting} was {before!r} in the fit")):
                raise AssertionError(f"{name} gave {use(**given)!r}")
        model.set_params(**{setting: before})
    for _, use, given in uses(model):
        if "path" not in given and "Z" not in given:
            use(**given)  # the control


def test_a_list_that_changes_in_place():
    model = MixtureAutoregressive(2, hidden=[8], n_epochs=1, random_state=0).fit(
        np.random.default_rng(0).normal(size=(9, 2))
    )
    model.hidden[0] = 5
    with pytest.raises(ValueError, match=re.escape("hidden was (8,) in the fit and is [5]")):
        model.sample()


@pytest.mark.parametrize(
    ("model", "change", "parameters", "proposal"),
    [
        (SplineFlow(2, 4, (4,), n_epochs=1), {"tail_bound": 2.0}, flow_parameters, flow_proposal),
        (MixtureAutoregressive(2, hidden=(4,), n_epochs=1), {"n_components": 3}, mixture_parameters, mixture_proposal),
    ],
    ids=lambda part: name_of(part) if isinstance(part, BaseEstimator) else "",
)
def test_compiled_proposals(model, change, parameters, proposal):
    model = fresh(model)
    with pytest.raises(NotFittedError):
        parameters(model)
    n_parameters = proposal(model, 2).n_parameters  # whose settings are enough
    assert parameters(model.fit(np.random.default_rng(0).normal(size=(50, 2)))).size == n_parameters
    model.set_params(**change)
    for use in (parameters, lambda model: proposal(model, 2)):
        with pytest.raises(ValueError, match="in the fit and is"):
            use(model)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0, [0.0]), "n_samples = 0: expected an integer, at least 1"),
        ((2.5, [0.0]), "n_samples = 2.5"),
        ((3, [GAMMA_MIN, GAMMA_MAX]), r"gammas = \[-12.0, 10.0\]: expected numbers that decrease, from 10 to -12"),
        ((3, [0.0, 1.0]), "gammas"),
        ((3, [GAMMA_MAX + 1.0]), "gammas"),
        ((3, [GAMMA_MIN - 1.0]), "gammas"),
        ((3, [np.nan]), "gammas"),
        ((3, []), "gammas"),
        ((3, 0.0), "gammas"),
    ],
)
def test_trajectories_go_from_noise_to_data(arguments, said):
    model = Diffusion((4,), n_steps=5, n_epochs=1, random_state=0).fit(data(ESTIMATORS[0]))
    assert model.trajectories(3, [GAMMA_MAX, 0.0, 0.0]).shape == (3, 3, 4)
    with pytest.raises(ValueError, match=said):
        model.trajectories(*arguments)
