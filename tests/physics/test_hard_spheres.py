"""Sampled energies of trapped hard spheres against an independent code, with a sampler written out here."""

import numpy as np
import pytest

from hamiltonians.interactions import hard_sphere
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from tests.physics.hard_sphere_table import CORE_RADIUS, ENERGY_PER_PARTICLE, FLATTENED
from vmc.measuring.local_energy import local_energies
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import HardCore
from wavefunctions.product import Product

N_WALKERS, N_SWEEPS, N_SKIPPED = 1000, 320, 40


def walker_energies(aspect, n_particles, alpha, seed):
    """Mean energy per particle of each of many independent walkers (one-particle Metropolis moves)."""
    system = System(n_particles, 3)
    hamiltonian = HarmonicTrap(system, (1.0, 1.0, aspect), hard_sphere(CORE_RADIUS))
    wave_function = Product(Gaussian(system, alpha, (1.0, 1.0, aspect)), HardCore(system, CORE_RADIUS))
    k, p = wave_function.kernels, wave_function.arguments()
    rng = np.random.default_rng(seed)
    width = np.sqrt(0.25 / (alpha * np.array([1.0, 1.0, aspect])))
    X = rng.normal(size=(N_WALKERS, n_particles, 3)) * width
    X = X.reshape(N_WALKERS, -1)
    ws = k["workspace"](p, *X.shape)
    tile = np.ascontiguousarray(X.T)
    k["refresh"](p, tile, ws)
    total = np.zeros(N_WALKERS)
    for sweep in range(N_SKIPPED + N_SWEEPS):
        for i in range(n_particles):
            Y = X[:, 3 * i : 3 * i + 3] + rng.normal(size=(N_WALKERS, 3)) * width * 1.6
            log_ratio = np.zeros(N_WALKERS)
            k["ratio"](p, tile, i, np.ascontiguousarray(Y.T), log_ratio, ws)
            accepted = np.log(1.0 - rng.random(N_WALKERS)) < 2.0 * log_ratio
            k["accept"](p, tile, i, np.ascontiguousarray(Y.T), accepted, ws)
            X[accepted, 3 * i : 3 * i + 3] = Y[accepted]
            tile[3 * i : 3 * i + 3] = X[:, 3 * i : 3 * i + 3].T
        if sweep >= N_SKIPPED:
            total += local_energies(wave_function, hamiltonian, X).sum(axis=1) / n_particles
    return total / N_SWEEPS


def z_score(energies, key):
    """Distance from the table in combined standard errors; walkers are independent of each other."""
    value, error = ENERGY_PER_PARTICLE[key]
    own = energies.std(ddof=1) / np.sqrt(N_WALKERS)
    return (energies.mean() - value) / np.hypot(own, error)


@pytest.mark.parametrize("aspect", [1.0, FLATTENED])
def test_ten_hard_spheres(aspect):
    """|z| < 4.42: false-alarm rate 1e-5 for a fresh seed. The energy at another alpha must be told apart."""
    energies = walker_energies(aspect, 10, 0.5, seed=21)
    assert abs(z_score(energies, (aspect, 10, 0.50))) < 4.42
    assert abs(z_score(energies, (aspect, 10, 0.48))) > 4.42
