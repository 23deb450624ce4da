"""Slopes at contact that keep the local energy of a Coulomb pair finite."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamiltonians.system import System


def contact_slopes(system: System, strength: float, cusp: float | Sequence[float] | None = None) -> np.ndarray:
    """u'(0) for each kind of pair, (n_kinds,): equal and opposite spins, or one where all pairs are of one kind.

    For a pair of reduced mass mu (1/2 for masses of one) repelling as strength / r it is 2 mu strength / (d - 1) where
    the pair may meet (bosons, opposite spins) and 2 mu strength / (d + 1) where it may not (equal spins): Kato (1957),
    Pack and Byers Brown (1966), docs/theory.md eq. (8).

    Parameters
    ----------
    system : the particles, with their masses.
    strength : of the Coulomb repulsion.
    cusp : the slope itself, for all pairs or for each kind.

    Raises
    ------
    ValueError
        without a cusp in one dimension, where the wave function must vanish at contact, or where pairs of one kind have
        different reduced masses; for the wrong number of slopes.
    """
    n_kinds = 2 if system.has_both_spins else 1
    if cusp is not None:
        if np.shape(cusp) not in ((), (n_kinds,)):
            more = "" if n_kinds == 1 else f", or one for each of {n_kinds} kinds of pairs"
            raise ValueError(f"cusp = {cusp}: expected a number{more}")
        return np.full(n_kinds, cusp, dtype=np.float64)
    if system.n_dim == 1:
        raise ValueError(
            "cusp is missing: expected a number in one dimension, where the Coulomb cusp has no such form: zero unless "
            "the wave function vanishes where the particles meet"
        )
    if strength == 0.0:
        return np.zeros(n_kinds)
    equal, opposite = _kinds_of_pairs(system)
    apart = 2.0 * _reduced_mass(system, equal) * strength / (system.n_dim + 1)
    meeting = 2.0 * _reduced_mass(system, opposite) * strength / (system.n_dim - 1)
    if n_kinds == 2:
        return np.array([apart, meeting])
    return np.array([meeting if system.n_up is None else apart])


def _kinds_of_pairs(system: System) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (i, j) of equal spin and others, (n_pairs, 2) each."""
    pairs = np.stack(np.triu_indices(system.n_particles, 1), axis=1)
    if system.n_up is None:
        return pairs[:0], pairs
    same = (pairs < system.n_up).all(axis=1) | (pairs >= system.n_up).all(axis=1)
    return pairs[same], pairs[~same]


def _reduced_mass(system: System, pairs: np.ndarray) -> float:
    """m m' / (m + m') of all these pairs; of one mass where there are none."""
    masses = system.particle_masses
    if not len(pairs):
        return 0.5 * float(masses[0])
    first, second = masses[pairs.T]
    reduced = np.unique(first * second / (first + second))
    if reduced.size > 1:
        raise ValueError(
            "cusp: expected a number, or one for pairs of equal and one for those of opposite spins, pairs of one kind "
            f"have reduced masses from {reduced[0]:g} to {reduced[-1]:g}"
        )
    return float(reduced[0])
