"""A fit that breaks down half-way leaves all as it was: parameters, curves, optimisers, chains, random numbers."""

import pickle
from copy import deepcopy

import numpy as np
import pytest

from samplers.generative import BinaryRBM, DeepBeliefNetwork, Discriminator, GaussianBinaryRBM
from samplers.generative.fitted import _kept
from tests.generative.small_models import TRAINED, data, fresh, name_of

#: With both kinds of chains that persist, of which one swaps rungs in place.
MODELS = [*TRAINED, BinaryRBM(3, negative_phase="tempering", n_chains=10, n_epochs=2, random_state=0)]


def contents(value):
    """All that a fit leaves, as bytes."""
    if isinstance(value, dict):
        return {name: contents(entry) for name, entry in value.items() if not name.startswith("_")}
    if isinstance(value, list):
        return [contents(entry) for entry in value]
    return contents(vars(value)) if hasattr(value, "get_params") else pickle.dumps(value)


@pytest.mark.parametrize("template", MODELS, ids=name_of)
def test_a_later_batch_breaks_down(template):
    """The first has made a step as long as numbers go; control: without the guard they stay."""
    model, X = fresh(template), data(template)
    model.set_params(batch_size=10).fit(X).partial_fit(X).set_params(learning_rate=1.7e308)
    before, twin, unguarded = contents(model), deepcopy(model), deepcopy(model)
    with np.errstate(all="ignore"):
        with pytest.raises(FloatingPointError, match="smaller learning_rate"):
            model.partial_fit(X)
        with pytest.raises(FloatingPointError):
            type(model).partial_fit.__wrapped__(unguarded, X)
    assert contents(model) == before
    assert contents(unguarded) != before or isinstance(model, DeepBeliefNetwork)  # each of its machines has a guard
    for one in (model, twin):
        one.set_params(learning_rate=1e-3).partial_fit(X)
    assert contents(model) == contents(twin)


def test_rows_that_nobody_can_learn_from():
    """The failure as it was found: 1e200 in the second batch; what others hold of the model is put back too."""
    X = np.random.default_rng(0).normal(size=(60, 2))
    machine = GaussianBinaryRBM(3, batch_size=20, random_state=np.random.default_rng(1)).fit(X)
    theta, curves, rng, before = machine.theta_, machine.history_, machine.random_state, contents(machine)
    X[:] = 1e200
    with pytest.raises(FloatingPointError):
        machine.partial_fit(X)
    assert contents(machine) == before
    assert (machine.theta_, machine.history_) == (theta, curves)  # the same objects, not copies of them
    assert machine.generator_ is rng


def test_an_interrupted_fit(monkeypatch):
    """Ctrl-C in the second epoch."""
    X = np.random.default_rng(0).normal(size=(60, 2))
    machine = GaussianBinaryRBM(3, n_epochs=5, random_state=0).fit(X)
    before, calls = contents(machine), []
    learn = GaussianBinaryRBM._epoch

    def interrupted(*arguments):
        calls.append(None)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return learn(*arguments)

    monkeypatch.setattr(GaussianBinaryRBM, "_epoch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        machine.fit(X)
    assert contents(machine) == before


@pytest.mark.parametrize("kind", [np.random.MT19937, np.random.Philox, np.random.SFC64, np.random.RandomState])
def test_random_numbers_go_back(kind):
    source = kind(3)
    rng = np.random.default_rng(source)
    put_back, draws = _kept(source), rng.normal(size=5)
    put_back()
    assert np.array_equal(rng.normal(size=5), draws)


def test_a_network_keeps_its_machines():
    """The second machine breaks down after the first has learnt."""
    X = data(DeepBeliefNetwork())
    network = DeepBeliefNetwork((4, 3), n_chains=10, n_epochs=1, random_state=0).fit(X)
    before, machines = contents(network), list(network.machines_)
    network.machines_[1].theta_[0] = np.nan
    spoilt = contents(network)
    assert spoilt != before
    with pytest.raises(FloatingPointError):
        network.partial_fit(X)
    assert contents(network) == spoilt
    assert all(one is other for one, other in zip(network.machines_, machines, strict=True))


def test_a_discriminator_too():
    rng = np.random.default_rng(2)
    A, B = rng.normal(size=(40, 2)), rng.normal(size=(40, 2))
    model = Discriminator((4,), n_epochs=1, batch_size=20, random_state=0).fit(A, B)
    before = contents(model)
    with pytest.raises(ValueError, match="2 features"):
        model.fit(np.ones((5, 2)), np.ones((5, 3)))
    with pytest.raises(ValueError, match="4 features"):
        model.fit(rng.normal(size=(9, 4)), B)
    assert contents(model) == before
    kept = model.get_params()
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match="smaller learning_rate"):
        model.set_params(learning_rate=1.7e308, n_epochs=9, activation="silu").fit(A, B)
    assert contents(model.set_params(**kept)) == before
