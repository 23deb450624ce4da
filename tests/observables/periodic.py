"""Periodic systems with known averages, independent samples of them, and slow twins of their observables."""

import itertools
import math

import numpy as np
from scipy.special import j1

from hamiltonians.cell import Cell
from hamiltonians.shells import shell_vectors
from hamiltonians.system import System

CELLS = {
    "cube": Cell.of_volume(9.0, "cubic", 3),
    "fcc": Cell.of_volume(9.0, "fcc", 3),
    "hexagon": Cell.of_volume(5.0, "hexagonal", 2),
    "box": Cell.rectangular((2.0, 3.1)),
}


def uniform(system: System, n: int, seed: int = 5) -> np.ndarray:
    """Independent particles anywhere, some of them in other cells, (n, N, d)."""
    fractions = np.random.default_rng(seed).random((n, system.n_particles, system.n_dim))
    return (3.0 * fractions - 1.0) @ system.cell.lattice


def free_fermions(cell: Cell, count: int, n: int, generator: np.random.Generator) -> np.ndarray:
    """Exact samples (n, count, d) of |det exp(i k . x)|^2, particle by particle (J. B. Hough et al., 2006).

    The conditional density of the next particle is what a plane-wave vector has left outside the span of those of the
    particles before; it is drawn by rejection from the uniform density.
    """
    k = shell_vectors(cell, count)
    X = np.empty((n, count, cell.n_dim))
    span = np.zeros((n, count, count), complex)  # orthonormal rows
    for i in range(count):
        waiting = np.arange(n)
        while len(waiting):
            x = generator.random((len(waiting), cell.n_dim)) @ cell.lattice
            v = np.exp(1j * x @ k.T)
            inside = np.einsum("woq,wq->wo", span[waiting, :i].conj(), v)
            rest = v - np.einsum("wo,woq->wq", inside, span[waiting, :i])
            weight = (np.abs(rest) ** 2).sum(axis=1)
            good = generator.random(len(waiting)) < weight / count
            chosen = waiting[good]
            X[chosen, i] = x[good]
            span[chosen, i] = rest[good] / np.sqrt(weight[good])[:, None]
            waiting = waiting[~good]
    return X


def electrons(cell: Cell, n_up: int, n_down: int, n: int, seed: int = 3) -> np.ndarray:
    """Samples (n, N, d) of the Slater determinants of plane waves."""
    generator = np.random.default_rng(seed)
    return np.concatenate([free_fermions(cell, count, n, generator) for count in (n_up, n_down) if count], axis=1)


def free_pair_correlation(cell: Cell, count: int, edges: np.ndarray) -> np.ndarray:
    """g(r) of one spin averaged over shells: 1 - sum_{q, q'} <cos (q - q') . r> / count^2."""
    k = shell_vectors(cell, count)
    length = np.linalg.norm(k[:, None] - k[None, :], axis=-1).ravel()
    x = np.maximum(np.outer(edges, length), 1e-9)
    d = cell.n_dim
    ball = 3.0 * (np.sin(x) - x * np.cos(x)) / x**3 if d == 3 else 2.0 * j1(x) / x
    ball = np.where(x < 1e-3, 1.0 - x**2 / (2.0 * d + 4.0), ball)
    whole = edges**d * ball.sum(axis=1)
    return 1.0 - np.diff(whole) / np.diff(edges**d) / count**2


def free_structure_factor(cell: Cell, counts: tuple[int, ...], lengths: np.ndarray) -> np.ndarray:
    """S(k) of Slater determinants: 1 less the share of pairs of occupied vectors that differ by k, shell by shell."""
    found = np.ones(len(lengths))
    for s, length in enumerate(lengths):
        multiplicity = len(vectors_of_length(cell, length))
        for count in counts:
            q = shell_vectors(cell, count)
            apart = np.linalg.norm(q[:, None] - q[None, :], axis=-1)
            found[s] -= np.count_nonzero(np.abs(apart - length) < 1e-9) / (multiplicity * sum(counts))
    return found


def vectors_of_length(cell: Cell, length: float) -> np.ndarray:
    """All wave vectors of a length, from whole numbers up to 8."""
    numbers = np.array(list(itertools.product(range(-8, 9), repeat=cell.n_dim)))
    k = numbers @ (2.0 * math.pi * np.linalg.inv(cell.reduced.lattice).T)
    return k[np.abs(np.linalg.norm(k, axis=1) - length) < 1e-9]


def pair_counts(system: System, X: np.ndarray, edges: np.ndarray, equal: bool) -> np.ndarray:
    """Mean number of pairs of equal or opposite spin in each shell of their shortest distance."""
    counts = np.zeros(len(edges) - 1)
    for i, j in itertools.combinations(range(system.n_particles), 2):
        same = system.n_up is None or (i < system.n_up) == (j < system.n_up)
        if same == equal:
            distance = np.linalg.norm(system.cell.minimum_image(X[:, i] - X[:, j]), axis=-1)
            counts += np.histogram(distance, edges)[0]
    return counts / len(X)


def structure_factor(system: System, X: np.ndarray, lengths: np.ndarray, sign: float = 1.0) -> np.ndarray:
    """<|rho_up + sign rho_down|^2> / N, averaged over all vectors of each length."""
    weight = np.ones(system.n_particles)
    weight[system.n_up :] = sign
    found = []
    for length in lengths:
        phases = np.exp(1j * X @ vectors_of_length(system.cell, length).T)
        rho = (weight[None, :, None] * phases).sum(axis=1)
        found.append((np.abs(rho) ** 2).mean() / system.n_particles)
    return np.array(found)
