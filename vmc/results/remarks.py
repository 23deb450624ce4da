"""What is said beside a number that cannot be what it seems."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vmc.config.hamiltonian_sections import Coulomb, ElectronGasSection, TrapSection
from vmc.results.known_reference import known_reference
from vmc.stages.best import best_iteration
from vmc.stages.history import rolled_back
from vmc.statistics import Estimate, format_known, format_value
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
#: Errors, of a normal distribution, that chance does not explain.
IMPOSSIBLE = 6.0
#: Errors from an exact energy within which there is nothing to lower.
ARRIVED = 3.0
#: Share of an energy that numerical derivatives may be off by.
NUMERICAL = 1e-8
#: Share of an energy by which an evaluation misses the one that its parameters were chosen for.
NOT_FOUND = 5e-3
#: Share of an energy by which an evaluation is above the first iteration.
WORSE = 1e-3
#: Iterations in a quarter below which their medians say little.
MIN_QUARTER = 5
#: Share of an energy below which a fall is one of digits.
ROUNDING = 1e-10
#: Distance of the virial ratio from one that is far.
FAR = 0.1
#: Factors that have no cusp where two particles meet.
SMOOTH_AT_CONTACT = {
    *("gaussian", "rbm", "feed_forward", "deep_sets", "slater"),
    *("plane_wave_pairs", "radial_series", "gaussian_pair"),
}
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
    found = [
        below_exact(summary.energy, reference),
        contradicted(config),
        "" if summary.verdict.diagnostics.is_eigenstate else endless_variance(summary.energy),
        without_cusp(config, summary.energy),
        far_virial(summary.virial_ratio, summary.verdict.diagnostics.is_eigenstate),
        missing_kinetic(summary.observables.get("kinetic_difference")),
        standing(summary.acceptance),
        crawling(summary.acceptance, config),
        *remarks_on_course(iterations, evaluated, summary.energy, has_arrived(summary, reference)),
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


def without_cusp(config: Config, energy: Estimate) -> str:
    """Whether charges of two dimensions meet where no factor of psi has a cusp: the square of 1 / r has no average.

    Whether a configuration near such a contact was among the samples is chance; the growth with their number is slow.
    """
    hamiltonian, system = config.hamiltonian, config.system
    if isinstance(hamiltonian, ElectronGasSection):
        repels = True
    else:
        charges = hamiltonian.interaction
        repels = isinstance(charges, Coulomb) and charges.strength != 0.0 and charges.softening == 0.0
    meet = system.n_particles > 1 if system.n_up is None else 0 < system.n_up < system.n_particles
    smooth = all(
        factor.kind in SMOOTH_AT_CONTACT and not getattr(factor, "backflow", None) for factor in config.wavefunction
    )
    if not (system.n_dim == 2 and repels and meet and smooth and energy.variance > 0.0):
        return ""
    return (
        "variance    infinite, whatever its estimate: in two dimensions charges that meet need a cusp, which no factor "
        "of psi has here (pade has one); the error of the energy may be too small"
    )


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


def remarks_on_course(
    iterations: Mapping[str, np.ndarray], evaluated: str, energy: Estimate, is_exact: bool = False
) -> list[str]:
    """What is to be said of an optimisation once its evaluation is known, a line each.

    Parameters
    ----------
    iterations : columns of the history, (n_iterations,) each.
    evaluated : 'best', 'last' or 'average': which parameters.
    energy, is_exact : of the evaluation, and whether an optimisation can do no better.
    """
    energies, errors = iterations["energy"], iterations["error"]
    lines = ["" if is_exact else no_rest(energies, errors), worse_than_begun(energies, errors, energy)]
    if evaluated == "best":
        lines.append(not_found_again(energies, errors, ~rolled_back(iterations), energy))
    return [line for line in lines if line]


def no_rest(energies: np.ndarray, errors: np.ndarray) -> str:
    """Whether the energy of the iterations, (n_iterations,), was another one in their last quarter than before.

    By medians, which iterations that were taken back do not move; the median of q normal numbers has pi / 2 times the
    variance of their mean. By chance in one of five hundred million optimisations that have come to rest. The noise of
    a quarter is the upper quartile of its errors: where these fall by orders of magnitude, the median of the energies
    is one of the noisier half.
    """
    quarter = len(energies) // 4
    if quarter < MIN_QUARTER:
        return ""
    before, last = energies[-2 * quarter : -quarter], energies[-quarter:]
    fall = float(np.nanmedian(before) - np.nanmedian(last))
    noise = math.sqrt(math.pi / 2.0 / quarter) * math.hypot(
        *(float(np.nanquantile(part, 0.75)) for part in (errors[-2 * quarter : -quarter], errors[-quarter:]))
    )
    if not abs(fall) > max(IMPOSSIBLE * noise, ROUNDING * abs(float(np.nanmedian(last)))):
        return ""
    if fall < 0.0:
        return f"iterations  the energy rose, by {-fall:.2g} from their third quarter to the last: lower the rate"
    return (
        f"iterations  the energy still fell, by {fall:.2g} from their third quarter to the last: more of them, or a "
        "larger rate, may lower it further"
    )


def _is_above(energy: Estimate, before: float, error: float, share: float) -> bool:
    """Whether an energy is above an earlier one beyond chance, and by more than a share of it."""
    rise = energy.value - before
    return rise > IMPOSSIBLE * math.hypot(error, energy.error) and rise > share * abs(before)


def worse_than_begun(energies: np.ndarray, errors: np.ndarray, energy: Estimate) -> str:
    """Whether an evaluation finds more than the first of the iterations (n_iterations,), beyond chance."""
    if not len(energies):
        return ""
    first, error = float(energies[0]), float(errors[0])
    if not _is_above(energy, first, error, WORSE):
        return ""
    return (
        f"iterations  the optimisation made the energy worse: it began with {format_value(first, error)}; lower the "
        "rate, or take more samples"
    )


def not_found_again(energies: np.ndarray, errors: np.ndarray, kept: np.ndarray, energy: Estimate) -> str:
    """Whether an evaluation at the best parameters finds more than the iteration that they are from, beyond chance.

    The best of n iterations is a lucky one, by six of its errors once in n runs of a thousand million.

    Parameters
    ----------
    energies, errors : of the iterations, (n_iterations,).
    kept : whether an iteration was not taken back.
    energy : of the evaluation.
    """
    chosen = best_iteration(np.where(kept, energies, math.nan), errors)
    if chosen is None:
        return ""
    before, error = float(energies[chosen]), float(errors[chosen])
    if not _is_above(energy, before, error, NOT_FOUND):
        return ""
    return (
        f"parameters  chosen for {format_value(before, error)} in iteration {chosen + 1}, which the evaluation does "
        "NOT find again: the walkers were not those of psi; a lower rate, or more steps between measurements?"
    )
