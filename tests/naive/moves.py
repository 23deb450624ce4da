"""The moves once more, walker by walker in plain NumPy, with the same random numbers in the same order.

A target needs `log_density` and `gradient` of X (n_points, n), and `n` and `width`; each twin makes one step
from x with the stream `state` and returns the new x and the number of accepted proposals.
"""

import math
from types import SimpleNamespace

import numpy as np
from scipy import stats

from numerics.random import fill_normal, uniform


def scales_of(move, n):
    """How many times as long its steps are in each coordinate."""
    return np.array(move.scales or np.ones(n))


def limited_drift(target, X, time_step, limit):
    """v = 1/2 grad log pi, block by block shortened as in Umrigar, Nightingale and Runge (1993), eq. (35).

    The time step is one for all coordinates, or of each.
    """
    time_step = np.broadcast_to(time_step, target.n).reshape(-1, target.width)[:, :1]
    V = 0.5 * target.gradient(X).reshape(len(X), -1, target.width)
    if limit == 0.0:
        return V.reshape(X.shape)
    x = limit * (V**2).sum(axis=2, keepdims=True) * time_step
    return (V * (np.sqrt(1.0 + 2.0 * x) - 1.0) / x).reshape(X.shape)


def decided(log_ratio, state):
    """One decision of a twin."""
    return math.log(max(uniform(state), 1e-320)) < log_ratio


def metropolis_twin(target, move, x, state):
    y, z = x.copy(), np.empty(target.n)
    fill_normal(state, z, target.n)
    y += move.step_size * scales_of(move, target.n) * z
    log_ratio = target.log_density(y[None])[0] - target.log_density(x[None])[0]
    return (y, 1) if decided(log_ratio, state) else (x, 0)


def block_twin(target, move, x, state):
    n_accepted, z = 0, np.empty(target.width)
    for i in range(target.n // target.width):
        fill_normal(state, z, target.width)
        y = x.copy()
        block = slice(i * target.width, (i + 1) * target.width)
        y[block] += move.step_size * scales_of(move, target.n)[block] * z
        log_ratio = target.log_density(y[None])[0] - target.log_density(x[None])[0]
        if decided(log_ratio, state):
            x, n_accepted = y, n_accepted + 1
    return x, n_accepted


def langevin_twin(target, move, x, state):
    dt, z = move.time_step * scales_of(move, target.n) ** 2, np.empty(target.n)
    fill_normal(state, z, target.n)
    v_x = limited_drift(target, x[None], dt, move.drift_limit)[0]
    y = x + dt * v_x + np.sqrt(dt) * z
    v_y = limited_drift(target, y[None], dt, move.drift_limit)[0]
    log_ratio = target.log_density(y[None])[0] - target.log_density(x[None])[0]
    log_ratio += stats.norm.logpdf(x, y + dt * v_y, np.sqrt(dt)).sum()
    log_ratio -= stats.norm.logpdf(y, x + dt * v_x, np.sqrt(dt)).sum()
    return (y, 1) if decided(log_ratio, state) else (x, 0)


def tempering_twin(target, move, x, state):
    """Metropolis moves of every replica, then swaps of the pairs (0, 1), (2, 3), ... and (1, 2), (3, 4), ..."""
    beta, x, n_accepted = 1.0 / np.array(move.temperatures), x.reshape(len(move.temperatures), -1).copy(), 0
    for r, b in enumerate(beta):
        tempered = SimpleNamespace(n=target.n, log_density=lambda X, b=b: b * target.log_density(X))
        for _ in range(move.n_moves):
            x[r], n = metropolis_twin(tempered, move.move, x[r], state)
            n_accepted += n
    for parity in (0, 1):
        for r in range(parity, len(beta) - 1, 2):
            low, high = target.log_density(x[r : r + 2])
            if decided((beta[r] - beta[r + 1]) * (high - low), state):
                x[[r, r + 1]] = x[[r + 1, r]]
    return x.ravel(), n_accepted
