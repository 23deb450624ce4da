"""What particles that are closer than samples come add to the energy: no walker may meet a narrow potential."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmc.soundness.close_by import PER_DECADE, CloseBy

#: Of the sum of the sizes of the energy's parts: what rounding may be.
_ROUNDING = 1e-8


@dataclass(frozen=True)
class Unseen:
    """What pairs, or three particles, add to the energy that are closer than samples come.

    Attributes
    ----------
    distance : below which fewer than ten samples with such a pair are expected.
    energy : the integral of |psi|^2 (E_L - E) over configurations with such a pair, summed over pairs.
    """

    distance: float
    energy: float


def unseen_at_contact(close: CloseBy, parts: np.ndarray) -> Unseen | None:
    """What particles closer than samples come add; None where it is no more than rounding, or samples come everywhere.

    Parameters
    ----------
    parts : means of the kinetic energy and of each term of the potential, over the samples.
    """
    near = close.is_unseen
    if not near.any():
        return None
    with np.errstate(invalid="ignore"):  # infinite potentials where kinetic energies are
        E, shares = close.parts[:, near].sum(axis=2), close.shares[:, near]
    # Where psi vanishes, inside of a hard core say, nobody is, and the local energy is no number.
    counts = np.isfinite(E) & (shares > 0.0)
    energy = float((shares * np.where(counts, E - parts.sum(), 0.0)).sum(axis=1).mean()) * close.n_groups
    if not abs(energy) > _ROUNDING * float(np.abs(parts).sum()):
        return None
    return Unseen(float(close.r[near][-1]) * 10.0 ** (0.5 / PER_DECADE), energy)
