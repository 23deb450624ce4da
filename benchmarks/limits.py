"""How far the kernels are from what the core can do: python benchmarks/limits.py.

Operations are counted by hand (the functions below say how), additions and multiplications alike, a
transcendental function as OPERATIONS_PER_FUNCTION; random numbers are no arithmetic and are timed on their own.
"""

from __future__ import annotations

import clock
import numpy as np

from hamiltonians.interactions import coulomb
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.random import fill_normal, fill_uniform, stream_states
from samplers.base import TILE
from samplers.metropolis import BlockMetropolis
from vmc.measuring.local_energy import link_local_energy
from vmc.measuring.measurement import Measurement
from wavefunctions.feed_forward import FeedForward
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import Pade
from wavefunctions.product import Product
from wavefunctions.rbm import RBM

OPERATIONS_PER_FUNCTION = 25
WALKERS = 64


def random_numbers() -> dict[str, float]:
    """Nanoseconds of a normal and of a uniform number."""
    states, out = stream_states(1, 0, 1), np.empty(100_000)
    normal = clock.seconds_per_call(lambda: fill_normal(states[0], out, out.size))
    uniform = clock.seconds_per_call(lambda: fill_uniform(states[0], out, out.size))
    return {"normal_ns": 1e9 * normal / out.size, "uniform_ns": 1e9 * uniform / out.size}


def proposal_operations(n_dim: int) -> float:
    """One-particle move of a Gaussian: y = x + s z, c (y - x)(y + x) for each axis, and one exponential."""
    return n_dim * (2 + 4) + OPERATIONS_PER_FUNCTION


def trap_energy_operations(n: int) -> float:
    """Local energy of a Gaussian in a trap: two sums of squares."""
    return 2 * 2 * n


def full_sample_operations(n_particles: int, n_dim: int) -> float:
    """Sweep of an RBM with H = N d, local energy with Coulomb pairs, and a row of O.

    A move: hidden inputs 2 d H, softplus of H units and their sum. The energy: H sigmoids, gradient and
    Laplacian 4 H n; inputs 2 H n. The row: H n. A pair: 3 d + a square root, counted as a function.
    """
    n = H = n_particles * n_dim
    move = H * (2 * n_dim + OPERATIONS_PER_FUNCTION + 2) + 6 * n_dim + OPERATIONS_PER_FUNCTION
    energy = H * OPERATIONS_PER_FUNCTION + 6 * H * n + 6 * n
    pairs = n_particles * (n_particles - 1) / 2 * (3 * n_dim + OPERATIONS_PER_FUNCTION)
    return n_particles * move + energy + pairs + H * n


def network_energy_operations(sizes) -> float:
    """Products of matrices alone: one column in the first layer, n + 2 columns for each walker in the others."""
    n_columns = [1] + [int(sizes[0]) + 2] * (len(sizes) - 2)
    return float(sum(2 * a * b * c for a, b, c in zip(sizes[:-1], sizes[1:], n_columns, strict=True)))


def loop(psi, hamiltonian) -> tuple:
    """Compiled loop, thermalised walkers and streams."""
    system = psi.system
    move = BlockMetropolis(system.n_dim, 1.0)
    measurement = Measurement(psi, hamiltonian, move)
    X = np.random.default_rng(1).normal(size=(WALKERS, system.n_coordinates))
    states, options = stream_states(2, 0, WALKERS), move.options()
    measurement.advance(X, states, options, 100)
    return measurement, X, states, options


def energies_rate(psi, hamiltonian, kind: str) -> float:
    """Local energies per second of one tile, by analytic or by numerical derivatives."""
    X = np.random.default_rng(1).normal(size=(TILE, psi.system.n_coordinates))
    kernels = link_local_energy(psi, hamiltonian, kind)
    p, h = psi.arguments(), kernels.arguments
    memory, E = kernels.prepare(p, *X.shape), np.empty((len(hamiltonian.components), TILE))
    tile = np.ascontiguousarray(X.T)
    return TILE / clock.seconds_per_call(many(kernels.energy, p, h, tile, E, memory)) * 100


def many(energy, p, h, X, E, memory):
    """A call that evaluates the tile a hundred times in compiled code."""
    import numba

    @numba.njit
    def repeat(p, h, X, E, memory):
        for _ in range(100):
            energy(p, h, X, E, memory)

    return lambda: repeat(p, h, X, E, memory)


def kernels(rate: float) -> list[dict]:
    """Units per second and share of the dgemm rate of the kernels of W1 and W2."""
    trap = System(100, 3)
    gaussian, hamiltonian = Gaussian(trap), HarmonicTrap(trap)
    measurement, X, states, options = loop(gaussian, hamiltonian)
    seconds = clock.seconds_per_call(lambda: measurement.advance(X, states, options, 200))
    rows = [
        row("W1 proposal", 200 * WALKERS * 100 / seconds, proposal_operations(3), rate),
        row("W1 local energy", energies_rate(gaussian, hamiltonian, "analytic"), trap_energy_operations(300), rate),
    ]
    for n_particles in (2, 6):
        system = System(n_particles, 2)
        measurement, X, states, options = loop(RBM(system), HarmonicTrap(system, interaction=coulomb()))
        call = sampling(measurement, X, states, options)
        rows.append(
            row(
                f"W2 full sample, N = {n_particles}",
                500 * WALKERS / clock.seconds_per_call(call),
                full_sample_operations(n_particles, 2),
                rate,
            )
        )
    for n_particles, n_dim, hidden in ((6, 2, (64, 64)), (14, 3, (128, 128))):
        system = System(n_particles, n_dim)
        psi = Product(Gaussian(system), FeedForward(system, hidden))
        sizes = "-".join(map(str, psi.factors[1].sizes))
        speed = energies_rate(psi, HarmonicTrap(system, interaction=coulomb()), "analytic")
        rows.append(row(f"W3 local energy, {sizes}", speed, network_energy_operations(psi.factors[1].sizes), rate))
    return rows


def sampling(measurement, X, states, options):
    """A call that takes 500 full samples of every walker."""
    O = np.empty((measurement.wave_function.n_params, 500 * WALKERS))
    return lambda: measurement.measure(X, states, options, 500, O=O)


def row(name: str, per_second: float, operations: float, rate: float) -> dict:
    """A line of the table."""
    return {
        "kernel": name,
        "per_second": per_second,
        "operations": operations,
        "share_of_dgemm": per_second * operations / rate,
    }


def kinetic() -> list[dict]:
    """Local energies per second by analytic and by numerical derivatives."""
    dot, boson = System(2, 2), System(100, 3)
    product = Product(RBM(System(6, 2)), Pade(System(6, 2), cusp=1.0))
    cases = {
        "Gaussian, N = 100, d = 3": (Gaussian(boson), HarmonicTrap(boson)),
        "RBM, N = 2, d = 2": (RBM(dot), HarmonicTrap(dot, interaction=coulomb())),
        "RBM x Pade, N = 6, d = 2": (product, HarmonicTrap(System(6, 2), interaction=coulomb())),
    }
    return [
        {
            "wave_function": name,
            **{kind: energies_rate(psi, hamiltonian, kind) for kind in ("analytic", "finite_difference")},
        }
        for name, (psi, hamiltonian) in cases.items()
    ]


def main() -> None:
    """Measure everything."""
    rate = clock.dgemm_rate()
    results = {"dgemm": rate, "random": random_numbers(), "kernels": kernels(rate), "kinetic": kinetic()}
    clock.keep("limits", results)


if __name__ == "__main__":
    main()
