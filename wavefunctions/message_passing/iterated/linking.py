"""The compiled kernels of message passing with several iterations."""

from __future__ import annotations

from typing import Any

from hamiltonians.system import System
from numerics.link import link
from wavefunctions.message_passing.iterated import derivatives, first, pull_back, values
from wavefunctions.message_passing.linking import input_kernels


def iterated_kernels(system: System, network: Any, kink: bool) -> dict[str, Any]:
    """Link the kernels of quasi-particles for a geometry and for networks with one choice of activation."""
    shape: dict[str, Any] = {"n_dim": system.n_dim}
    seen, changes = input_kernels(system, kink)
    pairs: dict[str, Any] = {
        "messages": link(values.fill_messages, apart=True, forward=network.forward),
        "edges": link(values.fill_edges, apart=True, forward=network.forward),
    }
    strip: dict[str, Any] = {
        "values": link(
            values.fill_values,
            apart=True,
            **seen,
            particles=link(values.fill_update, apart=True, forward=network.forward),
            **pairs,
        )
    }
    through: dict[str, Any] = {"from_layer": network.from_layer}
    rows: dict[str, Any] = {"add_rows": network.add_strip_rows}
    return {
        "workspace": link(values.workspace, apart=True, **shape),
        "coordinates": link(values.coordinates, apart=True, **strip, **shape),
        "derivatives": link(
            derivatives.derivatives,
            apart=True,
            **changes,
            iterate=link(
                derivatives.iterate_derivatives,
                apart=True,
                arrive=link(
                    derivatives.add_arriving,
                    apart=True,
                    first_likeness=link(first.likeness_derivatives, **shape),
                    first_weighed=link(first.weigh_first_derivatives, **shape),
                    **pairs,
                    **through,
                    **shape,
                ),
                **through,
                **shape,
            ),
            leave=link(derivatives.displace, apart=True, **through, **shape),
            **strip,
            **shape,
        ),
        "pull_back": link(
            pull_back.pull_back,
            apart=True,
            back_to_features=link(pull_back.pull_to_features, apart=True, **rows),
            back_through=link(
                pull_back.pull_through,
                apart=True,
                back_to_pairs=link(pull_back.pull_to_pairs, apart=True, edges=pairs["edges"], **rows),
                messages=pairs["messages"],
                **rows,
            ),
            **strip,
        ),
    }
