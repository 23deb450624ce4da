"""How far particles of different masses move in one step: as far as psi is wide for them, docs/theory.md section 22."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from samplers.base import Move, scaled


def mass_scales(system: System) -> tuple[float, ...]:
    """sqrt(m_heaviest / m) of each coordinate, by which steps are multiplied; empty where all are alike.

    So they are in a cell too: plane waves know no masses, and light and heavy particles go through all of it.
    """
    if system.common_mass is not None or system.cell is not None:
        return ()
    masses = system.coordinate_masses
    return tuple(np.sqrt(masses.max() / masses).tolist())


def scaled_by_mass(move: Move, system: System) -> Move:
    """The move with these scales; itself where there are none, it has some of its own, or cannot be scaled."""
    scales = mass_scales(system)
    return scaled(move, scales) if scales and not getattr(move, "scales", ()) else move
