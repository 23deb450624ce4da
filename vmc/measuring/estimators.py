"""From the samples of a block of walkers to sums that add over blocks, and from sums to estimates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vmc.measuring.measurement import BlockSample

#: Entries of a buffer of energy sums before the per-component sums.
N_SCALARS = 8


@dataclass(frozen=True)
class EnergyMoments:
    """Estimates from one sample of all walkers, docs/theory.md eqs. (17)-(19).

    Attributes
    ----------
    energy : mean local energy.
    error : standard error of the mean from the scatter of the walkers' means, so that correlation along a
        walker's path is counted in.
    variance : of the local energy.
    components : means of the energy components.
    acceptance : accepted / proposed moves.
    n_samples, n_nonfinite : samples averaged, and samples left out because E_L was not finite.
    """

    energy: float
    error: float
    variance: float
    components: np.ndarray
    acceptance: float
    n_samples: int
    n_nonfinite: int

    @property
    def scale(self) -> float:
        """What changes of the energy are measured by, see :func:`energy_scale`."""
        return energy_scale(self.components[0], self.variance)

    @property
    def nonfinite_fraction(self) -> float:
        """Share of the samples whose local energy was not finite."""
        total = self.n_samples + self.n_nonfinite
        return self.n_nonfinite / total if total else 1.0


def energy_scale(kinetic: float, variance: float) -> float:
    """What changes of an energy are measured by, whatever constant the potential holds.

    Twice the kinetic energy, which is the energy itself of particles in a harmonic trap and below zero in no state, or
    the deviation of the local energies where that is larger.
    """
    return float(np.nanmax([2.0 * kinetic, math.sqrt(max(variance, 0.0)), 0.0]))


def energy_sums(sample: BlockSample, reference: float) -> np.ndarray:
    """Sums over one block, relative to `reference`: counts, E, E^2, walker means and squares, components."""
    total = sample.energies.sum(axis=2) - reference
    finite = np.isfinite(total)
    n_bad = total.size - np.count_nonzero(finite)
    if n_bad:
        total = np.where(finite, total, 0.0)
        parts = np.where(finite[:, :, None], sample.energies, 0.0)
        count = finite.sum(axis=0)
        walkers = count > 0
        means = total.sum(axis=0)[walkers] / count[walkers]
    else:
        parts = sample.energies
        means = total.mean(axis=0)
    scalars = [
        total.size - n_bad,
        n_bad,
        sample.n_accepted,
        total.sum(),
        np.vdot(total, total),
        means.size,
        means.sum(),
        np.vdot(means, means),
    ]
    return np.concatenate([scalars, parts.sum(axis=(0, 1))])


def energy_moments(sums: np.ndarray, reference: float, n_proposed: int) -> EnergyMoments:
    """Estimates from the sums of all blocks (see :func:`energy_sums`)."""
    n, n_bad, accepted, first, second, n_walkers, walker_first, walker_second = sums[:N_SCALARS].tolist()
    if n == 0:
        empty = np.full(sums.size - N_SCALARS, math.nan)
        return EnergyMoments(math.nan, math.nan, math.nan, empty, accepted / n_proposed, 0, int(n_bad))
    shift = first / n
    variance = max(second / n - shift * shift, 0.0)
    error = math.nan
    if n_walkers > 1:
        mean = walker_first / n_walkers
        spread = max(walker_second / n_walkers - mean * mean, 0.0)
        error = math.sqrt(spread / (n_walkers - 1))
    return EnergyMoments(
        energy=reference + shift,
        error=error,
        variance=variance,
        components=sums[N_SCALARS:] / n,
        acceptance=accepted / n_proposed,
        n_samples=int(n),
        n_nonfinite=int(n_bad),
    )


def energy_gradient(moments: np.ndarray, energies: EnergyMoments, reference: float) -> np.ndarray:
    """dE/dtheta = 2 (<E_L O> - <E_L><O>) from the summed moments (2, n_params), docs/theory.md eq. (18)."""
    n = energies.n_samples
    return 2.0 * (moments[1] / n - (energies.energy - reference) * (moments[0] / n))
