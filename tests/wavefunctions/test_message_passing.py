"""The message-passing network: the same as a slow twin, its limits, and what it refuses."""

import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.system import System
from tests.naive.message_passing import message_passing
from tests.wavefunctions.test_quasi_particles import coordinates, everything, points
from wavefunctions.message_passing import MessagePassing

BOX = Cell.rectangular([3.0, 2.5, 4.0])
SYSTEMS = {
    "box": System(5, 3, 3, BOX),
    "fcc": System(4, 3, 2, Cell.of_volume(20.0, "fcc")),
    "open": System(3, 2, 2),
}


def network(system, **settings):
    small = {"width": 6, "hidden": (6, 5), "displacement_scale": 0.3, "output_scale": 1.0, "seed": 3}
    return MessagePassing(system, **{**small, **settings})


#: What compiles for long and differs from the others by the features of particles in a trap alone.
TRAP = pytest.param("open", marks=pytest.mark.slow)
#: Iterations and factors.
TWINS = [(1, 0), (1, 4), *(pytest.param(*case, marks=pytest.mark.slow) for case in ((2, 0), (2, 1), (3, 0)))]


@pytest.mark.parametrize(("iterations", "n_factors"), TWINS)
@pytest.mark.parametrize("name", ["box", "fcc", TRAP])
def test_the_same_as_a_slow_twin(name, iterations, n_factors):
    system = SYSTEMS[name]
    quasi = network(system, iterations=iterations, n_factors=n_factors)
    X = points(quasi, 11)
    Q, S = coordinates(quasi, X)
    for x, q, s in zip(X, Q, S, strict=True):
        twin_q, twin_s = message_passing(quasi, x.reshape(system.n_particles, -1))
        np.testing.assert_allclose(q, twin_q.ravel(), rtol=1e-12, atol=1e-12)
        assert s == pytest.approx(twin_s, rel=1e-11, abs=1e-12)


def test_without_displacement_particles_stay_where_they_are():
    quasi = network(SYSTEMS["box"], displacement_scale=0.0)
    X = points(quasi)
    assert (coordinates(quasi, X)[0] == X).all()
    assert np.ptp(coordinates(quasi, X)[1]) > 1e-3


@pytest.mark.parametrize("iterations", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_kink_at_contact_is_one_of_the_distance(iterations):
    """S along a line through contact: with a kink its slopes differ in sign only, without one it has none."""
    quasi = network(SYSTEMS["box"], iterations=iterations)
    x = points(quasi, 1)
    offset = np.zeros(x.shape)
    offset[0, 3:6] = np.array([1.0, 2.0, -1.0]) / np.sqrt(6)
    x[0, 3:6] = x[0, :3]

    def slopes(h):
        """Of the even and the odd part of S."""
        _, (plus, minus, centre) = coordinates(quasi, np.concatenate([x + h * offset, x - h * offset, x]))
        return 0.5 * (plus + minus - 2 * centre) / h, 0.5 * (plus - minus) / h

    (near, odd), (far, _) = slopes(1e-5), slopes(2e-5)
    assert abs(near) > 1e-3
    assert near == pytest.approx(far, rel=1e-3)
    assert odd != 0.0


def test_later_iterations_add_networks_of_their_own():
    """Names and number of the parameters; the first iteration's come first, drawn as those of a single one."""
    once, twice = (network(SYSTEMS["box"], iterations=t) for t in (1, 2))
    names = [name for name, _ in twice.layout.shapes]
    assert {"edge_weights1", "query_2_weights", "message_2_biases3", "update_2_weights1"} < set(names)
    assert not {"edge_2_weights1", "query_1_weights"} & set(names)
    shared = once.theta.size - sum(v.size for v in views(once, "factor") + views(once, "displacement"))
    assert (twice.theta[:shared] == once.theta[:shared]).all()
    assert twice.theta.size > 2 * once.theta.size


def views(quasi, word):
    every = zip(quasi.layout.shapes, quasi.layout.views(quasi.theta), strict=True)
    return [view for (name, _), view in every if name.startswith(word)]


@pytest.mark.slow
def test_hidden_features_of_pairs_are_heard_through_second_messages():
    """Edges of the first iteration matter, and no longer do where the second messages are silent."""
    quasi = network(SYSTEMS["box"], iterations=2)
    X = points(quasi, 3)

    def change():
        before = coordinates(quasi, X)[0]
        for view in views(quasi, "edge"):
            view *= 1.5
        return np.abs(coordinates(quasi, X)[0] - before).max()

    assert change() > 1e-6
    for view in views(quasi, "message_2_weights3") + views(quasi, "message_2_biases3"):
        view[:] = 0.0
    assert change() == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("iterations", [1, 2])
@pytest.mark.parametrize("name", ["box", "fcc", "open"])
def test_contact_leaves_everything_finite(name, iterations):
    system = SYSTEMS[name]
    quasi = network(system, iterations=iterations)
    X = points(quasi, 2)
    d = system.n_dim
    X[0, d : 2 * d] = X[0, :d]
    found = everything(quasi, X, np.ones(X.shape))
    for array in (found.Q, found.J, found.laplacian, found.S, found.grad_S, found.laplacian_S, found.pulled):
        assert np.isfinite(array).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"width": 0}, "width = \\[0\\]"),
        ({"hidden": ()}, "hidden = \\[\\]: expected at least one layer"),
        ({"activation": "relu"}, "activation = 'relu'"),
        ({"displacement_scale": -1.0}, "displacement_scale = -1.0"),
        ({"output_scale": -1.0}, "output_scale = -1.0"),
        ({"iterations": 0}, "iterations = 0: expected at least one"),
        ({"n_factors": -1}, "n_factors = -1: expected a number not below zero"),
        ({"length": 0.0}, "length = 0.0: expected a positive number"),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        network(SYSTEMS["open"], **settings)
