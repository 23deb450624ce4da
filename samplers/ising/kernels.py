"""Compiled updates of Ising spins: single spins by Metropolis, clusters by Wolff's method."""

from __future__ import annotations

import math

import numpy as np

from numerics.link import kernel
from numerics.random import random_word
from samplers.acceptance import decide

_LOG_TWO = math.log(2.0)


@kernel
def metropolis_sweep(S, size, K, states):
    """Offer every spin one of its two values at random, site by site, in all walkers; S (sites, walkers) of -1 and 1.

    N. Metropolis et al., J. Chem. Phys. 21, 1087 (1953).  The value is the other one in half of the cases, for which
    the decision is taken with half the probability.  Offers that are always the other value turn every spin in every
    sweep as K goes to zero, and configurations alternate; so any configuration leads to any in one sweep.
    """
    n_walkers = S.shape[1]
    log_ratio, turned = np.empty(n_walkers), np.empty(n_walkers, dtype=np.bool_)
    for row in range(size):
        up, down = (row - 1) % size * size, (row + 1) % size * size
        for column in range(size):
            left, right = row * size + (column - 1) % size, row * size + (column + 1) % size
            s = S[row * size + column]
            for w in range(n_walkers):
                around = S[up + column, w] + S[down + column, w] + S[left, w] + S[right, w]
                log_ratio[w] = min(-2.0 * K * s[w] * around, 0.0) - _LOG_TWO
            decide(log_ratio, states, turned)
            for w in range(n_walkers):
                s[w] = -s[w] if turned[w] else s[w]


@kernel
def wolff_update(S, size, bond, states):
    """Turn one cluster of every walker: U. Wolff, Phys. Rev. Lett. 62, 361 (1989).

    A cluster grows from a random site over bonds between equal spins, each of which joins with the probability
    1 - exp(-2 K), given as the `bond` of 2^64 that a random word has to be below.
    """
    waiting = np.empty(size * size, dtype=np.int64)
    turned = 0
    for w in range(S.shape[1]):
        site = np.int64(random_word(states[w]) % np.uint64(size * size))
        spin = S[site, w]
        S[site, w] = -spin
        waiting[0], n_waiting = site, 1
        while n_waiting > 0:
            n_waiting -= 1
            site = waiting[n_waiting]
            turned += 1
            row, column = site // size, site % size
            for k in range(4):
                if k < 2:
                    other = (row + 2 * k - 1) % size * size + column
                else:
                    other = row * size + (column + 2 * k - 5) % size
                if S[other, w] == spin and random_word(states[w]) < bond:
                    S[other, w] = -spin
                    waiting[n_waiting] = other
                    n_waiting += 1
    return turned
