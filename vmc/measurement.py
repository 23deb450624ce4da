"""The compiled loop of a variational Monte Carlo run: move, measure the local energy, collect derivatives.

The loop runs one canonical block of walkers, tile by tile; a tile never depends on the number of ranks, so
neither does any number computed here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hamiltonians.base import Hamiltonian
from numerics.link import Slot, link
from samplers.base import Move
from vmc.local_energy import link_local_energy
from vmc.target import density_of
from wavefunctions.base import WaveFunction

#: Walkers per tile: small enough for the first cache levels, wide enough for vector registers.
TILE = 8

prepare = Slot("prepare", "(p, tile, n)")
begin = Slot("begin", "(p, X, options, memory)")
step = Slot("step", "(p, X, states, options, memory)")
workspace = Slot("workspace", "(p, tile, n)")
local_energy = Slot("local_energy", "(p, h, X, E, ws)")
log_derivatives = Slot("log_derivatives", "(p, X, O, first, ws)")
collect = Slot("collect", "(p, X, E, reference, O, moments, rows, first_row, ws)")

COLLECTORS = ("nothing", "moments", "rows")


@dataclass
class BlockSample:
    """What one canonical block of walkers measured.

    Attributes
    ----------
    energies : energy components, shape (n_samples, n_walkers, n_components).
    n_accepted : accepted proposals.
    moments : sums of O and of (E_L - reference) O over samples with finite E_L, shape (2, n_params).
    rows : log-derivatives sample by sample, shape (n_samples * n_walkers, n_params); empty unless collected.
    offender : the first configuration with an energy that is not finite, shape (N d,); nan where there is none.
    """

    energies: np.ndarray
    n_accepted: int
    moments: np.ndarray
    rows: np.ndarray
    offender: np.ndarray


class Measurement:
    """A wave function, a Hamiltonian and a move linked into one compiled loop.

    Parameters
    ----------
    wave_function, hamiltonian : of the same system.
    move : how walkers move.
    kinetic : 'analytic' or 'finite_difference'.

    Raises
    ------
    ValueError
        if the systems differ.
    """

    def __init__(
        self, wave_function: WaveFunction, hamiltonian: Hamiltonian, move: Move, kinetic: str = "analytic"
    ) -> None:
        if wave_function.system != hamiltonian.system:
            raise ValueError(f"wave function of {wave_function.system}, Hamiltonian of {hamiltonian.system}")
        self.wave_function = wave_function
        self.hamiltonian = hamiltonian
        self.move = move
        moves = move.link(density_of(wave_function))
        shared = {"prepare": moves.prepare, "begin": moves.begin, "step": moves.step}
        energy = link_local_energy(wave_function, hamiltonian, kinetic)
        make_workspace = wave_function.kernels["workspace"]
        self._advance = link(_advance, **shared)
        self._loops: dict[str, Callable] = {}
        for name, template in (("nothing", _nothing), ("moments", _moments), ("rows", _rows)):
            collector = link(template, **_needs(template, wave_function))
            self._loops[name] = link(
                _measure, workspace=make_workspace, local_energy=energy, collect=collector, **shared
            )

    @property
    def n_components(self) -> int:
        """Number of energy components."""
        return len(self.hamiltonian.components)

    def advance(self, X: np.ndarray, states: np.ndarray, options: np.ndarray, n_steps: int) -> int:
        """Move the walkers of a block `n_steps` steps without measuring; return the accepted proposals."""
        return int(self._advance(self.wave_function.arguments(), X, states, options, n_steps, TILE))

    def measure(
        self,
        X: np.ndarray,
        states: np.ndarray,
        options: np.ndarray,
        n_samples: int,
        stride: int = 1,
        reference: float = 0.0,
        collect: str = "nothing",
        rows: np.ndarray | None = None,
    ) -> BlockSample:
        """Move and measure the walkers of one canonical block.

        Parameters
        ----------
        X, states : configurations (n_walkers, N d) and random streams (n_walkers, 4), changed in place.
        options : of the move.
        n_samples, stride : measurements per walker, and steps before each.
        reference : energy subtracted in the moments, against cancellation.
        collect : 'nothing', 'moments' or 'rows' of the log-derivatives.
        rows : memory for the rows, (n_samples * n_walkers, n_params); allocated where not given.
        """
        P = self.wave_function.n_params
        n_walkers = X.shape[0]
        energies = np.empty((n_samples, n_walkers, self.n_components))
        moments = np.zeros((2, P))
        if collect != "rows":
            rows = np.empty((0, P))
        elif rows is None:
            rows = np.empty((n_samples * n_walkers, P))
        offender = np.full(X.shape[1], np.nan)
        arguments: tuple[Any, ...] = (self.wave_function.arguments(), self.hamiltonian.arguments())
        outputs = (energies, moments, rows, offender)
        accepted = self._loops[collect](
            *arguments, X, states, options, n_samples, stride, reference, TILE, *outputs
        )
        return BlockSample(energies, int(accepted), moments, rows, offender)


def _needs(template: Callable, wave_function: WaveFunction) -> dict[str, Callable]:
    return {} if template is _nothing else {"log_derivatives": wave_function.kernels["log_derivatives"]}


def _advance(p, X, states, options, n_steps, tile):
    n_walkers, n = X.shape
    accepted = 0
    for first in range(0, n_walkers, tile):
        last = min(first + tile, n_walkers)
        x, s = X[first:last], states[first:last]
        memory = prepare(p, last - first, n)
        begin(p, x, options, memory)
        for _ in range(n_steps):
            accepted += step(p, x, s, options, memory)
    return accepted


def _measure(p, h, X, states, options, n_samples, stride, reference, tile, energies, moments, rows, offender):
    n_walkers, n = X.shape
    n_components = energies.shape[2]
    accepted = 0
    O = np.empty((tile, p[0].size))
    for first in range(0, n_walkers, tile):
        last = min(first + tile, n_walkers)
        x, s = X[first:last], states[first:last]
        memory = prepare(p, last - first, n)
        begin(p, x, options, memory)
        ws = workspace(p, last - first, n)
        E = np.empty((n_components, last - first))
        for sample in range(n_samples):
            for _ in range(stride):
                accepted += step(p, x, s, options, memory)
            local_energy(p, h, x, E, ws)
            for b in range(last - first):
                total = 0.0
                for c in range(n_components):
                    energies[sample, first + b, c] = E[c, b]
                    total += E[c, b]
                if not np.isfinite(total) and np.isnan(offender[0]):
                    for k in range(n):
                        offender[k] = x[b, k]
            collect(p, x, E, reference, O, moments, rows, sample * n_walkers + first, ws)
    return accepted


def _nothing(p, X, E, reference, O, moments, rows, first_row, ws):
    pass


def _moments(p, X, E, reference, O, moments, rows, first_row, ws):
    n_params = O.shape[1]
    for b in range(X.shape[0]):
        for k in range(n_params):
            O[b, k] = 0.0
    log_derivatives(p, X, O, 0, ws)
    for b in range(X.shape[0]):
        energy = -reference
        for c in range(E.shape[0]):
            energy += E[c, b]
        if np.isfinite(energy):
            for k in range(n_params):
                moments[0, k] += O[b, k]
                moments[1, k] += energy * O[b, k]


def _rows(p, X, E, reference, O, moments, rows, first_row, ws):
    tile = rows[first_row : first_row + X.shape[0]]
    for b in range(tile.shape[0]):
        for k in range(tile.shape[1]):
            tile[b, k] = 0.0
    log_derivatives(p, X, tile, 0, ws)
