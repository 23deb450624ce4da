"""The Ewald energy once more, slowly: plain sums over a generous block of cells, nothing shared with the package."""

import itertools
import math

import numpy as np
from scipy.special import erfc


def block(lattice, radius):
    """Lattice points in a block that contains the ball of a radius."""
    heights = 1.0 / np.linalg.norm(np.linalg.inv(lattice), axis=0)
    ranges = [range(-int(radius / h) - 1, int(radius / h) + 2) for h in heights]
    return np.array(list(itertools.product(*ranges))) @ lattice


class NaiveEwald:
    """v_E(r) and xi of a cell, by sums that end where exp(-36) is negligible."""

    def __init__(self, lattice, eta):
        self.lattice, self.eta = np.array(lattice), eta
        self.n_dim = len(self.lattice)
        volume = abs(np.linalg.det(self.lattice))
        self.images = block(self.lattice, 6.0 / eta + np.linalg.norm(self.lattice, axis=1).sum())
        k = block(2.0 * math.pi * np.linalg.inv(self.lattice).T, 12.0 * eta)
        self.waves = k[(k**2).sum(axis=1) > 1e-9]
        size = np.linalg.norm(self.waves, axis=1)
        if self.n_dim == 3:
            self.weights = 4.0 * math.pi / volume * np.exp(-(size**2) / (4.0 * eta**2)) / size**2
            self.background = math.pi / (eta**2 * volume)
        else:
            self.weights = 2.0 * math.pi / volume * erfc(size / (2.0 * eta)) / size
            self.background = 2.0 * math.sqrt(math.pi) / (eta * volume)

    def pair(self, displacement):
        """v_E, with images around the displacement itself."""
        shift = np.floor(displacement @ np.linalg.inv(self.lattice)) @ self.lattice
        r = np.linalg.norm(displacement - shift - self.images, axis=1)
        near = (erfc(self.eta * r) / r).sum()
        return near + (self.weights * np.cos(self.waves @ displacement)).sum() - self.background

    def madelung(self):
        """xi: the same without the charge itself."""
        r = np.linalg.norm(self.images, axis=1)
        r = r[r > 1e-9]
        itself = 2.0 * self.eta / math.sqrt(math.pi)
        return (erfc(self.eta * r) / r).sum() + self.weights.sum() - self.background - itself

    def energy(self, x):
        """sum_{i<j} v_E + N xi / 2 for N points x."""
        pairs = sum(self.pair(a - b) for a, b in itertools.combinations(x, 2))
        return pairs + 0.5 * len(x) * self.madelung()
