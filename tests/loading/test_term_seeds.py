"""Two terms of one kind in a configuration do not begin alike: they would have equal derivatives, and stay alike."""

import numpy as np

from vmc.build.physics import build
from vmc.build.seeds import term_seeds
from vmc.config import check_config
from vmc.config.factor_sections import FeedForwardFactor, GaussianFactor

DOT = {"system": {"n_particles": 2, "n_dim": 2}, "hamiltonian": {"omega": 1.0}, "seed": 7}
NETWORK = {"kind": "feed_forward", "hidden": [4]}


def trap(*factors):
    return build(check_config({**DOT, "wavefunction": [{"kind": "gaussian"}, *factors]})).wave_function


def test_the_first_of_a_kind_has_the_seed_itself():
    network, gaussian = FeedForwardFactor(kind="feed_forward"), GaussianFactor(kind="gaussian")
    seeds = term_seeds(7, [network, gaussian, network, network, gaussian])
    assert seeds[0] == seeds[1] == 7
    assert len(set(seeds[1:4])) == 3
    assert seeds[4] == seeds[2]


def test_two_networks_begin_apart():
    one, two = trap(NETWORK), trap(NETWORK, NETWORK)
    size = one.n_params - 1
    first, second = two.theta[1 : 1 + size], two.theta[1 + size :]
    np.testing.assert_array_equal(first, one.theta[1:])
    weights = first[: 4 * 4] != 0.0
    assert weights.any()
    assert not np.any(first[: 4 * 4][weights] == second[: 4 * 4][weights])


def test_two_networks_that_displace_begin_apart():
    network = {"kind": "message_passing", "width": 4, "hidden": [4]}
    data = {
        "system": {"n_particles": 14, "n_dim": 3, "n_up": 7},
        "hamiltonian": {"kind": "electron_gas", "r_s": 2.0},
        "wavefunction": [{"kind": "slater", "backflow": [network, network]}],
    }
    first, second = build(check_config(data)).wave_function.quasi.parts
    assert first.theta.size == second.theta.size
    assert not np.any(first.theta[:32] == second.theta[:32])
