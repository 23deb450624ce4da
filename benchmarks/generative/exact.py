"""Targets that are sums, integrals and recursions worked out beforehand: how far the package is from them at most.

The numbers are those that the tests hold: tests/generative.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from data import mean_and_error
from rows import Row, bounded
from scipy.special import logsumexp

from numerics.random import stream_states
from samplers.generative import Diffusion
from samplers.generative.boltzmann.chains import N_RUNGS, gibbs, step, temper
from tests.generative import exact_diffusion, exact_sums
from tests.generative.chain_checks import LIMIT, draw, largest_deviation, p_value_of_rank, transition_matrix
from tests.generative.machines import all_rows, binary, gaussian, three_rows
from tests.naive import gaussian_machine
from tests.naive.spline_flow import gradient as complex_steps

#: Chains of real visible units, by name.
REAL_CHAINS = {"Gibbs": {}, "Gibbs-Langevin": {"n_langevin": 3, "time_step": 0.8}}


def largest(found: object, expected: object) -> float:
    """Absolute difference."""
    return float(np.abs(np.subtract(found, expected)).max())


def binary_sums() -> Iterator[Row]:
    """G1: machines of 4 x 3 and 10 x 8 two-valued units."""
    sizes = list(exact_sums.SUMS)
    value = max(largest(exact_sums.sums(binary(*size)), exact_sums.SUMS[size]) for size in sizes)
    yield bounded("G1", "RBM: log Z, likelihood, entropy, moments, largest deviation", value, 1e-10)
    value = max(largest(exact_sums.gradient(binary(*size)), exact_sums.GRADIENTS[size]) for size in sizes)
    yield bounded("G1", "RBM: gradients of the likelihood", value, 1e-10)
    value = max(largest(exact_sums.spins(binary(*size, spins=True)), exact_sums.SPINS[size]) for size in sizes)
    yield bounded("G1", "units of -1 and 1: log Z, norm of the wave function", value, 1e-10)
    value = max(_between_layers(*size, spins) for size in sizes for spins in (False, True))
    yield bounded("G1", "sums over visible against hidden states: log Z, all moments", value, 1e-10)


def _between_layers(n_visible: int, n_hidden: int, spins: bool) -> float:
    machine = binary(n_visible, n_hidden, spins=spins)
    V = np.where(all_rows(n_visible) == 1.0, 1.0, machine.hidden.low)
    log_weights = machine.negative_free_energy(V)
    log_Z = logsumexp(log_weights)
    by_visible = machine.visible_statistics(V, np.exp(log_weights - log_Z))
    return max(abs(log_Z - machine.log_partition_exact()), largest(by_visible, machine.negative_phase_exact()))


def gaussian_sums() -> Iterator[Row]:
    """G2: machines of 2 x 3 and 8 x 10 units, and all derivatives by complex steps, log sigma^2 among them."""
    known = exact_sums.GAUSSIANS
    value = max(largest(exact_sums.gaussians(gaussian(*size)), known[size]) for size in known)
    yield bounded("G2", "GBRBM: log Z, log p, moments, largest deviation", value, 1e-10)
    machines = [(gaussian(*size), three_rows(size[0])) for size in ((2, 3), (3, 4), (8, 6))]
    value = max(_from_complex_steps(machine, X) for machine, X in machines)
    yield bounded("G2", "GBRBM: gradients against complex steps", value, 1e-9)


def _from_complex_steps(machine, X: np.ndarray) -> float:
    expected = complex_steps(
        lambda theta: gaussian_machine.mean_log_likelihood(theta, X, machine.n_hidden), machine.theta_
    )
    return largest(machine.positive_phase(X) - machine.negative_phase_exact(), expected)


def chains() -> Iterator[Row]:
    """G3: the whole matrix of a small machine, moments of chains that begin with exact draws, exact rank tests."""
    matrices = [transition_matrix(binary(4, 3, spins=spins)) for spins in (False, True)]
    value = max(largest(p @ matrix, p) for p, matrix in matrices)
    yield bounded("G3", "block Gibbs of 4 x 3 units: largest entry of pi P - pi", value, 1e-12)
    rng, found = np.random.default_rng(1), []
    for machine in (binary(4, 3), binary(10, 8), binary(10, 8, spins=True)):
        found.append(largest_deviation(machine, gibbs(machine, draw(machine, 40_000, rng), 4, rng)))
        found.append(_of_tempered(machine, rng))
    for size in ((2, 3), (8, 10)):
        for settings in REAL_CHAINS.values():
            machine = gaussian(*size, **settings)
            found.append(largest_deviation(machine, step(machine, draw(machine, 40_000, rng), 4, rng)))
            found.append(_of_tempered(machine, rng))
    item = "Gibbs, Gibbs-Langevin, tempering: largest deviation of a moment, in errors"
    yield Row("G3", item, float(max(found)), f"< {LIMIT}", max(found) < LIMIT)
    machines = [binary(4, 3), binary(10, 8), *(gaussian(2, 3, **settings) for settings in REAL_CHAINS.values())]
    value = min(1.0, len(machines) * min(p_value_of_rank(machine) for machine in machines))
    yield Row(
        "G3", "Gibbs, Gibbs-Langevin: least p-value of rank tests, times their number", value, "> 1e-5", value > 1e-5
    )


def _of_tempered(machine, rng: np.random.Generator) -> float:
    """Largest deviation over the rungs of a ladder, all of which begin with exact draws."""
    betas, n_chains = np.linspace(0.0, 1.0, N_RUNGS), 10_000
    V = np.array([draw(machine, n_chains, rng, beta) for beta in betas])
    states = stream_states(5, 0, n_chains)
    for _ in range(3):
        temper(machine, V, states, rng)
    return max(largest_deviation(machine, rows, beta) for rows, beta in zip(V, betas))


def exact_noise() -> Iterator[Row]:
    """G13: diffusion of normal densities with the exact noise."""
    found = []
    for (schedule, n_steps), (mean, *variances) in exact_diffusion.ANCESTRAL.items():
        for choice, variance in zip(("beta", "posterior"), variances):
            found.append(largest(exact_diffusion.moments(schedule, n_steps, choice), (mean, variance)))
    yield bounded("G13", "diffusion, exact noise, ancestral steps: mean and variance", max(found), 1e-8)
    value = max(largest(exact_diffusion.implicit_moments(n), known) for n, known in exact_diffusion.IMPLICIT.items())
    yield bounded("G13", "diffusion, exact noise, implicit steps: mean and variance", value, 1e-8)
    exact = exact_diffusion.MIXTURE.log_density(exact_diffusion.POINTS)
    value = largest(exact_diffusion.flow_log_density(2500), exact)
    yield bounded("G13", "diffusion, exact noise: log density by the flow, six points", value, 1e-6)
    yield _bound()


def _bound() -> Row:
    """The variational bound less the log density, which with the exact noise is zero but for the error."""
    mixture = exact_diffusion.MIXTURE
    X = mixture.sample(4000, np.random.default_rng(0))
    scores = Diffusion().set_noise(mixture.predict, 2).bound(X, 200, random_state=1)
    gap, error = mean_and_error(scores.values - mixture.log_density(X))
    item = "diffusion, exact noise: variational bound less log density, mean of 4,000 rows"
    return Row("G13", item, gap, f"within {LIMIT} errors of 0", abs(gap) < LIMIT * error, error=error)
