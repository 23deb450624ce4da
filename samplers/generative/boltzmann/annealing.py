"""Annealed importance sampling of the partition function of a Boltzmann machine, from two starts that must agree."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from scipy.special import logsumexp

from samplers.generative.boltzmann.chains import gibbs
from samplers.settings import whole_number

#: Standard errors by which both starts may differ: more happens by chance once in 100,000 times.
MOST_ERRORS = 4.42


def log_partition(
    machine: Any, n_temperatures: int, n_chains: int, rng: np.random.Generator, rows: np.ndarray | None = None
) -> tuple[float, float]:
    """Log Z and its standard error, from chains of the machine as it is and of `machine.other_start()`.

    Chains that all go to one mode of several find weights that hardly differ and are all too small: their scatter does
    not show it.  So the error is infinite if both starts differ by more than `MOST_ERRORS` errors, or if distinct
    states, those at which chains end and the given rows, alone weigh more than Z.  Log Z is then the largest of what
    was found: the mean weight is unbiased, so that it exceeds Z by k nats with a probability of at most exp(-k).  Modes
    that no start leads to and no state is in remain unseen.

    Raises
    ------
    ValueError
        for fewer than one temperature or two chains.
    """
    n_temperatures, n_chains = whole_number("n_temperatures", n_temperatures), whole_number("n_chains", n_chains, 2)
    first, first_error, V = anneal(machine, n_temperatures, n_chains, rng)
    second, second_error, V_other = anneal(machine.other_start(), n_temperatures, n_chains, rng)
    variances = np.array([first_error, second_error]) ** 2 + np.finfo(float).tiny
    shares = variances[::-1] / variances.sum()
    log_Z, error = float(logsumexp([first, second], b=shares)), float(np.sqrt(1.0 / (1.0 / variances).sum()))
    # Rounding makes a difference where W = 0 and both starts are exact.
    rounding = 1e-9 * max(1.0, abs(first))
    agree = abs(first - second) <= MOST_ERRORS * np.hypot(first_error, second_error) + rounding
    least = -np.inf
    if machine.is_binary:
        states = np.concatenate([V, V_other] if rows is None else [V, V_other, rows])
        least = float(logsumexp(machine.negative_free_energy(np.unique(states, axis=0))))
    if agree and least <= log_Z + MOST_ERRORS * error + rounding:
        return log_Z, error
    return max(first, second, least), np.inf


def anneal(
    machine: Any, n_temperatures: int, n_chains: int, rng: np.random.Generator
) -> tuple[float, float, np.ndarray]:
    """Log Z from one start, its standard error, and the states (n_chains, V) at which the chains end.

    R. M. Neal, Stat. Comput. 11, 125 (2001); R. Salakhutdinov and I. Murray, ICML 2008.  Chains go from the density at
    beta = 0, whose Z is known, to the machine by equal steps of beta, one step of block Gibbs each; the mean of their
    weights is an unbiased estimate of the ratio of both Z.  The error is that of the mean weight, carried to its
    logarithm.
    """
    betas = np.linspace(0.0, 1.0, n_temperatures + 1)
    V = machine.draw_visible(machine.visible_input(np.zeros((n_chains, machine.n_hidden)), 0.0), rng)
    log_weights = np.zeros(n_chains)
    for lower, upper in itertools.pairwise(betas):
        if lower > 0.0:
            V = gibbs(machine, V, 1, rng, lower)
        log_weights += machine.negative_free_energy(V, upper) - machine.negative_free_energy(V, lower)
    log_mean = float(logsumexp(log_weights)) - np.log(n_chains)
    relative = np.exp(log_weights - log_mean)
    return machine.log_base() + log_mean, float(relative.std(ddof=1) / np.sqrt(n_chains)), V
