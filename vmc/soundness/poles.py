"""Poles where particles meet that psi does not make up for: the energy has a mean there and no variance.

With |psi|^2 r^d the density of a pair per step of log r, the integral of E_L^2 ends at contact only where this density
times E_L^2 falls towards r = 0: docs/theory.md section 5.
"""

from __future__ import annotations

import numpy as np

from vmc.soundness.close_by import PER_DECADE, CloseBy

#: Slopes are taken over half a decade each, in the two decades closest to contact.
_STEP, _N_STEPS = PER_DECADE // 2, 4
#: A slope is below zero from here on: of charges in two dimensions without a cusp, of which others speak, it is zero.
_BELOW_ZERO = -0.05
#: By how much slopes may differ that are of one power.
_TOLERANCE = 0.1
#: Of the sum of the sizes of the local energy's parts: what is left where they cancel.
_ROUNDING = 1e-7
#: Share of the variance that is in the decade below which hardly a sample comes, from which on a pole matters: ten
#: times as close come ten samples in a thousand runs or so, and are then an error off at most.
_MATTERS = 1e-3


def pole_without_variance(close: CloseBy, energy: float, variance: float) -> str:
    """Where two particles meet, or three, and make the variance infinite, in words; '' for nowhere.

    Parameters
    ----------
    energy, variance : mean and variance of the local energy, over the samples.
    """
    with np.errstate(invalid="ignore"):
        deviation = close.parts.sum(axis=2) - energy
        counts = np.isfinite(deviation) & (np.abs(deviation) > _ROUNDING * np.abs(close.parts).sum(axis=2))
    squares = close.shares * np.where(counts, deviation, 0.0) ** 2
    farthest = max(int(np.count_nonzero(close.is_unseen)) - 1, 0)
    if not squares[:, farthest].mean() * close.n_groups * PER_DECADE > _MATTERS * variance:
        return ""
    mean = squares.mean(axis=0)[: _STEP * _N_STEPS + 1 : _STEP]
    if not (mean > 0.0).all():
        return ""
    slopes = np.diff(np.log10(mean)) * PER_DECADE / _STEP
    if not (slopes.max() < _BELOW_ZERO and np.ptp(slopes) < _TOLERANCE):
        return ""
    *others, last = sorted(close.groups[int(np.argmax(squares[:, 0]))])
    dimensions = f"{close.n_dim} dimension{'s' if close.n_dim > 1 else ''}"
    return (
        f"where particles {', '.join(map(str, others))} and {last} meet, |psi|^2 E_L^2 goes as "
        f"r^{slopes[0] - close.n_dim:.3g} down to r = {close.r[0]:.1g} in {dimensions}; expected a psi whose kinetic "
        "energy makes up for the pole of the potential there, by a cusp or a zero, and has none where there is none"
    )
