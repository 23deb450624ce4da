"""The compiled loop of a variational Monte Carlo run: move, measure the local energy, collect derivatives.

The loop runs one canonical block of walkers, tile by tile; a tile never depends on the number of ranks, so
neither does any number computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hamiltonians.base import Hamiltonian
from numerics.dense import copy_rows, transpose, zero
from numerics.link import Slot, link
from samplers.base import TILE, Move
from vmc.measuring.compiling import plain_refusals
from vmc.measuring.keeping import add_moments, keep_energies, keep_spreads, moment_weights, no_sums, spread_rows
from vmc.measuring.local_energy import link_local_energy
from vmc.measuring.mass_scales import scaled_by_mass
from vmc.measuring.target import density_of
from vmc.observables.base import Observable
from vmc.observables.chain import Chain
from wavefunctions.base import WaveFunction

prepare = Slot("prepare", "(p, tile, n)")
begin = Slot("begin", "(p, X, options, memory)")
step = Slot("step", "(p, X, states, options, memory)")
prepare_energy = Slot("prepare_energy", "(p, tile, n)")
local_energy = Slot("local_energy", "(p, h, X, E, memory)")
log_derivatives = Slot("log_derivatives", "(p, X, O, first, ws), right after local_energy")
weighted_log_derivatives = Slot(
    "weighted_log_derivatives", "(p, X, weights, sums, first, ws), right after local_energy"
)
observe = Slot("observe", "(o, X, E, sums)")
by_products = False  # bound at link time: whether the wave function fills the slot before


@dataclass
class BlockSample:
    """What one canonical block of walkers measured.

    Attributes
    ----------
    energies : energy components, shape (n_samples, n_walkers, n_components).
    n_accepted : accepted proposals.
    moments : sums of O and of (E_L - reference) O over samples with finite E_L, shape (2, n_params).
    O : log-derivatives, one column for each sample, shape (n_params, n_samples * n_walkers); empty unless collected.
    offender : the first configuration with an energy that is not finite, (N d,); nan if there is none.
    spreads : sum over the particles of each mass of m_i x_ik^2 for each axis k, (n_masses d, n_samples, n_walkers); of
        none unless asked for.
    """

    energies: np.ndarray
    n_accepted: int
    moments: np.ndarray
    O: np.ndarray
    offender: np.ndarray
    spreads: np.ndarray


class Measurement:
    """A wave function, a Hamiltonian and a move linked into one compiled loop.

    Parameters
    ----------
    wave_function, hamiltonian : of the same system.
    move : how walkers move; light particles farther, see :mod:`vmc.measuring.mass_scales`.
    kinetic : 'analytic' or 'finite_difference'.
    observables : averages beside the energy.

    Raises
    ------
    ValueError
        if the systems or wave functions differ, two observables share a name, or a move holds several configurations a
        walker or does not fit the number of coordinates.
    """

    def __init__(
        self,
        wave_function: WaveFunction,
        hamiltonian: Hamiltonian,
        move: Move,
        kinetic: str = "analytic",
        observables: Sequence[Observable] = (),
    ) -> None:
        if wave_function.system != hamiltonian.system:
            raise ValueError(f"wave function of {wave_function.system}, Hamiltonian of {hamiltonian.system}")
        self.wave_function = wave_function
        self.hamiltonian = hamiltonian
        self.move = scaled_by_mass(move, wave_function.system)
        self.kinetic = kinetic
        if any(observable.wave_function not in (None, wave_function) for observable in observables):
            raise ValueError("observables: one belongs to another wave function than the one measured")
        for observable in observables:
            if observable.system not in (None, wave_function.system):
                raise ValueError(
                    f"observables: one is of {observable.system}, the wave function of {wave_function.system}"
                )
        self.observables = Chain(observables)
        self.move.proposals(wave_function.system.n_coordinates)  # refuses blocks that do not fit
        self._n_options = len(self.move.options())
        moves = self.move.link(density_of(wave_function))
        if moves.width not in (None, wave_function.system.n_dim):
            raise ValueError(
                f"move {move.name}: width = {moves.width}: expected that of a particle, the n_dim of its system"
            )
        if moves.copies > 1:
            raise ValueError(f"move {move.name} holds {moves.copies} configurations a walker: expected a move with one")
        self._weights = wave_function.system.coordinate_masses, spread_rows(wave_function.system)
        self.local_energy = link_local_energy(wave_function, hamiltonian, kinetic)
        weighted = self.local_energy.weighted_log_derivatives
        self._loop = link(
            _run,
            prepare=moves.prepare,
            begin=moves.begin,
            step=moves.step,
            prepare_energy=self.local_energy.prepare,
            local_energy=self.local_energy.energy,
            log_derivatives=self.local_energy.log_derivatives,
            weighted_log_derivatives=weighted or no_sums,
            observe=self.observables.kernel,
            by_products=weighted is not None,
        )

    @property
    def n_components(self) -> int:
        """Number of energy components."""
        return len(self.hamiltonian.components)

    def compile(self) -> None:
        """Compile the loop, or load it from the cache, now instead of at the first use.

        Raises
        ------
        UserError
            for a function of the user's that Numba does not take, with what it says of it.
        """
        # Nowhere in particular: with all particles at one place negative powers of distances would divide by zero.
        X = np.random.default_rng(1).normal(size=(1, self.wave_function.system.n_coordinates))
        with plain_refusals():
            self.advance(X, np.zeros((1, 4), np.uint64), self.move.options(), 0)

    def advance(self, X: np.ndarray, states: np.ndarray, options: np.ndarray, n_steps: int) -> int:
        """Move the walkers of a block `n_steps` steps without measuring; return the accepted proposals."""
        nothing = np.empty((0, X.shape[0], self.n_components))
        return self._run(X, states, options, nothing, 1, n_steps, 0.0, np.zeros((2, 0))).n_accepted

    def measure(
        self,
        X: np.ndarray,
        states: np.ndarray,
        options: np.ndarray,
        n_samples: int,
        stride: int = 1,
        reference: float = 0.0,
        moments: bool = False,
        O: np.ndarray | None = None,
        observed: np.ndarray | None = None,
        spreads: bool = False,
    ) -> BlockSample:
        """Move and measure the walkers of one canonical block.

        Parameters
        ----------
        X, states : configurations (n_walkers, N d) and random streams (n_walkers, 4), changed in place.
        options : of the move.
        n_samples, stride : measurements per walker, and steps before each.
        reference : energy subtracted in the moments, against cancellation.
        moments : whether to sum O and E_L O.
        O : where to put the log-derivatives, a column for each sample, (n_params, n_samples * n_walkers).
        observed : sums of the observables in each tile of walkers, (n_tiles, n_sums), to which these are added.
        spreads : whether to keep how far out the particles are.
        """
        if moments and O is not None:
            raise ValueError("moments and O: expected one of them")
        sums = np.zeros((2, self.wave_function.n_params if moments else 0))
        energies = np.empty((n_samples, X.shape[0], self.n_components))
        kept = np.empty((1 + self._weights[1].max() if spreads else 0, n_samples, X.shape[0]))
        return self._run(X, states, options, energies, n_samples, stride, reference, sums, O, observed, kept)

    def _run(
        self, X, states, options, energies, n_samples, stride, reference, moments, O=None, observed=None, spreads=None
    ):
        if len(options) != self._n_options:
            raise ValueError(
                f"options of {len(options)} numbers: expected {self._n_options}, those of measurement.move"
            )
        if O is None:
            O = np.empty((0, 0))
        if observed is None:
            observed = np.empty((0, 0))
        if spreads is None:
            spreads = np.empty((0, 0, 0))
        offender = np.full(X.shape[1], np.nan)
        accepted = self._loop(
            self.wave_function.arguments(),
            self.local_energy.arguments,
            self.observables.arguments(),
            X,
            states,
            options,
            n_samples,
            stride,
            reference,
            TILE,
            (energies, moments, O, offender, observed, spreads, *self._weights),
        )
        return BlockSample(energies, int(accepted), moments, O, offender, spreads)


def _run(p, h, o, X, states, options, n_samples, stride, reference, tile, outputs):
    # Every slot is called at one place only: each call may become a copy of what it calls.
    energies, moments, collected, offender, observed, spreads, masses, rows = outputs
    n_walkers, n = X.shape
    accepted = 0
    for first in range(0, n_walkers, tile):
        last = min(first + tile, n_walkers)
        x, s = np.empty((n, last - first)), states[first:last]
        transpose(X[first:last], x)
        memory = prepare(p, last - first, n)
        begin(p, x, options, memory)
        energy_memory = prepare_energy(p, last - first, n)
        E = np.empty((energies.shape[2], last - first))
        O = np.empty((moments.shape[1] + collected.shape[0], last - first))
        weights = np.empty((2, last - first))
        for sample in range(n_samples):
            for _ in range(stride):
                accepted += step(p, x, s, options, memory)
            if energies.shape[0] == 0:
                continue
            local_energy(p, h, x, E, energy_memory)
            keep_energies(E, x, energies[sample, first:last], offender)
            if spreads.size > 0:
                keep_spreads(x, masses, rows, spreads[:, sample, first:last])
            if observed.size > 0:
                observe(o, x, E, observed[first // tile])
            n_bad = 0
            if moments.shape[1] > 0:
                n_bad = moment_weights(E, reference, weights)
            if by_products and moments.shape[1] > 0 and n_bad == 0:
                weighted_log_derivatives(p, x, weights, moments, 0, energy_memory[0])
            elif O.shape[0] > 0:
                zero(O)
                log_derivatives(p, x, O, 0, energy_memory[0])
                if collected.shape[0] > 0:
                    copy_rows(O, 0, collected[:, sample * n_walkers + first : sample * n_walkers + last])
                else:
                    add_moments(O, weights, n_bad, moments)
        transpose(x, X[first:last])
    return accepted
