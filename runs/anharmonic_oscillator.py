"""One particle in x^2 / 2 + x^4 / 10 with a wave function, a potential and a move of one's own.

    python runs/anharmonic_oscillator.py

The ground-state energy is 0.559146327 (Bender and Orszag, "Advanced Mathematical Methods" (1978); a matrix of 60
oscillator states gives the same digits).
"""

import math
from dataclasses import dataclass

import numba
import numpy as np

import vmc
from hamiltonians.base import Hamiltonian, one_body_term
from hamiltonians.system import System
from numerics.link import Slot, link
from numerics.optimizers import Constant, GradientDescent
from numerics.random import uniform
from samplers.acceptance import decide, keep
from samplers.base import MoveKernels
from vmc.optimizers import FirstOrder, StochasticReconfiguration
from wavefunctions.custom import Custom

EXACT = 0.559146327


@numba.njit
def log_psi(theta, x):
    """Even, and -sqrt(2 lambda) |x|^3 / 3 far out if the parameters say so."""
    square = x[0, 0] ** 2
    return -square * (theta[0] + theta[1] * square) / math.sqrt(1.0 + theta[2] ** 2 * square)


@numba.njit
def potential(c, r):
    """x^2 / 2 + lambda x^4."""
    return 0.5 * r[0] ** 2 + c[0] * r[0] ** 4


log_density = Slot("log_density", "(p, X, log, ws)")
workspace = Slot("workspace", "(p, tile, n)")


@dataclass(frozen=True)
class Box:
    """A step uniform in [-size, size] in every coordinate."""

    size: float = 1.0
    name = "box"
    target_acceptance = 0.5

    def options(self):
        """The one number that may be tuned."""
        return np.array([self.size])

    def proposals(self, n):
        """One decision per step."""
        return 1

    def link(self, target):
        """Compile for a target."""
        slot = {"log_density": target["log_density"]}
        return MoveKernels(link(_prepare, workspace=target["workspace"]), link(_begin, **slot), link(_step, **slot))


def _prepare(p, tile, n):
    return workspace(p, tile, n), np.empty((3, tile)), np.empty(tile, np.bool_), np.empty((n, tile))


def _begin(p, X, options, memory):
    log_density(p, X, memory[1][0], memory[0])


def _step(p, X, states, options, memory):
    ws, (log, log_new, log_ratio), accepted, Y = memory
    for k in range(X.shape[0]):
        for b in range(X.shape[1]):
            Y[k, b] = X[k, b] + options[0] * (2.0 * uniform(states[b]) - 1.0)
    log_density(p, Y, log_new, ws)
    for b in range(log.size):
        log_ratio[b] = log_new[b] - log[b]
    n_accepted = decide(log_ratio, states, accepted)
    keep(accepted, log_new, log)
    for k in range(X.shape[0]):
        keep(accepted, Y[k], X[k])
    return n_accepted


def main():
    """Optimise three parameters, then evaluate."""
    system = System(n_particles=1, n_dim=1)
    hamiltonian = Hamiltonian(system, [one_body_term("quartic", potential, (0.1,), n_dim=1)])
    psi = Custom(system, log_psi, {"a": 0.5, "b": 0.05, "c": 0.3})
    optimizer = FirstOrder(
        GradientDescent(), Constant(0.3), n_samples=20, stride=3, preconditioner=StochasticReconfiguration(1e-6)
    )
    vmc.optimise(psi, hamiltonian, Box(2.0), optimizer, iterations=80)
    summary = vmc.evaluate(psi, hamiltonian, Box(2.0), samples=4000, stride=3)
    print(f"energy {summary.energy}, exact {EXACT}, parameters {psi.theta.round(4).tolist()}")
    print(summary.verdict)
    return summary


if __name__ == "__main__":
    main()
