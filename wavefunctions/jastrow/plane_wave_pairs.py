"""Pairs in plane waves: what a cell's correlation needs beyond the largest ball in it."""

from __future__ import annotations

import numpy as np

from hamiltonians.shells import shortest_shells, wave_table
from hamiltonians.system import System
from numerics.link import inlined, kernel, link
from numerics.plane_waves import add_phases, clear_sums, fill_field, fill_phases, phase_memory
from wavefunctions.base import WaveFunction
from wavefunctions.parameters import ParameterLayout

n_dim = 3  # bound at link time, with the number of species
n_species = 2


class PlaneWavePairs(WaveFunction):
    """log psi = sum_s a_s sum_{k in s, one of +-k} sum_{i<j} cos(k . r_ij), docs/theory.md eq. (52).

    s counts shells of wave vectors of one length.  The pair sums come from structure factors, in O(N) operations for
    each wave vector; the coefficients enter linearly, and equal and opposite spins may have their own.

    Parameters
    ----------
    system : the particles, in a cell.
    n_shells : number of the shortest shells, without k = 0.
    shared : whether equal and opposite spins share the coefficients, as they must without spin.

    Raises
    ------
    ValueError
        for a system without a cell, or less than one shell.

    References
    ----------
    N. D. Drummond, M. D. Towler and R. J. Needs, Phys. Rev. B 70, 235119 (2004), the p term, with shells for stars.
    """

    is_periodic = True

    def __init__(self, system: System, n_shells: int = 5, shared: bool = False) -> None:
        if system.cell is None:
            raise ValueError("cell is missing: expected a system in a periodic cell")
        species = 2 if system.has_both_spins and not shared else 1
        waves = wave_table(system.cell, *shortest_shells(system.cell, n_shells))
        constants = (*waves, system.spin_counts[0] if species == 2 else system.n_particles)
        d = system.n_dim
        kernels = {
            "workspace": link(_workspace, n_dim=d, n_species=species),
            "log_psi": link(_log_psi, n_dim=d, n_species=species),
            "grad_laplacian": link(_grad_laplacian, n_dim=d, n_species=species),
            "log_derivatives": link(_log_derivatives, n_dim=d),
            "shared_log_derivatives": link(_shared_log_derivatives, n_dim=d),
            "refresh": link(_refresh, n_dim=d),
            "ratio": link(_ratio, apart=True, n_dim=d, n_species=species),
            "accept": link(_accept, apart=True, n_species=species),
        }
        layout = ParameterLayout((("coefficients", (species, n_shells)),))
        super().__init__(system, layout, np.zeros(layout.size), kernels, constants)


# The workspace: sums for a whole configuration; the state of one-particle moves; and memory for phases.  Structure
# factors rho (species, n_waves, 2, tile) hold sums of cosines and of sines.


def _workspace(p, tile, n):
    n_waves = p[2].shape[0]
    whole, state = np.empty((n_species, n_waves, 2, tile)), np.empty((n_species, n_waves, 2, tile))
    phases, old = np.empty((n_waves, 2, tile)), np.empty((n_waves, 2, tile))
    return whole, state, (phases, old), phase_memory(n_dim, p[6], tile), np.empty((2, tile))


