"""Backflow in plane waves: displacements that a cell's corners need beyond the largest ball in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from hamiltonians.shells import shortest_shells, wave_table
from hamiltonians.system import System
from numerics.link import inlined, link
from numerics.plane_waves import add_phases, clear_sums, fill_field, fill_phases, phase_memory
from wavefunctions.backflow.base import QuasiParticles
from wavefunctions.parameters import ParameterLayout

n_dim = 3  # bound at link time, with the number of species
n_species = 2


class PlaneWaveBackflow(QuasiParticles):
    """q_i = r_i + sum_s c_s sum_{k in s, one of +-k} k sum_j sin(k . r_ij), docs/theory.md eq. (72).

    s counts shells of wave vectors of one length; equal and opposite spins have coefficients of their own.

    Parameters
    ----------
    system : the particles, in a cell.
    n_shells : number of the shortest shells, without k = 0.

    Raises
    ------
    ValueError
        for a system without a cell, or less than one shell.

    References
    ----------
    M. Holzmann, D. M. Ceperley, C. Pierleoni and K. Esler, Phys. Rev. E 68, 046707 (2003).
    """

    def __init__(self, system: System, n_shells: int = 5) -> None:
        if system.cell is None:
            raise ValueError("cell is missing: expected a system in a periodic cell for backflow in plane waves")
        species = 2 if system.has_both_spins else 1
        waves = wave_table(system.cell, *shortest_shells(system.cell, n_shells))
        split = system.spin_counts[0] if species == 2 else system.n_particles
        layout = ParameterLayout((("backflow_waves", (species, n_shells)),))
        shape: dict[str, Any] = {"n_dim": system.n_dim, "n_species": species}
        kernels = {
            "workspace": link(_workspace, apart=True, **shape),
            "coordinates": link(_coordinates, apart=True, **shape),
            "derivatives": link(_derivatives, apart=True, **shape),
            "pull_back": link(_pull_back, apart=True, **shape),
        }
        super().__init__(system, layout, np.zeros(layout.size), kernels, (*waves, split))


# p = theta, coefficients (kind, shell), whole numbers, wave vectors, shells, inverse lattice, largest number, n_up.
# Phases (i, wave, 2, tile) of all particles and their sums over either species hold cosines and sines.


def _workspace(p, tile, n):
    n_waves = p[2].shape[0]
    phases, rho = np.empty((n // n_dim, n_waves, 2, tile)), np.empty((n_species, n_waves, 2, tile))
    return phases, rho, np.empty((n_waves, 2, tile)), phase_memory(n_dim, p[6], tile), np.empty((n_dim + 1, tile))


@inlined
def _fill_phases(p, d, X, phases, rho, memory):
    """Phases of all particles, and their sums over either species."""
    clear_sums(rho)
    for i in range(phases.shape[0]):
        fill_phases(p[5], p[2], d, X[i * d : (i + 1) * d], memory, phases[i])
        add_phases(phases[i], rho[0 if i < p[7] else rho.shape[0] - 1])


@inlined
def _fill_sines(phase, field, sines):
    """sum_j c_ij sin(k . r_ij), where `field` is the sum of c_ij times the phases of the j."""
    for b in range(sines.size):
        sines[b] = phase[1, b] * field[0, b] - phase[0, b] * field[1, b]


def _coordinates(p, X, Q, log, ws):
    phases, rho, field, memory, rows = ws
    width = Q.shape[0] // phases.shape[0]
    _fill_phases(p, n_dim, X, phases, rho, memory)
    for i in range(phases.shape[0]):
        if i == 0 or (n_species == 2 and i == p[7]):
            fill_field(p[1], p[4], rho, 0 if i < p[7] else n_species - 1, field)
        for w in range(field.shape[0]):
            _fill_sines(phases[i, w], field[w], rows[0])
            for k in range(n_dim):
                out, component = Q[i * width + k], p[3][w, k]
                for b in range(out.size):
                    out[b] += component * rows[0, b]


def _derivatives(p, X, Q, J, LQ, G, L, ws):
    phases, rho, field, memory, rows = ws
    _fill_phases(p, n_dim, X, phases, rho, memory)
    width, tile = Q.shape[0] // phases.shape[0], X.shape[1]
    for i in range(phases.shape[0]):
        if i == 0 or (n_species == 2 and i == p[7]):
            fill_field(p[1], p[4], rho, 0 if i < p[7] else n_species - 1, field)
        for w in range(field.shape[0]):
            _fill_sines(phases[i, w], field[w], rows[0])
            square = 0.0
            for k in range(n_dim):
                square += p[3][w, k] * p[3][w, k]
            for k in range(n_dim):
                out, curved, component = Q[i * width + k], LQ[i * width + k], p[3][w, k]
                for b in range(tile):
                    out[b] += component * rows[0, b]
                    curved[b] -= 2.0 * square * component * rows[0, b]
        for j in range(i):
            kind = 0 if n_species == 1 or (i < p[7]) == (j < p[7]) else 1
            _add_pair(p, n_dim, kind, phases, i, j, J, rows)


@inlined
def _add_pair(p, d, kind, phases, i, j, J, rows):
    """The Jacobian of a pair, c k k^T cos(k . r_ij): in the blocks of either particle, negative in those between."""
    here, there, cosine, width = phases[i], phases[j], rows[d], J.shape[0] // phases.shape[0]
    for k in range(d):
        for l in range(k + 1):
            out = rows[l]
            for b in range(out.size):
                out[b] = 0.0
        for w in range(here.shape[0]):
            weight = p[1][kind, p[4][w]] * p[3][w, k]
            for b in range(cosine.size):
                cosine[b] = weight * (here[w, 0, b] * there[w, 0, b] + here[w, 1, b] * there[w, 1, b])
            for l in range(k + 1):
                out, component = rows[l], p[3][w, l]
                for b in range(out.size):
                    out[b] += component * cosine[b]
        for l in range(k + 1):
            for b in range(cosine.size):
                change = rows[l, b]
                J[i * width + k, i * d + l, b] += change
                J[j * width + k, j * d + l, b] += change
                J[i * width + k, j * d + l, b] -= change
                J[j * width + k, i * d + l, b] -= change
                if l < k:
                    J[i * width + l, i * d + k, b] += change
                    J[j * width + l, j * d + k, b] += change
                    J[i * width + l, j * d + k, b] -= change
                    J[j * width + l, i * d + k, b] -= change


def _pull_back(p, X, F, O, first, ws):
    phases, rho, _, _, rows = ws
    n_shells, width, force = p[1].shape[1], F.shape[0] // phases.shape[0], rows[1]
    for i in range(phases.shape[0]):
        species = 0 if i < p[7] else n_species - 1
        for w in range(rho.shape[1]):
            for b in range(force.size):
                force[b] = 0.0
            for k in range(n_dim):
                component, along = p[3][w, k], F[i * width + k]
                for b in range(force.size):
                    force[b] += component * along[b]
            for kind in range(n_species):
                _fill_sines(phases[i, w], rho[species if kind == 0 else 1 - species, w], rows[0])
                out = O[first + kind * n_shells + p[4][w]]
                for b in range(out.size):
                    out[b] += force[b] * rows[0, b]
