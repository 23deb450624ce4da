"""Message passing: every particle is displaced by what it hears of all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.link import link
from numerics.networks import initial_parameters, network_kernels, parameter_shapes
from wavefunctions.backflow.base import QuasiParticles
from wavefunctions.message_passing import attention, kernels, open_inputs, periodic_inputs, pull_back, strip
from wavefunctions.network_factor import check_layers, check_output_scale
from wavefunctions.parameters import ParameterLayout


class MessagePassing(QuasiParticles):
    """Quasi-particles and a symmetric factor from a message-passing network, docs/theory.md eqs. (58) to (62).

    Parameters
    ----------
    system : the particles, in a cell or in open space.
    width : channels of queries, keys, messages and features.
    hidden : units of the hidden layers of all its dense networks.
    activation : 'tanh', 'sigmoid', 'softplus', 'silu', 'gelu' or 'sine'.
    layer_norm, residual : as in :mod:`numerics.networks`.
    kink : whether the distance among the inputs has a kink at contact, which makes cusps; otherwise its square.
    displacement_scale : standard deviation of the first displacements, in mean distances of particles, about.
    output_scale : of the initial weights of the symmetric factor's last layer.
    length : unit of length; where not given, the mean distance of particles in a cell (volume per particle to the power
        1 / d), and one in open space.
    seed : of the initial parameters.

    Raises
    ------
    ValueError
        for no layers, layers without units, an unknown activation, scales below zero or a length not above it.

    References
    ----------
    G. Pescia, J. Nys, J. Kim, A. Lovato and G. Carleo, Phys. Rev. B 110, 035108 (2024).
    """

    def __init__(
        self,
        system: System,
        width: int = 32,
        hidden: Sequence[int] = (32, 32),
        activation: str = "silu",
        layer_norm: bool = False,
        residual: bool = False,
        kink: bool = True,
        displacement_scale: float = 0.03,
        output_scale: float = 0.1,
        length: float | None = None,
        seed: int = 0,
    ) -> None:
        check_layers(width=[width], hidden=hidden)
        check_output_scale(output_scale)
        if not displacement_scale >= 0.0:
            raise ValueError(f"displacement_scale = {displacement_scale}: expected a number not below zero")
        if length is not None and not 0.0 < length < np.inf:
            raise ValueError(f"length = {length}: expected a positive number")
        d, N = system.n_dim, system.n_particles
        inputs, own = (2 * d + 2, 0) if system.cell else (d + 2, d)
        networks = {
            "message": (inputs, *hidden, width),
            "attention": (width, *hidden, width),
            "update": (own + width, *hidden, width),
            "factor": (width, *hidden[:1], 1),
        }
        #: Sizes of the four networks.
        self.sizes = tuple(np.array(sizes, dtype=np.int64) for sizes in networks.values())
        rng = np.random.default_rng(seed)
        shapes: list[tuple[str, tuple[int, ...]]] = []
        parts: list[np.ndarray] = []
        for name in ("query", "key"):
            shapes += [(f"{name}_weights", (width, inputs)), (f"{name}_biases", (width,))]
            parts += [rng.normal(0.0, inputs**-0.5, width * inputs), rng.normal(0.0, 1.0, width)]
        for name, sizes in networks.items():
            shapes += [(f"{name}_{part}", shape) for part, shape in parameter_shapes(sizes, layer_norm)]
            scale = output_scale if name == "factor" else 1.0
            parts.append(initial_parameters(sizes, rng, scale, layer_norm))
        shapes.append(("displacement", (d, width)))
        parts.append(rng.normal(0.0, displacement_scale * width**-0.5, d * width))
        #: Where queries' and keys' weights and biases, the networks and the displacement begin among the parameters.
        self.starts = np.cumsum([0, *(part.size for part in parts[:-1])])
        self._unit = length if length is not None else _mean_distance(system)
        spins = np.ones(N) if system.n_up is None else np.where(np.arange(N) < system.n_up, 1.0, -1.0)
        self._geometry: tuple[Any, ...] = (
            (*periodic_inputs.periodic_geometry(system.cell), spins) if system.cell else (self._unit, spins)
        )
        layout = ParameterLayout(tuple(shapes))
        linked = _kernels(system, network_kernels(activation, layer_norm, residual), kink)
        super().__init__(system, layout, np.concatenate(parts), linked)

    def arguments(self) -> tuple[Any, ...]:
        """(theta, maps, parameters of networks, their sizes, where all begin, geometry, unit of length, scale)."""
        pieces = [self.theta[a:b] for a, b in zip(self.starts, [*self.starts[1:], self.theta.size])]
        width, inputs = pieces[1].size, pieces[0].size // pieces[1].size
        maps = (
            pieces[0].reshape(width, inputs),
            pieces[1],
            pieces[2].reshape(width, inputs),
            pieces[3],
            pieces[8].reshape(self.system.n_dim, width),
        )
        scale = self.system.n_particles**-0.5
        return (self.theta, maps, tuple(pieces[4:8]), self.sizes, self.starts, self._geometry, self._unit, scale)


def _mean_distance(system: System) -> float:
    return 1.0 if system.cell is None else (system.cell.volume / system.n_particles) ** (1.0 / system.n_dim)


def _kernels(system: System, network: Any, kink: bool) -> dict[str, Any]:
    inputs: Any = periodic_inputs if system.cell else open_inputs
    shape: dict[str, Any] = {"n_dim": system.n_dim}
    alone = system.cell is not None
    own = inputs.no_particle_inputs if alone else link(inputs.fill_particles, **shape)
    own_changes = inputs.no_particle_derivatives if alone else link(inputs.fill_particle_derivatives, **shape)
    values: dict[str, Any] = {
        "keys": link(
            strip.fill_keys,
            apart=True,
            fill_pairs=link(inputs.fill_pairs, kink=kink, **shape),
            fill_particles=own,
        ),
        "messages": link(strip.fill_messages, apart=True, forward=network.forward),
        "features": link(strip.finish, apart=True, forward=network.forward),
    }
    arrive = link(
        kernels.add_arriving,
        apart=True,
        attention_derivatives=link(attention.attend_derivatives, **shape),
        message_derivatives=link(attention.add_weighed_derivatives, **shape),
        from_layer=network.from_layer,
        **shape,
    )
    rows: dict[str, Any] = {"add_rows": network.add_strip_rows}
    return {
        "workspace": link(kernels.workspace, apart=True),
        "coordinates": link(kernels.coordinates, apart=True, **values, **shape),
        "derivatives": link(
            kernels.derivatives,
            apart=True,
            pair_derivatives=link(inputs.fill_pair_derivatives, kink=kink, **shape),
            particle_derivatives=own_changes,
            arrive=arrive,
            leave=link(kernels.displace, apart=True, from_layer=network.from_layer, **shape),
            **values,
            **shape,
        ),
        "pull_back": link(
            pull_back.pull_back,
            apart=True,
            back_to_features=link(pull_back.pull_to_features, apart=True, **rows, **shape),
            back_to_pairs=link(pull_back.pull_to_pairs, apart=True, **rows),
            **values,
            **rows,
        ),
    }
