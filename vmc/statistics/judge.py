"""One plain line on whether an error bar can be believed."""

from dataclasses import dataclass
from math import isfinite, isnan, nan, sqrt
from typing import Any

from vmc.statistics.choice import DISAGREEMENT_SIGNIFICANCE
from vmc.statistics.diagnostics import MINIMUM_LENGTH_IN_TAU, Diagnostics
from vmc.statistics.estimate import json_fields

R_HAT_LIMIT = 1.01  # Vehtari et al., Bayesian Analysis 16, 667 (2021)
# Few walkers exceed it by chance: four of 200 tau in 3 of 100 sound runs. For them the limit is raised until this
# share of sound runs exceeds it; from 600 tau on it is 1.01 for any number of walkers but one.
R_HAT_FALSE_ALARM = 1e-3
# With many short walkers R-hat is about sqrt(1 + 2 tau/n) = 1.05 at n = 20 tau though all is well; 1.1 is the
# older limit of Gelman et al., Bayesian Data Analysis (2004). Of sound runs 3e-4 exceed it with 16 walkers of 20 tau,
# fewer than 1e-6 with 32.
R_HAT_LIMIT_MANY_WALKERS = 1.1
DRIFT_LIMIT = 3.5  # sigma: one false alarm in 2000 runs
DRIFT_LIMIT_OF_PARTS = 4.0  # sigma: one in 2600 runs with three parts and three axes
# Autocorrelation times of the spread along an axis below which walkers may not have come where psi is: they were
# thermalised for no longer than they are measured, as a rule.
MINIMUM_SPREAD_LENGTH = 5.0
UNCERTAIN_VARIANCE = 0.4  # error of a variance, as a share of it, from which on there may be no variance
NONFINITE_LIMIT = 0.01  # share of samples
NONFINITE_LIMIT_OF_EIGENSTATES = 1e-5  # their local energy is the same wherever they do not vanish
NOISE_SHARE = 0.01  # of the variance, above which it is said that it comes of rounding
NONFINITE_DISTANCE = 10.0  # standard deviations from the mean assumed for a sample that could not be computed


@dataclass(frozen=True)
class Verdict:
    """``line`` for people; ``reasons`` are the objections, empty when the error bar is reliable.

    ``diagnostics``: the numbers it rests on.
    """

    reliable: bool
    line: str
    reasons: list[str]
    diagnostics: Diagnostics

    def __str__(self) -> str:
        return self.line

    def as_dict(self) -> dict[str, Any]:
        """Return all of it for JSON, which has no NaN or infinity: those become None."""
        numbers = json_fields(self.diagnostics)
        return {"reliable": self.reliable, "verdict": self.line, "reasons": self.reasons, "diagnostics": numbers}


def _long_series(seen: Diagnostics) -> bool:
    """Tell whether the time series alone is long enough."""
    return seen.plateau_reached and seen.n_over_tau >= MINIMUM_LENGTH_IN_TAU


def _length_objections(seen: Diagnostics) -> list[str]:
    """Too short for an error bar, by either route."""
    if seen.many_walkers:
        if seen.n_over_tau >= seen.needed_n_over_tau:
            return []
        return [f"too short: only n/tau = {seen.n_over_tau:.3g} per walker (need {seen.needed_n_over_tau:.0f})"]
    objections = []
    if not seen.n_over_tau >= seen.needed_n_over_tau:
        objections.append(f"too short: only n/tau = {seen.n_over_tau:.3g} (need {seen.needed_n_over_tau:.0f})")
    if not seen.plateau_reached:
        objections.append(f"no blocking plateau in {seen.n_rows} rows")
    return objections


def _r_hat_limit(seen: Diagnostics) -> float:
    """Return the largest R-hat that is no objection.

    Half means scatter with 2 tau / n times the variance of samples, so that (R-hat^2 - 1) n / (2 tau) times its
    degrees of freedom, one less than there are halves, has a chi-square distribution in a sound run.
    """
    from scipy.special import chdtri

    if seen.many_walkers and not _long_series(seen):
        return R_HAT_LIMIT_MANY_WALKERS
    freedom = 2 * max(seen.n_walkers, 1) - 1
    if not seen.n_over_tau > 0.0:
        return R_HAT_LIMIT
    scatter = 2.0 / seen.n_over_tau * float(chdtri(freedom, R_HAT_FALSE_ALARM)) / freedom
    return max(R_HAT_LIMIT, sqrt(1.0 + scatter))


def _agreement_objections(seen: Diagnostics) -> list[str]:
    """Parts of the run that contradict each other: halves, walkers, or the two errors."""
    objections = []
    if abs(seen.drift) > DRIFT_LIMIT:
        objections.append(f"drift between first and second half of {abs(seen.drift):.1f} sigma")
    objections += _distribution_objections(seen)
    limit = _r_hat_limit(seen)
    if seen.r_hat > limit:
        objections.append(f"split R-hat {seen.r_hat:.3f} (limit {limit:.4g})")
    if seen.n_standing:
        standing = f"{seen.n_standing} of {seen.n_walkers} walkers stood still for long"
        objections.append(f"{standing}: the energy may lie below the exact one")
    if seen.error_ratio_probability < DISAGREEMENT_SIGNIFICANCE:
        if seen.error_ratio > 1.0:
            objections.append(f"walkers disagree (error between them {seen.error_ratio:.1f} times that in time)")
        else:
            factor = 1.0 / seen.error_ratio if seen.error_ratio > 0.0 else float("inf")
            objections.append(f"walkers move together (error in time {factor:.1f} times that between them)")
    return objections