@kernel
def _fill_sums(p, d, X, rho, phases, memory):
    """rho = sums of the phases of each species."""
    clear_sums(rho)
    for i in range(X.shape[0] // d):
        fill_phases(p[5], p[2], d, X[i * d : (i + 1) * d], memory, phases)
        add_phases(phases, rho[0 if i < p[7] else rho.shape[0] - 1])


@inlined
def _pair_cosines(rho, w, n_particles, sums):
    """sums[0] = sum of cos(k . r_ij) over pairs of equal spin (or all), sums[1] of opposite spin, for wave vector w."""
    equal, opposite = sums[0], sums[1]
    for b in range(equal.size):
        equal[b] = -0.5 * n_particles
    for species in range(rho.shape[0]):
        cosine, sine = rho[species, w, 0], rho[species, w, 1]
        for b in range(equal.size):
            equal[b] += 0.5 * (cosine[b] * cosine[b] + sine[b] * sine[b])
    up, down = rho[0, w], rho[rho.shape[0] - 1, w]
    for b in range(opposite.size):
        opposite[b] = up[0, b] * down[0, b] + up[1, b] * down[1, b]


def _log_psi(p, X, log, sign, ws):
    rho, _, (phases, _), memory, sums = ws
    _fill_sums(p, n_dim, X, rho, phases, memory)
    for w in range(p[2].shape[0]):
        _pair_cosines(rho, w, X.shape[0] // n_dim, sums)
        for kind in range(n_species):
            coefficient = p[1][kind, p[4][w]]
            for b in range(log.size):
                log[b] += coefficient * sums[kind, b]


def _grad_laplacian(p, X, G, L, ws):
    rho, _, (phases, field), memory, sums = ws
    _fill_sums(p, n_dim, X, rho, phases, memory)
    n_particles = X.shape[0] // n_dim
    for w in range(p[2].shape[0]):
        _pair_cosines(rho, w, n_particles, sums)
        square = 0.0
        for k in range(n_dim):
            square += p[3][w, k] * p[3][w, k]
        for kind in range(n_species):
            factor = -2.0 * square * p[1][kind, p[4][w]]
            for b in range(L.size):
                L[b] += factor * sums[kind, b]
    slope = sums[0]
    for i in range(n_particles):
        if i == 0 or (n_species == 2 and i == p[7]):
            fill_field(p[1], p[4], rho, 0 if i < p[7] else n_species - 1, field)
        fill_phases(p[5], p[2], n_dim, X[i * n_dim : (i + 1) * n_dim], memory, phases)
        for w in range(p[2].shape[0]):
            for b in range(slope.size):
                slope[b] = field[w, 1, b] * phases[w, 0, b] - field[w, 0, b] * phases[w, 1, b]
            for k in range(n_dim):
                out, component = G[i * n_dim + k], p[3][w, k]
                for b in range(slope.size):
                    out[b] += component * slope[b]


def _log_derivatives(p, X, O, first, ws):
    rho, _, (phases, _), memory, sums = ws
    _fill_sums(p, n_dim, X, rho, phases, memory)
    _add_derivatives(p, X.shape[0] // n_dim, rho, sums, O, first)


def _shared_log_derivatives(p, X, O, first, ws):
    _add_derivatives(p, X.shape[0] // n_dim, ws[0], ws[4], O, first)


@inlined
def _add_derivatives(p, n_particles, rho, sums, O, first):
    """The pair sums themselves, shell by shell."""
    n_species, n_shells = p[1].shape
    for w in range(p[2].shape[0]):
        _pair_cosines(rho, w, n_particles, sums)
        for kind in range(n_species):
            out = O[first + kind * n_shells + p[4][w]]
            for b in range(out.size):
                out[b] += sums[kind, b]


def _refresh(p, X, ws):
    _, state, (phases, _), memory, _ = ws
    _fill_sums(p, n_dim, X, state, phases, memory)


def _ratio(p, X, i, Y, log_ratio, ws):
    _, state, (change, old), memory, _ = ws
    fill_phases(p[5], p[2], n_dim, X[i * n_dim : (i + 1) * n_dim], memory, old)
    fill_phases(p[5], p[2], n_dim, Y, memory, change)
    species = 0 if i < p[7] else n_species - 1
    for w in range(p[2].shape[0]):
        for c in range(2):
            for b in range(log_ratio.size):
                change[w, c, b] -= old[w, c, b]
        cosine, sine, own = change[w, 0], change[w, 1], state[species, w]
        equal = p[1][0, p[4][w]]
        for b in range(log_ratio.size):
            real, imaginary = own[0, b] + 0.5 * cosine[b], own[1, b] + 0.5 * sine[b]
            log_ratio[b] += equal * (real * cosine[b] + imaginary * sine[b])
        if n_species == 2:
            opposite, other = p[1][1, p[4][w]], state[1 - species, w]
            for b in range(log_ratio.size):
                log_ratio[b] += opposite * (other[0, b] * cosine[b] + other[1, b] * sine[b])


def _accept(p, X, i, Y, accepted, ws):
    _, state, (change, _), _, _ = ws
    total = state[0 if i < p[7] else n_species - 1]
    for w in range(change.shape[0]):
        for c in range(2):
            out, step = total[w, c], change[w, c]
            for b in range(out.size):
                out[b] += step[b] if accepted[b] else 0.0
