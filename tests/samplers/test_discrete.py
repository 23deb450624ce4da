"""The decision on a space of five points, where the whole transition matrix can be written down.

The random stream is set so that a chosen number comes out: the probability of acceptance is then found to the
last of its 53 bits by bisection, without any sampling.
"""

import numpy as np
import pytest

from numerics.random import uniform
from samplers.acceptance import decide

N_STATES, BITS = 5, 53
MASK = 2**64 - 1


def stream_giving(number):
    """Random streams (1, 4) whose next uniform number is `number` / 2^53.

    xoshiro256++ puts out rotl(s_0 + s_3, 23) + s_0, which is rotl(s_3, 23) for s_0 = 0.
    """
    word = number << (64 - BITS)
    return np.array([[0, 1, 1, (word >> 23 | word << (64 - 23)) & MASK]], dtype=np.uint64)


def accepts(log_ratio, number):
    accepted = np.zeros(1, np.bool_)
    n_accepted = decide(np.array([log_ratio]), stream_giving(number), accepted)
    assert n_accepted == accepted[0]
    return bool(accepted[0])


def acceptance_probability(log_ratio):
    """Share of the 2^53 uniform numbers that accept; those are the ones below a threshold."""
    if not accepts(log_ratio, 0):
        return 0.0
    low, high = 0, 2**BITS  # `low` accepts, `high` is beyond all numbers
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if accepts(log_ratio, middle) else (low, middle)
    return high / 2**BITS


def transition_matrix(pi, Q, log_ratio):
    """P(x, y) = Q(x, y) A(x, y) off the diagonal; what is refused stays."""
    P = np.zeros_like(Q)
    for x in range(N_STATES):
        for y in range(N_STATES):
            if x != y and Q[x, y] > 0.0:
                P[x, y] = Q[x, y] * acceptance_probability(log_ratio(x, y))
        P[x, x] = 1.0 - P[x].sum()
    return P


@pytest.fixture(scope="module")
def chain():
    """A target of very unequal weights and lopsided proposals."""
    rng = np.random.default_rng(3)
    pi = rng.dirichlet(np.full(N_STATES, 0.4)) + 1e-4
    Q = rng.dirichlet(np.full(N_STATES, 0.7), N_STATES) + 0.01
    return pi / pi.sum(), Q / Q.sum(axis=1, keepdims=True)


def test_streams_give_the_chosen_number():
    for number in (0, 1, 2**52 + 12345, 2**53 - 1):
        assert uniform(stream_giving(number)[0]) == number / 2**53


def test_transition_matrix_is_in_detailed_balance(chain):
    pi, Q = chain
    P = transition_matrix(pi, Q, lambda x, y: np.log(pi[y] * Q[y, x]) - np.log(pi[x] * Q[x, y]))
    expected = np.minimum(Q, (pi[None, :] * Q.T) / pi[:, None])
    off = ~np.eye(N_STATES, dtype=bool)
    np.testing.assert_allclose(P[off], expected[off], rtol=1e-14, atol=2.0**-BITS)
    flow = pi[:, None] * P
    assert np.abs(flow - flow.T).max() < 1e-16
    np.testing.assert_allclose(pi @ P, pi, rtol=1e-14)


def test_without_the_proposal_ratio_another_density_is_stationary(chain):
    """Negative control: the same chain with the Hastings factor left out."""
    pi, Q = chain
    P = transition_matrix(pi, Q, lambda x, y: np.log(pi[y]) - np.log(pi[x]))
    assert np.abs(pi @ P - pi).max() > 1e-2


@pytest.mark.parametrize(
    ("log_ratio", "probability"), [(0.0, 1.0), (50.0, 1.0), (np.inf, 1.0), (-np.inf, 0.0), (np.nan, 0.0)]
)
def test_ends_of_the_scale(log_ratio, probability):
    assert acceptance_probability(log_ratio) == probability


@pytest.mark.parametrize("log_ratio", [-1e-9, -0.1, -1.0, -7.5, -30.0])
def test_probability_is_the_exponential(log_ratio):
    assert acceptance_probability(log_ratio) == pytest.approx(np.exp(log_ratio), rel=1e-15, abs=2.0**-BITS)
