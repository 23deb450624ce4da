"""Networks of Boltzmann machines: draws, epochs one at a time, both codings, curves, rows held out."""

import numpy as np
import pytest

from samplers.generative import DeepBeliefNetwork


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_a_deep_belief_network_draws_what_it_learnt(low):
    """Two patterns of six units and their noise: draws are near one of them, and both occur.

    At most one unit is off in 0.967 of the data, and would be in 14 of the 64 states; in eight fits to other rows in
    0.946 of the draws with a deviation of 0.008, while the share of a pattern had one of 0.08 about a half.  Limits are
    five such deviations off.
    """
    rng = np.random.default_rng(0)
    patterns = np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], dtype=float)
    X = np.abs(patterns[rng.integers(0, 2, 600)] - (rng.random((600, 6)) < 0.05))
    X, patterns = low + (1.0 - low) * X, low + (1.0 - low) * patterns
    network = DeepBeliefNetwork((8, 4), spins=low < 0.0, n_epochs=60, random_state=1).fit(X)
    draws = network.sample(1000)
    distances = np.abs(draws[:, None] - patterns).sum(axis=2) / (1.0 - low)
    assert (distances.min(axis=1) <= 1).mean() > 0.905
    shares = np.bincount(distances.argmin(axis=1), minlength=2) / 1000
    assert shares.min() > 0.1
    assert network.transform(X).shape == (600, 4)
    again = network.inverse_transform(network.transform(patterns))
    assert (np.abs(again - patterns).max(axis=1) < 0.5 * (1.0 - low)).all()


def rows(n=120, n_features=6):
    return (np.random.default_rng(2).random((n, n_features)) < 0.4) + 0.0


def test_an_epoch_at_a_time():
    """The first call is a fit of one epoch; every later one is another of each machine, the lower ones first."""
    X, settings = rows(), {"n_chains": 10, "random_state": 0}
    whole = DeepBeliefNetwork((5, 3), n_epochs=1, **settings).fit(X)
    parts = DeepBeliefNetwork((5, 3), **settings).partial_fit(X)
    for one, other in zip(whole.machines_, parts.machines_, strict=True):
        assert np.array_equal(one.theta_, other.theta_)
    for network in (whole, parts):
        network.partial_fit(X[:50])
    lowest, top = parts.machines_
    assert np.array_equal(whole.machines_[1].theta_, top.theta_)
    assert (len(lowest.history_["loss"]), len(top.history_["loss"])) == (2, 2)
    before = top.theta_.copy()
    parts.set_params(learning_rate=1e-9).partial_fit(X)
    assert 0.0 < np.abs(top.theta_ - before).max() < 1e-8


def test_curves_of_all_machines():
    network = DeepBeliefNetwork((5, 3), n_epochs=4, validation_fraction=0.25, random_state=0).fit(rows())
    names = ("loss", "gradient_norm", "validation_loss")
    assert set(network.history_) == {f"{name}_{layer}" for name in names for layer in (1, 2)}
    assert np.array_equal(network.history_["validation_loss_2"], network.machines_[1].history_["validation_loss"])
    assert not hasattr(DeepBeliefNetwork(), "history_")


def test_every_machine_stops_by_itself():
    """Each takes the parameters of the best of its epochs, three before its last."""
    settings = {"n_epochs": 60, "validation_fraction": 0.3, "patience": 3, "schedule": "constant"}
    network = DeepBeliefNetwork((5, 3), learning_rate=0.5, random_state=0, **settings).fit(rows())
    curves = [network.history_[f"validation_loss_{layer}"] for layer in (1, 2)]
    assert [np.argmin(curve) - len(curve) for curve in curves] == [-4, -4]
    assert max(map(len, curves)) < 60
    unstopped = DeepBeliefNetwork(
        (5, 3), learning_rate=0.5, random_state=0, **{**settings, "patience": None}
    )  # control
    assert len(unstopped.fit(rows()).history_["validation_loss_2"]) == 60


def test_the_top_goes_by_block_gibbs_where_it_is_too_large():
    network = DeepBeliefNetwork((21, 22), n_epochs=1, n_gibbs=3, spins=True, random_state=0).fit(2.0 * rows() - 1.0)
    assert set(np.unique(network.sample(50))) == {-1.0, 1.0}
    assert not np.array_equal(network.sample(50), network.set_params(n_gibbs=4).sample(50))


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"hidden": ()}, "hidden = "),
        ({"n_gibbs": 0}, "n_gibbs = 0"),
        ({"n_steps": 0}, "n_steps = 0"),
        ({"negative_phase": "foo"}, "negative_phase = 'foo'"),
        ({"hidden": (21, 22), "validation_fraction": 0.2}, r"validation_fraction = 0\.2: expected 0 for .* 6, 21, 22"),
    ],
)
def test_refusals(settings, match):
    """Before anything is learnt."""
    network = DeepBeliefNetwork((3,), n_epochs=1)
    for learn in (network.set_params(**settings).fit, network.partial_fit):
        with pytest.raises(ValueError, match=match):
            learn(rows())
    assert not hasattr(network, "machines_")
