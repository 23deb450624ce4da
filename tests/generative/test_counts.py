"""Settings that count are whole numbers, of Python or NumPy; others are refused by name, whatever they would break."""

import re

import numpy as np
import pytest

from samplers.generative import DeepBeliefNetwork, Discriminator, VariationalAutoencoder
from tests.generative.machines import binary
from tests.generative.small_models import ESTIMATORS, data, fresh, name_of

MODELS = [*ESTIMATORS, Discriminator((8,), n_epochs=2, random_state=0)]
COUNTS = {"batch_size", "patience"}
PAIRS = [(m, s) for m in MODELS for s in m.get_params() if s in COUNTS or (s.startswith("n_"))]
LAYERED = [model for model in MODELS if "hidden" in model.get_params()]


def ids(part):
    return part if isinstance(part, str) else name_of(part) if hasattr(part, "get_params") else repr(part)


def fit(model):
    X = data(model) if hasattr(model, "is_binary") else np.random.default_rng(1).normal(size=(60, 4))
    return model.fit(X, X + 1.0)


@pytest.mark.parametrize(("template", "setting"), PAIRS, ids=ids)
def test_counts_are_whole_numbers(template, setting):
    held_out = {"validation_fraction": 0.2} if setting == "patience" else {}
    for wrong in (2.5, 30.0, True, "3", np.float64(2.5)):
        model = fresh(template).set_params(**held_out, **{setting: wrong})
        said = re.escape(f"{setting} = {wrong!r}: expected ")
        with pytest.raises(ValueError, match=said + ".*integer"):
            fit(model)
    right = {"n_steps": 25, "n_bins": 4, "batch_size": 25}.get(setting, 2)
    whole = fit(fresh(template).set_params(**held_out, **{setting: np.int64(right)}))
    assert hasattr(whole, "n_features_in_")


@pytest.mark.parametrize("template", LAYERED, ids=name_of)
def test_so_are_hidden_units(template):
    for wrong in ((2.5,), (4, 0), (True,), 8, ("4",), None, (np.float64(4.0), 4)):
        with pytest.raises(
            ValueError, match=re.escape(f"{name_of(template)}: hidden = {wrong!r}: expected a tuple of")
        ):
            fit(fresh(template).set_params(hidden=wrong))
    linear = fresh(template).set_params(hidden=())
    if name_of(template) in ("Autoencoder", "VariationalAutoencoder", "Discriminator"):
        fit(linear)
    else:
        with pytest.raises(ValueError, match=r"hidden = \(\): expected a tuple of positive integers, at least one"):
            fit(linear)
    for right in ((np.int32(5), 4), [5, 4], np.array([5, 4])):
        assert fit(fresh(template).set_params(hidden=right)).n_features_in_ == 4


def test_counts_that_change_after_the_fit():
    """What a fit does not use is looked at where it is used."""
    network = fit(DeepBeliefNetwork((4, 3), n_epochs=1, n_chains=10, random_state=0)).set_params(n_gibbs=2.5)
    with pytest.raises(ValueError, match=r"n_gibbs = 2\.5: expected a positive integer"):
        network.sample(3)
    model = fit(VariationalAutoencoder(1, (4,), n_epochs=1, random_state=0)).set_params(n_importance=2.5)
    for use in (model.scores, model.elbo):
        with pytest.raises(ValueError, match=r"n_importance = 2\.5: expected a positive integer"):
            use(data(model))


@pytest.mark.parametrize(("n_temperatures", "n_chains"), [(0, 2), (2.5, 2), (1, 1), (1, 2.5)])
def test_annealing_counts_too(n_temperatures, n_chains):
    with pytest.raises(ValueError, match=r"n_(temperatures|chains) = .*: expected an integer, at least"):
        binary(4, 3).log_partition(n_temperatures, n_chains)
