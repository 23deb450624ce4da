"""What is known exactly: Gaussian densities of bosons in a trap, the pair of electrons of Taut."""

import math
from itertools import pairwise

import numba
import numpy as np
from scipy.integrate import quad
from scipy.special import gammainc

from hamiltonians.interactions import harmonic_pair
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import GaussianPair
from wavefunctions.product import Product

N, D = 4, 3
SYSTEM = System(N, D)


class Bosons:
    """The ground state of N bosons with omega = 1 and pair forces g r^2 / 2; g = 0 is the ideal gas.

    |psi|^2 = exp(-N R^2 - Omega Q) with the centre of mass R, the sum Q of the squares of the N - 1 normalised Jacobi
    vectors, and Omega = sqrt(1 + N g), for sum_i r_i^2 = N R^2 + Q and sum_{i<j} r_ij^2 = N Q (J. S. Cohen and C. Lee,
    J. Math. Phys. 26, 3105 (1985)).  Each coordinate of sqrt(N) R has the variance 1 / 2, each of a Jacobi vector
    1 / (2 Omega).  Coordinates of particles and of distances are sums of these, so Gaussian:
    <x^2> = [1 + (N - 1) / Omega] / (2 N), <x_ij^2> = 1 / Omega.
    """

    def __init__(self, strength: float) -> None:
        frequency = math.sqrt(1.0 + N * strength)
        self.wave_function = Product(Gaussian(SYSTEM, 0.5), GaussianPair(SYSTEM, (frequency - 1.0) / (2.0 * N)))
        self.hamiltonian = HarmonicTrap(SYSTEM, 1.0, harmonic_pair(strength))
        self.coordinate_variance = (1.0 + (N - 1.0) / frequency) / (2.0 * N)
        self.distance_variance = 1.0 / frequency


def ball(variance: float, radius: np.ndarray, n_dim: int = D) -> np.ndarray:
    """Probability that a Gaussian in d dimensions lies within a radius: P(d / 2, radius^2 / (2 variance))."""
    return gammainc(0.5 * n_dim, radius**2 / (2.0 * variance))


@numba.njit
def taut(theta, x):
    """log psi of two electrons at omega = 1 in two dimensions, E = 3 (M. Taut, J. Phys. A 27, 1045 (1994))."""
    square, distance = 0.0, 0.0
    for k in range(2):
        square += x[0, k] ** 2 + x[1, k] ** 2
        distance += (x[0, k] - x[1, k]) ** 2
    return math.log(1.0 + math.sqrt(distance)) - 0.5 * square


def taut_wave_function() -> Custom:
    return Custom(System(2, 2), taut, {})


def taut_shells(edges: np.ndarray) -> np.ndarray:
    """Probability of each shell of the distance, of density (1 + r)^2 exp(-r^2 / 2) r."""

    def weight(r):
        return (1.0 + r) ** 2 * math.exp(-0.5 * r * r) * r

    parts = [quad(weight, a, b, epsabs=1e-13)[0] for a, b in pairwise(edges)]
    return np.array(parts) / quad(weight, 0.0, 40.0, epsabs=1e-13)[0]
