"""The compiled kernels of message passing with one iteration."""

from __future__ import annotations

from typing import Any

from hamiltonians.system import System
from numerics.link import link
from wavefunctions.message_passing import attention, kernels, open_inputs, periodic_inputs, pull_back, strip


def input_kernels(system: System, kink: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values of what the network sees of pairs and of particles, and their derivatives, by slot."""
    inputs: Any = periodic_inputs if system.cell else open_inputs
    shape: dict[str, Any] = {"n_dim": system.n_dim}
    alone = system.cell is not None
    values = {
        "fill_pairs": link(inputs.fill_pairs, kink=kink, **shape),
        "fill_particles": inputs.no_particle_inputs if alone else link(inputs.fill_particles, **shape),
    }
    changes = {
        "pair_derivatives": link(inputs.fill_pair_derivatives, kink=kink, **shape),
        "particle_derivatives": (
            inputs.no_particle_derivatives if alone else link(inputs.fill_particle_derivatives, **shape)
        ),
    }
    return values, changes


def single_kernels(system: System, network: Any, kink: bool) -> dict[str, Any]:
    """Link the kernels of quasi-particles for a geometry and for networks with one choice of activation."""
    shape: dict[str, Any] = {"n_dim": system.n_dim}
    seen, changes = input_kernels(system, kink)
    values: dict[str, Any] = {
        "keys": link(
            strip.fill_keys,
            apart=True,
            **seen,
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
        "workspace": link(kernels.workspace, apart=True, **shape),
        "coordinates": link(kernels.coordinates, apart=True, **values, **shape),
        "derivatives": link(
            kernels.derivatives,
            apart=True,
            **changes,
            arrive=arrive,
            leave=link(kernels.displace, apart=True, from_layer=network.from_layer),
            **values,
            **shape,
        ),
        "pull_back": link(
            pull_back.pull_back,
            apart=True,
            back_to_arrived=link(pull_back.pull_to_arrived, apart=True, **rows),
            back_to_pairs=link(pull_back.pull_to_pairs, apart=True, **rows),
            **values,
        ),
    }