def _distribution_objections(seen: Diagnostics) -> list[str]:
    """Other averages of the run that tell that walkers were not distributed as |psi|^2."""
    objections = []
    if abs(seen.drift_of_part) > DRIFT_LIMIT_OF_PARTS:
        objections.append(
            f"the {seen.drifting_part} drifts by {abs(seen.drift_of_part):.1f} sigma: walkers were still on their way "
            "when measurements began"
        )
    if seen.length_of_slow_part < MINIMUM_SPREAD_LENGTH:
        objections.append(
            f"the {seen.slow_part} hardly changes along a walker (n/tau at most {seen.length_of_slow_part:.2g}, need "
            f"{MINIMUM_SPREAD_LENGTH:.0f}): walkers may not have come to where psi is"
        )
    return objections


def _nonfinite_objections(seen: Diagnostics) -> list[str]:
    """Samples left out that could have shifted the mean by more than its error."""
    share = seen.nonfinite_share
    if seen.is_eigenstate and share > NONFINITE_LIMIT_OF_EIGENSTATES:
        return [f"{100 * share:.2g} % of samples not finite (left out), of an eigenstate none is"]
    bias = share * NONFINITE_DISTANCE * sqrt(seen.variance) if seen.variance >= 0.0 else nan
    if share == 0.0 or (share <= NONFINITE_LIMIT and bias <= seen.error):
        return []
    return [f"{100 * share:.2g} % of samples not finite (left out; bias up to {bias:.1e})"]


def _variance_objections(seen: Diagnostics) -> list[str]:
    """A variance that the samples do not know: it may have no end, and an error bar then means nothing."""
    if seen.infinite_variance:
        return [f"the variance is infinite, and the error bar too small: {seen.infinite_variance}"]
    if not seen.variance_error > UNCERTAIN_VARIANCE * seen.variance:
        return []
    return [
        "a few configurations make most of the variance, which may be infinite: psi lacks a cusp, or a zero, where the "
        "potential has a pole, has one where it has none, or is differentiated numerically across one; or, where it is "
        "finite but seldom seen, psi has nodes that are not those of an eigenstate"
    ]


def _unseen_objections(seen: Diagnostics) -> list[str]:
    """Local energies of close pairs, which the samples do not have."""
    if not seen.contact_unseen:
        return []
    errors = "" if seen.no_variance else f", {abs(seen.unseen_energy) / seen.error:.0f} errors,"
    who = "pairs" if seen.unseen_together == 2 else f"groups of {seen.unseen_together} particles"
    return [
        f"{who} closer than {seen.unseen_distance:.2g} change the energy by {seen.unseen_energy:+.2g}{errors} and "
        "hardly a sample has one: expected an interaction of longer range; only many times as many samples meet them"
    ]


def _assurances(seen: Diagnostics) -> str:
    """What speaks for a reliable error bar, for its line."""
    if _long_series(seen):
        parts = ["plateau reached", f"n/tau = {seen.n_over_tau:.0f}"]
    else:
        parts = [f"{seen.n_walkers} walkers agree", f"n/tau = {seen.n_over_tau:.0f} each"]
    if isfinite(seen.r_hat):
        parts.append(f"split R-hat {seen.r_hat:.3f}")
    parts.append("drift not tested" if isnan(seen.drift) else "no drift")
    return ", ".join(parts)


def _noise_remark(seen: Diagnostics) -> str:
    """What the error bar does not depend on, but the variance does."""
    if seen.no_variance or not seen.derivative_noise**2 > NOISE_SHARE * seen.variance:
        return ""
    return (
        f" (numerical derivatives carry noise of about {seen.derivative_noise:.1g} into local energies, whose standard "
        f"deviation is {sqrt(seen.variance):.1g})"
    )


def _objections(seen: Diagnostics) -> list[str]:
    """Return everything that speaks against the error bar."""
    if seen.no_variance:
        return _distribution_objections(seen) + _nonfinite_objections(seen) + _unseen_objections(seen)
    if not isfinite(seen.error):
        return [
            f"no error bar from {seen.n_rows} rows and {seen.n_walkers} walkers",
            *_nonfinite_objections(seen),
            *_variance_objections(seen),
        ]
    objections = _length_objections(seen) + _agreement_objections(seen)
    return objections + _nonfinite_objections(seen) + _variance_objections(seen) + _unseen_objections(seen)


def verdict(seen: Diagnostics) -> Verdict:
    """Return whether the error bar can be believed, with one line that says why or why not.

    Long enough means 200 autocorrelation times with a blocking plateau, or at least 16 independent walkers of
    20 each. Beyond that: no drift, R-hat within its limit, no walker that stood still, blocking and scatter of
    walkers agree, and no more samples left out than the error could hide. Zero variance needs no error bar, but its
    parts do, and walkers that are where psi is. Pairs closer than samples come must not matter.
    """
    objections = _objections(seen)
    if objections and seen.is_eigenstate:
        line = (
            f"the energy is that of an eigenstate, its parts and observables are NOT reliable: {'; '.join(objections)}"
        )
        return Verdict(False, line, objections, seen)
    if objections:
        line = f"error bar NOT reliable: {'; '.join(objections)}{_noise_remark(seen)}"
        return Verdict(False, line, objections, seen)
    if seen.zero_variance:
        line = "zero variance: the state is an eigenstate to rounding"
    elif seen.negligible_variance:
        line = "variance as good as zero: the state is an eigenstate to the digits of its derivatives"
    else:
        line = f"error bar reliable: {_assurances(seen)}"
    if seen.n_nonfinite:
        line += f" ({seen.n_nonfinite} samples not finite, left out)"
    return Verdict(True, line + _noise_remark(seen), [], seen)
