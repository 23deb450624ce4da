"""Message passing: every particle is displaced by what it hears of all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.networks import network_kernels
from wavefunctions.backflow.base import QuasiParticles
from wavefunctions.message_passing import periodic_inputs
from wavefunctions.message_passing.iterated.linking import iterated_kernels
from wavefunctions.message_passing.iterated.memory import parameter_table, particles_together
from wavefunctions.message_passing.layout import Initial, Widths, lay_out
from wavefunctions.message_passing.linking import single_kernels
from wavefunctions.network_factor import check_layers, check_output_scale, check_residual


class MessagePassing(QuasiParticles):
    """Quasi-particles and a symmetric factor from a message-passing network, docs/theory.md eqs. (58) to (62) and (70).

    Parameters
    ----------
    system : the particles, in a cell or in open space.
    width : channels of queries, keys, messages and features.
    hidden : units of the hidden layers of all its dense networks.
    iterations : how often messages are passed; from the second time on pairs and particles have hidden features.
    activation : 'tanh', 'sigmoid', 'softplus', 'silu', 'gelu' or 'sine'.
    layer_norm, residual : as in :mod:`numerics.networks`.
    kink : whether the distance among the inputs has a kink at contact, which makes cusps; otherwise its square. True
        where not given, but in one dimension where particles meet: a kink of a wave function that does not vanish has
        an energy there which no walker ever meets.
    displacement_scale : standard deviation of the first displacements, in mean distances of particles, and of the
        logarithms of factors, about.
    output_scale : of the initial weights of the symmetric factor's last layer.
    n_factors : how many factors of orbitals it makes for every particle, docs/theory.md eq. (81).
    length : unit of length; where not given, the mean distance of particles in a cell (volume per particle to the power
        1 / d), and one in open space.
    seed : of the initial parameters.

    Raises
    ------
    ValueError
        for no layers, layers without units, an unknown activation, residuals where no two hidden layers in a row have
        as many units, fewer than one iteration, scales or factors below zero, a length not above it, or a kink in one
        dimension where particles meet.

    References
    ----------
    G. Pescia, J. Nys, J. Kim, A. Lovato and G. Carleo, Phys. Rev. B 110, 035108 (2024).
    """

    def __init__(
        self,
        system: System,
        width: int = 32,
        hidden: Sequence[int] = (32, 32),
        iterations: int = 1,
        activation: str = "silu",
        layer_norm: bool = False,
        residual: bool = False,
        kink: bool | None = None,
        displacement_scale: float = 0.03,
        output_scale: float = 0.1,
        n_factors: int = 0,
        length: float | None = None,
        seed: int = 0,
    ) -> None:
        check_layers(width=[width], hidden=hidden)
        check_residual(residual, hidden=hidden)
        check_output_scale(output_scale)
        if iterations < 1:
            raise ValueError(f"iterations = {iterations}: expected at least one")
        if not displacement_scale >= 0.0:
            raise ValueError(f"displacement_scale = {displacement_scale}: expected a number not below zero")
        if n_factors < 0:
            raise ValueError(f"n_factors = {n_factors}: expected a number not below zero")
        if length is not None and not 0.0 < length < np.inf:
            raise ValueError(f"length = {length}: expected a positive number")
        d, N = system.n_dim, system.n_particles
        kink = _kink(system, kink)
        inputs, own = (2 * d + 2, 0) if system.cell else (d + 2, d)
        widths = Widths(inputs, own, width, tuple(hidden), d + n_factors, iterations)
        plan = lay_out(widths, Initial(displacement_scale, output_scale, layer_norm, seed))
        self.iterations = iterations
        #: Whether it makes cusps.
        self.kink = kink
        #: Sizes of all networks by name.
        self.sizes = plan.sizes
        self._bounds = plan.bounds
        unit = length if length is not None else _mean_distance(system)
        spins = np.ones(N) if system.n_up is None else np.where(np.arange(N) < system.n_up, 1.0, -1.0)
        self._geometry: tuple[Any, ...] = (
            (*periodic_inputs.periodic_geometry(system.cell), spins) if system.cell else (unit, spins)
        )
        make = single_kernels if iterations == 1 else iterated_kernels
        linked = make(system, network_kernels(activation, layer_norm, residual), kink)
        super().__init__(system, plan.parameters, plan.theta, linked, (), n_factors)
        self._units = np.concatenate([np.full(d, unit), np.ones(n_factors)])
        #: Particles by which derivatives are taken together where there are several iterations.
        self.block = particles_together(N, d, inputs, width)

    def arguments(self) -> tuple[Any, ...]:
        """What the kernels of one iteration or of several are handed: :mod:`.strip`, :mod:`.iterated.memory`."""
        scale = self.system.n_particles**-0.5
        if self.iterations > 1:
            table = parameter_table(self.iterations, self.sizes, self._bounds)
            return (self.theta, *table, self._geometry, self._units, scale, self.block)
        pieces = [self.theta[a:b] for a, b in self._bounds.values()]
        starts = np.array([a for a, _ in self._bounds.values()])
        width, inputs = pieces[1].size, pieces[0].size // pieces[1].size
        maps = (
            pieces[0].reshape(width, inputs),
            pieces[1],
            pieces[2].reshape(width, inputs),
            pieces[3],
            pieces[8].reshape(self.width, width),
        )
        sizes = tuple(self.sizes.values())
        return (self.theta, maps, tuple(pieces[4:8]), sizes, starts, self._geometry, self._units, scale)


def _kink(system: System, kink: bool | None) -> bool:
    """Whether to have a kink at contact, where it may be."""
    allowed = system.n_dim > 1 or not system.particles_meet
    if kink and not allowed:
        raise ValueError("kink = True: expected False in one dimension where particles meet")
    return allowed if kink is None else kink


def _mean_distance(system: System) -> float:
    return 1.0 if system.cell is None else (system.cell.volume / system.n_particles) ** (1.0 / system.n_dim)
