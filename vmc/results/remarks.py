"""What is said beside a number that cannot be what it seems."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vmc.config.hamiltonian_sections import TrapSection
from vmc.results.contact_cusps import wrong_cusp
from vmc.results.course import IMPOSSIBLE, remarks_on_course
from vmc.results.endless_parts import endless_parts
from vmc.results.known_reference import known_reference
from vmc.statistics import Estimate, format_known
from vmc.statistics.judge import UNCERTAIN_VARIANCE
from vmc.statistics.summary import ZERO_VARIANCE

if TYPE_CHECKING:
    from vmc.config import Config
    from vmc.observables import Measured
    from vmc.stages.energy_summary import EnergySummary

#: Energy, error, source.
Known = tuple[float, float, str]
#: Standard deviations that are told as a number.
COUNTED = 1e4
#: Relative difference of two values of the same energy, one of them rounded by who wrote it.
SAME = 1e-4
#: Errors from an exact energy within which there is nothing to lower.
ARRIVED = 3.0
#: Share of an energy that numerical derivatives may be off by.
NUMERICAL = 1e-8
#: Distance of the virial ratio from one that is far.
FAR = 0.1
#: Acceptance rate below which walkers are as good as standing.
STANDING = 0.01
#: Acceptance rate above which steps are far shorter than they should be.
CRAWLING = 0.97


def reference_line(energy: Estimate, value: float, error: float, source: str) -> str:
    """How far an energy is from what it should be, a known value with its error and source."""
    difference = energy.value - value
    both = math.hypot(energy.error, error)
    sigmas = difference / both if both > 0.0 else math.inf
    # Of an energy without scatter they count rounding, and nobody counts further than some thousands.
    counted = f", {sigmas:+.1f} sigma" if abs(sigmas) < COUNTED else ""
    return f"reference   {format_known(value, error, source)}: difference {difference:+.2e}{counted}"


def is_below_exact(energy: Estimate, value: float, error: float, source: str) -> bool:
    """Whether an energy is below a known one that no state goes below, by more than chance explains."""
    difference, both = energy.value - value, math.hypot(energy.error, error)
    return source.startswith("exact") and -difference > max(IMPOSSIBLE * both, NUMERICAL * abs(value))


def remarks_on(
    summary: EnergySummary,
    iterations: Mapping[str, np.ndarray],
    evaluated: str,
    config: Config,
    reference: Known | None,
) -> list[str]:
    """What is to be said of a run whose evaluation has begun, a line each.

    Parameters
    ----------
    summary : of the evaluation.
    iterations, evaluated : columns of the history, (n_iterations,) each, and which parameters were evaluated; see
        :func:`remarks_on_course`.
    config : of the run.
    reference : energy, error and source of what the energy should be, if that is known.
    """
    is_eigenstate, endless = summary.verdict.diagnostics.is_eigenstate, endless_variance(summary.energy)
    found = [
        below_exact(summary.energy, reference),
        contradicted(config),
        "" if is_eigenstate else endless,
        wrong_cusp(config, summary.energy),
        "" if endless else endless_parts(summary, config),
        far_virial(summary.virial_ratio, is_eigenstate),
        missing_kinetic(summary.observables.get("kinetic_difference")),
        standing(summary.acceptance),
        crawling(summary.acceptance, config),
        *remarks_on_course(iterations, evaluated, summary.energy, summary.scale, has_arrived(summary, reference)),
    ]
    return [line for line in found if line]


def below_exact(energy: Estimate, reference: Known | None) -> str:
    """Whether the energy is below one that no state goes below."""
    if reference is None or not is_below_exact(energy, *reference):
        return ""
    return "reference   the energy is BELOW the exact one: no state is, what was averaged is not the energy of one"


def contradicted(config: Config) -> str:
    """Whether the reference that the configuration gives is another one than the exact one that is known."""
    given, known = config.reference, known_reference(config)
    if given is None or known is None or known.kind != "exact":
        return ""
    if abs(given.energy - known.value) <= IMPOSSIBLE * given.error + SAME * abs(known.value):
        return ""
    return (
        f"reference   the one in the configuration, {given.energy:.10g}, is not the exact one that is known, "
        f"{known.value:.10g} ({known.source}): is it of another Hamiltonian?"
    )


def endless_variance(energy: Estimate) -> str:
    """Where a few configurations make most of the variance it may have no end, and error bars are then too small."""
    rounding = UNCERTAIN_VARIANCE * (ZERO_VARIANCE * energy.value) ** 2
    if not energy.variance_error > UNCERTAIN_VARIANCE * energy.variance > rounding:
        return ""
    return "variance    a few configurations make most of it: it may be infinite, and the error of the energy too small"


def far_virial(ratio: Estimate, is_eigenstate: bool = False) -> str:
    """Whether the virial ratio, one in an eigenstate, and where the scale of psi is optimised, is far from it."""
    if not (math.isfinite(ratio.error) and abs(ratio.value - 1.0) > max(FAR, 5.0 * ratio.error)):
        return ""
    if is_eigenstate:
        return "virial      far from one, which it is in this eigenstate: walkers were not where psi is"
    return "virial      far from one: the scale of psi is not optimised, as it is in an eigenstate"


def missing_kinetic(difference: Measured | None) -> str:
    """Whether local energies lack kinetic energy that gradients have, where that was measured.

    Not whether they have more: near nodes gradients lack some in most samples of any finite number.
    """
    if difference is None or not difference.value < -IMPOSSIBLE * difference.error:
        return ""
    return (
        f"kinetic     by gradients of psi it is {-float(difference.value):.3g} more than by local energies: psi has a "
        "kink, or walkers are not everywhere that psi is, and what was averaged is not the energy of a state"
    )


def standing(acceptance: float) -> str:
    """Whether the walkers of an evaluation hardly moved: more measurements then say nothing new."""
    if not acceptance < STANDING:
        return ""
    return (
        f"walkers     they hardly move (acceptance {acceptance:.1g}): lower the step of the sampler, or let it adapt "
        "(sampler.tune)"
    )


def crawling(acceptance: float, config: Config) -> str:
    """Whether steps in a trap are so short that hardly one is refused, though they were to adapt.

    The Gibbs sampler has no steps, and nothing that it draws is refused.
    """
    has_steps = config.sampler.kind != "gibbs" and isinstance(config.hamiltonian, TrapSection)
    if not (has_steps and config.sampler.tune and acceptance > CRAWLING):
        return ""
    return (
        f"walkers     they crawl (acceptance {acceptance:.3f}): the step was still growing, so that errors of other "
        "quantities than the energy may be too small; begin with a longer one, or thermalise for longer"
    )


def has_arrived(summary: EnergySummary, reference: Known | None) -> bool:
    """Whether nothing is left to be optimised: at an eigenstate, or at the exact energy within three errors."""
    if summary.verdict.diagnostics.is_eigenstate:
        return True
    if reference is None or not reference[2].startswith("exact"):
        return False
    return abs(summary.energy.value - reference[0]) <= ARRIVED * math.hypot(summary.energy.error, reference[1])
