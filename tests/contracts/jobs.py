"""Small jobs for tests of estimators and optimisers, and what is known of them exactly."""

import numpy as np

from hamiltonians.interactions import coulomb
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from samplers.metropolis import Metropolis
from vmc.measuring.ensemble import Ensemble
from vmc.measuring.local_energy import local_energies
from vmc.measuring.measurement import Measurement
from vmc.parallel import Partition, SerialCommunicator
from wavefunctions.gaussian import Gaussian
from wavefunctions.rbm import RBM

#: Two particles in an elliptic trap; the Gaussian with one parameter per axis is exact at alpha_k = omega_k / 2.
SYSTEM = System(2, 2)
OMEGA = np.array([0.8, 1.5])
EXACT_ALPHA = OMEGA / 2.0
START_ALPHA = np.array([0.9, 0.3])


def trap():
    return HarmonicTrap(SYSTEM, OMEGA)


def gaussian(alpha=START_ALPHA):
    """exp(-sum_i sum_k alpha_k x_ik^2)."""
    wave_function = Gaussian(SYSTEM, per_axis=True)
    wave_function.theta[:] = alpha
    return wave_function


def energy(alpha):
    """E = N sum_k [alpha_k / 2 + omega_k^2 / (8 alpha_k)]: <x_k^2> = 1 / (4 alpha_k)."""
    return SYSTEM.n_particles * (alpha / 2.0 + OMEGA**2 / (8.0 * alpha)).sum()


def gradient(alpha):
    """dE / d alpha_k = N [1 / 2 - omega_k^2 / (8 alpha_k^2)]."""
    return SYSTEM.n_particles * (0.5 - OMEGA**2 / (8.0 * alpha**2))


def overlap(alpha):
    """S_kl = N delta_kl var(x_k^2) = N delta_kl / (8 alpha_k^2)."""
    return np.diag(SYSTEM.n_particles / (8.0 * alpha**2))


def exact_draws(alpha, n, seed):
    """Independent configurations (n, N d) from |psi|^2."""
    width = np.tile(0.5 / np.sqrt(alpha), SYSTEM.n_particles)
    return width * np.random.default_rng(seed).normal(size=(n, SYSTEM.n_coordinates))


def dot():
    """Two electrons in a two-dimensional dot, and a machine of 14 parameters far from the ground state."""
    return RBM(SYSTEM, 2, spread=0.3, seed=3), HarmonicTrap(SYSTEM, 1.0, coulomb())


def ensemble(wave_function, hamiltonian, move=None, n_walkers=64, n_blocks=4, seed=1, thermalise=50):
    """Walkers of a serial job, at equilibrium."""
    measurement = Measurement(wave_function, hamiltonian, move or Metropolis(1.0))
    walkers = Ensemble(measurement, SerialCommunicator(), Partition(n_walkers, n_blocks), seed)
    if thermalise:
        walkers.advance(thermalise)
        walkers.follow(walkers.energies(20, 1))
    return walkers


def snapshots(walkers, n_samples, stride):
    """Configurations (n_samples, n_walkers, N d) that a measurement of these walkers would see; moves them."""
    seen = []
    for _ in range(n_samples):
        walkers.advance(stride)
        seen.append(walkers.X.copy())
    return np.array(seen)


def energies_and_derivatives(walkers, X):
    """E_L (n,) and O (n, n_params) at configurations X, from the functions for interactive use."""
    wave_function, hamiltonian = walkers.measurement.wave_function, walkers.measurement.hamiltonian
    X = X.reshape(-1, X.shape[-1])
    return local_energies(wave_function, hamiltonian, X).sum(axis=1), wave_function.evaluate(X).log_derivatives
