"""Annealed importance sampling of the partition function of a Boltzmann machine."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from scipy.special import logsumexp

from samplers.generative.boltzmann.chains import gibbs


def log_partition(machine: Any, n_temperatures: int, n_chains: int, rng: np.random.Generator) -> tuple[float, float]:
    """Log Z and its standard error.

    R. M. Neal, Stat. Comput. 11, 125 (2001); R. Salakhutdinov and I. Murray, ICML 2008.  Chains go from the density at
    beta = 0, whose Z is known, to the machine by equal steps of beta, one step of block Gibbs each; the mean of their
    weights is an unbiased estimate of the ratio of both Z.  The error is that of the mean weight, carried to its
    logarithm.

    Raises
    ------
    ValueError
        for fewer than one temperature or two chains.
    """
    if n_temperatures < 1 or n_chains < 2:
        raise ValueError(f"{n_temperatures} temperatures, {n_chains} chains: expected at least 1 and 2")
    betas = np.linspace(0.0, 1.0, n_temperatures + 1)
    V = machine.draw_visible(machine.visible_input(np.zeros((n_chains, machine.n_hidden)), 0.0), rng)
    log_weights = np.zeros(n_chains)
    for lower, upper in itertools.pairwise(betas):
        if lower > 0.0:
            V = gibbs(machine, V, 1, rng, lower)
        log_weights += machine.negative_free_energy(V, upper) - machine.negative_free_energy(V, lower)
    log_mean = float(logsumexp(log_weights)) - np.log(n_chains)
    relative = np.exp(log_weights - log_mean)
    return machine.log_base() + log_mean, float(relative.std(ddof=1) / np.sqrt(n_chains))
