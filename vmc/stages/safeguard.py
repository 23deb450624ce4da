"""Refuses to follow a step that blew up."""

from __future__ import annotations

import math

import numpy as np

from vmc.errors import UserError
from vmc.measuring.estimators import EnergyMoments
from vmc.stages.history import History

#: A step has blown up if the energy rose by this many standard errors and this share of its scale ...
SIGMA_LIMIT, SHARE_LIMIT = 10.0, 0.05
#: ... or the variance grew by this factor while the energy rose.  A lower energy is no excuse beyond all measure:
#: walkers that cannot follow psi, or a psi that is not normalisable, sample any energy down to minus infinity.
VARIANCE_FACTOR = 100.0
#: Deviation of local energies, as a share of the energy scale, below which they count as deviating by this share: at
#: an eigenstate the variance vanishes, and one before it is any factor larger.
FLOOR = 1e-2
#: Roll-backs in a row, and in all, after which the run gives up.
STRIKES, MOST = 3, 10
#: What a roll-back leaves of the learning rate.
CUT = 0.5


#: Energy, error, variance and energy scale before anything is known of them.
UNKNOWN = (math.nan, math.nan, math.nan, math.nan)


class GaveUpError(UserError):
    """An optimisation that blew up again and again; every rank has it at the same place.

    Attributes
    ----------
    history : the iterations up to there, of :func:`vmc.optimise`; of a job they are in its results file.
    """

    history: History | None = None


class Safeguard:
    """Judges every iteration by the last good one, and by the one of lowest variance: blow-ups may be slow.

    Attributes
    ----------
    good_theta : parameters of the last good iteration, to which a roll-back leads.
    quiet_theta : those of the iteration of lowest variance, to which it leads where energy and variance have grown
        since then as they may not in a single step.
    good, quiet : energy, error, variance and energy scale of the two.  A roll-back forgets the first, which is measured
        anew; the second stays, so that a place that proves absurd then leads further back.
    damping : factor on the learning rate, halved by every roll-back.
    """

    def __init__(self, theta: np.ndarray) -> None:
        self.good_theta, self.quiet_theta = theta.copy(), theta.copy()
        self.good = self.quiet = UNKNOWN
        self.damping = 1.0
        self.strikes = 0

    def judge(self, energies: EnergyMoments, update: np.ndarray, theta: np.ndarray) -> str:
        """Remember a good iteration; return what is wrong with a bad one.

        Parameters
        ----------
        energies, update : of the iteration.
        theta : the parameters at which it was measured.
        """
        trouble = self._trouble(energies, update)
        if not trouble and (trouble := self._slow_trouble(energies)):
            self.good_theta[:] = self.quiet_theta
        if not trouble:
            anew = math.isnan(self.good[0]) and np.array_equal(theta, self.quiet_theta)
            if anew or not energies.variance >= self.quiet[2]:
                self.quiet = _seen(energies)
                self.quiet_theta[:] = theta
            if not np.array_equal(theta, self.good_theta):  # where a roll-back leads is no news
                self.strikes = 0
            self.good = _seen(energies)
            self.good_theta[:] = theta
            return ""
        # The last good energy may have been too low, of walkers that lagged behind (see best.py): it is measured anew.
        self.good = UNKNOWN
        if np.array_equal(theta, self.quiet_theta):  # and so may the quietest have been, if it does not come again
            self.quiet = UNKNOWN
        self.strikes += 1
        self.damping *= CUT
        return f"{trouble}: rolled back, learning rate x {self.damping:g}"

    def give_up(self, note: str) -> None:
        """End a run whose steps keep blowing up; `note` is what the last judgement returned.

        Raises
        ------
        GaveUpError
            after three bad steps with no good one between them, or ten in all.
        """
        if note and self.damping <= CUT**MOST:
            raise GaveUpError(
                f"the optimisation blew up {MOST} times in all ({note}), and smaller steps do not help: begin with "
                "other parameters of the wave function, or set more samples or steps between measurements "
                "(optimizer.samples, optimizer.discard)"
            )
        if note and self.strikes >= STRIKES:
            raise GaveUpError(
                f"the optimisation blew up {self.strikes} times in a row ({note}): "
                "lower optimizer.learning_rate, set optimizer.step_limit, or raise the diagonal_shift of stochastic "
                "reconfiguration, or with bfgs and lbfgs optimizer.samples"
            )

    def _trouble(self, energies: EnergyMoments, update: np.ndarray) -> str:
        if not math.isfinite(energies.energy):
            return "the energy is not finite"
        if not np.isfinite(update).all():
            return "the energy gradient is not finite"
        energy, error, variance, scale = self.good
        if math.isnan(energy):
            return ""
        rise = energies.energy - energy
        noise = math.hypot(error, energies.error)
        if rise > SIGMA_LIMIT * noise and rise > SHARE_LIMIT * scale:
            return f"the energy rose from {energy:.6g} to {energies.energy:.6g}"
        if -rise > SIGMA_LIMIT * max(noise, math.sqrt(variance)) and -rise > scale:
            return f"the energy fell from {energy:.6g} to {energies.energy:.6g}"
        floor = (FLOOR * scale if rise > 0.0 else _scale_of_a_fall(scale, energies)) ** 2
        if not energies.variance <= VARIANCE_FACTOR * max(variance, floor):
            return f"the variance grew from {variance:.3g} to {energies.variance:.3g}"
        return ""

    def _slow_trouble(self, energies: EnergyMoments) -> str:
        energy, error, variance, scale = self.quiet
        rise = energies.energy - energy
        if not (rise > max(SIGMA_LIMIT * error, SHARE_LIMIT * scale) or rise < 0.0):
            return ""
        # Of a fall deviations are ten scales.
        floor = max(variance, (FLOOR * scale if rise > 0.0 else _scale_of_a_fall(scale, energies)) ** 2)
        if energies.variance <= VARIANCE_FACTOR * floor:
            return ""
        return (
            f"the energy {'rose' if rise > 0.0 else 'fell'} from {energy:.6g} to {energies.energy:.6g} over some "
            f"iterations, and the variance from {variance:.3g} to {energies.variance:.3g}"
        )


def _scale_of_a_fall(before: float, energies: EnergyMoments) -> float:
    """The scale before, or after where that is larger by the kinetic energy.

    Particles that fall from far out into a well deviate by what they gain there; a psi that is none, or walkers that do
    not follow it, have no kinetic energy above zero to show for it.
    """
    return max(before, 2.0 * float(energies.components[0]))


def _seen(energies: EnergyMoments) -> tuple[float, float, float, float]:
    """What is remembered of an iteration."""
    return energies.energy, energies.error, energies.variance, energies.scale
