"""Slopes at contact that keep the local energy of a Coulomb pair finite."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamiltonians.system import System


def contact_slopes(system: System, strength: float, cusp: float | Sequence[float] | None = None) -> np.ndarray:
    """u'(0) for each kind of pair, (n_kinds,): equal and opposite spins, or one for particles without spin.

    For a pair repelling as strength / r it is strength / (d - 1) where the pair may meet (bosons, opposite spins) and
    strength / (d + 1) where it may not (equal spins): Kato (1957), Pack and Byers Brown (1966), docs/theory.md eq. (8).

    Parameters
    ----------
    system : the particles.
    strength : of the Coulomb repulsion.
    cusp : the slope itself, for all pairs or for each kind.

    Raises
    ------
    ValueError
        in one dimension without a cusp, where the wave function must vanish at contact; for the wrong number of slopes.
    """
    n_kinds = 1 if system.n_up is None else 2
    if cusp is not None:
        if np.shape(cusp) not in ((), (n_kinds,)):
            raise ValueError(f"cusp = {cusp}: expected a number, or one for each of {n_kinds} kinds of pairs")
        return np.full(n_kinds, cusp, dtype=np.float64)
    if system.n_dim == 1:
        raise ValueError("cusp: expected a number, the Coulomb cusp has no such form in one dimension")
    meeting = strength / (system.n_dim - 1)
    return np.array([meeting] if n_kinds == 1 else [strength / (system.n_dim + 1), meeting])
