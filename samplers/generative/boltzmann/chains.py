"""Markov chains for the negative phase of a Boltzmann machine: from the data, persistent, or tempered.

Their steps are block Gibbs or, for real visible units where it is asked for, Gibbs-Langevin.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from numerics.random import stream_states
from samplers.acceptance import decide
from samplers.generative.boltzmann.langevin import relax

#: 'cd' starts at the batch, for n_steps steps (Hinton 2002); 'pcd' goes on where the last update left it
#: (Tieleman, ICML 2008); 'tempering' does so at a ladder of temperatures that swap (Desjardins et al., AISTATS 2010).
NEGATIVE_PHASES = ("cd", "pcd", "tempering")
#: Rungs of the ladder between the density that is known and the machine.
N_RUNGS = 10


def start(machine: Any, rng: np.random.Generator) -> None:
    """Put persistent chains, ``chains_``, where they begin: at the density of beta = 0."""
    rungs = N_RUNGS if machine.negative_phase == "tempering" else 1
    nothing = np.zeros((rungs * machine.n_chains, machine.n_hidden))
    V = machine.draw_visible(machine.visible_input(nothing, 0.0), rng)
    machine.chains_ = V.reshape(rungs, machine.n_chains, -1) if rungs > 1 else V
    machine.swap_states_ = stream_states(int(rng.integers(2**62)), 0, machine.n_chains)


def advance(machine: Any, batch: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Visible states (chains, V) for the negative phase, after `n_steps` steps."""
    if machine.negative_phase == "cd":
        return step(machine, batch, machine.n_steps, rng)
    if machine.negative_phase == "pcd":
        machine.chains_ = step(machine, machine.chains_, machine.n_steps, rng)
        return machine.chains_
    for _ in range(machine.n_steps):
        temper(machine, machine.chains_, machine.swap_states_, rng)
    return machine.chains_[-1].copy()


def step(machine: Any, V: np.ndarray, n_steps: int, rng: np.random.Generator, beta: Any = 1.0) -> np.ndarray:
    """As many steps of whichever chain the machine learns by."""
    return (gibbs_langevin if machine.n_langevin else gibbs)(machine, V, n_steps, rng, beta)


def gibbs(machine: Any, V: np.ndarray, n_steps: int, rng: np.random.Generator, beta: Any = 1.0) -> np.ndarray:
    """Block Gibbs: hidden units given the visible ones, then visible given hidden; leaves exp(-F_beta) invariant.

    beta is a number or a column (rows, 1) of them.
    """
    for _ in range(n_steps):
        H = machine.hidden.draw(beta * machine.hidden_input(V), rng)
        V = machine.draw_visible(machine.visible_input(H, beta), rng)
    return V


def gibbs_langevin(machine: Any, V: np.ndarray, n_steps: int, rng: np.random.Generator, beta: Any = 1.0) -> np.ndarray:
    """Hidden units given the visible ones, then `n_langevin` Langevin steps of the visible units given the hidden.

    R. Liao, S. Kornblith, M. Ren, D. J. Fleet and G. Hinton, arXiv:2210.10318 (2022), with the decision that makes
    every time step exact: each step is reversible given h, so the chain is reversible for exp(-F_beta).  beta is a
    number or a column (rows, 1) of them.
    """
    deviation = machine.deviation_of_visible()
    for _ in range(n_steps):
        H = machine.hidden.draw(beta * machine.hidden_input(V), rng)
        mean = machine.visible_input(H, beta)
        V = mean + deviation * relax((V - mean) / deviation, machine.n_langevin, machine.time_step, rng)
    return V


def temper(machine: Any, V: np.ndarray, states: np.ndarray, rng: np.random.Generator) -> None:
    """One step at every rung, then swaps between neighbours (even pairs, odd pairs), in place; V (rungs, chains, V).

    States (chains, 4) are streams of random numbers for the decisions.  Two rungs swap with probability
    min(1, exp(F_a(v_a) + F_b(v_b) - F_a(v_b) - F_b(v_a))).
    """
    rungs, n_chains, n = V.shape
    betas = np.linspace(0.0, 1.0, rungs)
    moved = step(machine, V.reshape(-1, n), 1, rng, np.repeat(betas, n_chains)[:, None])
    V[:] = moved.reshape(V.shape)
    for first in (0, 1):
        for lower in range(first, rungs - 1, 2):
            here, above = V[lower].copy(), V[lower + 1].copy()
            log_ratio = (
                machine.negative_free_energy(above, betas[lower])
                + machine.negative_free_energy(here, betas[lower + 1])
                - machine.negative_free_energy(here, betas[lower])
                - machine.negative_free_energy(above, betas[lower + 1])
            )
            swapped = np.empty(n_chains, dtype=np.bool_)
            decide(log_ratio, states, swapped)
            V[lower, swapped], V[lower + 1, swapped] = above[swapped], here[swapped]
