"""What a summary says beside its numbers where they cannot be what they seem."""

from dataclasses import replace

import numpy as np
import pytest

from vmc.config import check_config
from vmc.observables import Measured
from vmc.results.course import no_rest, not_found_again, remarks_on_course, running_away, worse_than_begun
from vmc.results.known_reference import reference_of
from vmc.results.remarks import (
    below_exact,
    crawling,
    far_virial,
    has_arrived,
    missing_kinetic,
    reference_line,
    remarks_on,
)
from vmc.results.report import iterations_line, summary_lines
from vmc.stages.energy_summary import EnergySummary
from vmc.statistics import Diagnostics, Estimate, verdict

DOT = {
    "system": {"n_particles": 2, "n_dim": 2},
    "hamiltonian": {"interaction": {"kind": "coulomb"}},
    "wavefunction": [{"kind": "gaussian"}],
}


#: An optimisation that made no iteration.
NO_COURSE = {name: np.empty(0) for name in ("energy", "error", "variance", "update_norm")}


def estimate(value, error, variance=1.0, variance_error=0.01):
    return Estimate(value, error, variance, unit="hartree", variance_error=variance_error)


def summary(energy, virial=(1.0, 0.01), acceptance=0.5):
    seen = verdict(Diagnostics(energy.error, 1000, n_over_tau=500.0, plateau_reached=True))
    return EnergySummary(energy, seen, {}, estimate(*virial), acceptance, 0, 1000, 0, None)


def text(found):
    config = check_config(DOT)
    known = reference_of(config)
    return "\n".join([*summary_lines(found, config, known), *remarks_on(found, NO_COURSE, "last", config, known)])


@pytest.mark.parametrize(
    ("value", "error", "is_below"),
    [(3.01, 1e-3, False), (2.997, 1e-3, False), (2.99, 1e-3, True), (2.9, 0.0, True), (3.0 - 2e-8, 1e-10, False)],
)
def test_an_energy_below_an_exact_one(value, error, is_below):
    """More than six errors, two in a thousand million sound runs by chance, and more than differences are off by."""
    assert ("BELOW the exact one" in text(summary(estimate(value, error)))) == is_below


def test_an_energy_below_a_published_one_is_no_wonder():
    assert below_exact(estimate(2.9, 1e-3), (3.0, 0.0, "published: somebody")) == ""
    assert "BELOW" in below_exact(estimate(2.9, 1e-3), (3.0, 0.0, "exact: somebody"))


@pytest.mark.parametrize(("given", "is_said"), [(3.0, False), (3.00002, False), (14.0, True)])
def test_a_reference_of_another_hamiltonian(given, is_said):
    """Left in a file that was edited; digits that somebody rounded are no other value."""
    config = check_config(DOT | {"reference": {"energy": given, "source": "a book"}})
    lines = remarks_on(summary(estimate(3.0, 1e-3)), NO_COURSE, "last", config, reference_of(config))
    assert any("is not the exact one that is known, 3 (" in line for line in lines) == is_said


def test_errors_that_count_rounding_are_not_counted():
    line = reference_line(estimate(22.5, 1e-15), 14.0, 0.0, "exact: somebody")
    assert line == "reference   14 (exact: somebody): difference +8.50e+00"


@pytest.mark.parametrize(("error", "is_doubted"), [(0.3, False), (0.5, True), (5.0, True)])
def test_a_variance_as_uncertain_as_it_is_large(error, is_doubted):
    assert ("may be infinite" in text(summary(estimate(3.0, 0.01, 1.0, error)))) == is_doubted


@pytest.mark.parametrize(
    ("ratio", "is_far"),
    [((1.05, 0.001), False), ((0.5, 0.2), False), ((6.2, np.nan), False), ((-3.08, 0.01), True), ((0.8, 0.01), True)],
)
def test_a_virial_ratio_far_from_one(ratio, is_far):
    assert ("far from one" in text(summary(estimate(3.0, 0.01), ratio))) == is_far


def test_two_doubts_do_not_hide_each_other():
    found = summary(estimate(2.0, 0.01, 1.0, 0.9), (0.2, 0.01))
    assert all(word in text(found) for word in ("may be infinite", "far from one", "BELOW"))
    assert "BELOW" not in text(replace(found, energy=estimate(4.0, 0.01)))


def course(fall, n=40, noise=0.01, seed=1):
    """Energies that fall by so much in each iteration, with noise of a known size."""
    return 3.0 - fall * np.arange(n) + noise * np.random.default_rng(seed).normal(size=n), np.full(n, noise)


def test_an_optimisation_that_has_not_ended():
    """From quarter to quarter by 10 x 0.01, which is eighteen errors of the medians' difference."""
    assert all("still fell, by 0." in no_rest(*course(0.01, seed=seed)) for seed in range(100))


def test_an_optimisation_that_rises():
    assert all("the energy rose, by 0." in no_rest(*course(-0.01, seed=seed)) for seed in range(100))


@pytest.mark.parametrize("ratio", [0.5, 0.7, 0.8, 0.9, 0.97])
def test_errors_that_fall_are_no_rise(ratio):
    """Towards an exact state they fall by a factor in each iteration: the noise is that of either quarter."""
    errors = 0.01 * ratio ** np.arange(40)
    for seed in range(500):
        energies = 1.0 + errors * np.random.default_rng(seed).normal(size=40)
        assert no_rest(energies, errors) == ""


def test_nothing_is_said_of_a_course_that_ends_in_an_eigenstate():
    energies, errors = course(-0.01)
    columns = {"energy": energies, "error": errors, "variance": np.ones(40), "update_norm": np.ones(40)}
    assert "the energy rose" in remarks_on_course(columns, "last", estimate(2.6, 0.01), 3.0)[0]
    assert remarks_on_course(columns, "last", estimate(2.6, 0.0, 0.0, 0.0), 3.0, is_exact=True) == []


def test_parameters_whose_energy_is_not_found_again():
    """An iteration that walkers made too low by far, in the second half; one taken back was never chosen."""
    energies, errors = course(0.0)
    energies[25] = -2.0
    kept = np.ones(40, dtype=bool)
    line = not_found_again(energies, errors, kept, estimate(3.0, 0.01), 3.0)
    assert "chosen for -2.000(10) in iteration 26" in line
    assert "NOT find again" in line
    kept[25] = False
    assert not_found_again(energies, errors, kept, estimate(3.0, 0.01), 3.0) == ""
    assert not_found_again(np.empty(0), np.empty(0), np.empty(0, dtype=bool), estimate(3.0, 0.01), 3.0) == ""


@pytest.mark.parametrize(
    ("chosen", "error", "value", "is_said"),
    [
        (12.504, 0.029, 12.702, True),  # rmsprop at its default rate, bosons with harmonic pairs: 12.6243 is exact
        (12.504, 0.04, 12.702, False),  # five errors
        (12.65, 0.001, 12.702, False),  # four per mille
        (-12.765, 0.001, -12.702, False),
        (-12.770, 0.001, -12.702, True),
    ],
)
def test_an_energy_that_is_nearly_found_again(chosen, error, value, is_said):
    """Six errors of both and half a per cent of their scale."""
    energies, errors = np.full(40, 13.0), np.full(40, 0.03)
    energies[30], errors[30] = chosen, error
    line = not_found_again(energies, errors, np.ones(40, dtype=bool), estimate(value, 0.003), 12.65)
    assert ("NOT find again" in line) == is_said


@pytest.mark.parametrize(
    ("first", "error", "value", "is_said"),
    [
        (3.260, 0.004, 3.388, True),
        (3.260, 0.025, 3.388, False),  # five errors
        (3.3855, 1e-4, 3.388, False),  # seven in ten thousand
        (3.388, 0.004, 3.260, False),
        (np.nan, np.nan, 3.388, False),
    ],
)
def test_an_energy_above_the_one_at_the_start(first, error, value, is_said):
    """By six errors: one in a thousand million optimisations that change nothing."""
    energies, errors = np.full(20, 3.3), np.full(20, 0.01)
    energies[0], errors[0] = first, error
    columns = {"energy": energies, "error": errors, "variance": np.ones(20), "update_norm": np.ones(20)}
    lines = remarks_on_course(columns, "last", estimate(value, 0.003), 3.388)
    assert any("made the energy worse: it began with 3.260(4);" in line for line in lines) == is_said
    assert worse_than_begun(np.empty(0), np.empty(0), estimate(3.0, 0.01), 3.0) == ""


#: Two electrons in a hexagonal cell at r_s = 2 with a rate that is too large: fourteen iterations.
AWAY = np.array([1.9, 1.8, 1.6, 1.42, 1.37, 1.7, 2.2, 3.4, 6.4, 16.0, 34.0, 71.0, 160.0, 370.0]) * 1e-4


def away(variances, scale, fall=0.0):
    """What is said of them, at energies that fall from -0.87 with errors of a thousandth."""
    n = len(variances)
    return running_away(-0.87 - fall * np.arange(n), np.full(n, 1e-3), np.asarray(variances), scale)


def test_variances_that_run_away():
    """No energy had risen beyond its noise, and nothing was said."""
    assert "grew 113-fold from the quietest to the last" in away(AWAY, 0.87)
    columns = {"energy": np.full(14, -0.87), "error": np.full(14, 1e-3), "variance": AWAY, "update_norm": np.ones(14)}
    assert any("running away" in line for line in remarks_on_course(columns, "best", estimate(-0.8697, 5e-5), 0.87))
    assert away(AWAY[:10], 0.87) == ""
    assert away(AWAY[::-1], 0.87) == ""  # as it should be


def test_variances_that_do_not():
    """Noise of a few configurations, one that is off by far, what is nearly an eigenstate, and what leaves one."""
    rng = np.random.default_rng(1)
    for n in (1, 5, 6, 20, 100):
        variances = rng.chisquare(3, size=n)  # of few samples
        assert away(variances, 1.0) == ""
    calm = np.ones(20)
    calm[-2] = 1e6
    assert away(calm, 1.0) == ""
    assert away(10.0 ** -np.linspace(20, 4, 20), 1.0) == ""
    assert away(AWAY, 0.87, fall=0.01) == ""


def test_iterations_that_were_taken_back_are_counted():
    columns = {"energy": np.full(60, 3.0), "update_norm": np.ones(60)}
    assert iterations_line(columns, "best") == "iterations  60"
    columns["update_norm"][[3, 5]] = np.nan
    assert iterations_line(columns, "best") == "iterations  60 (2 taken back)"
    assert iterations_line(columns, "average") == "iterations  60 (2 taken back), mean of the last quarter evaluated"


def test_an_optimisation_at_rest():
    """One that moves in the noise, took an iteration back, has eight iterations, or moves in its last digits."""
    assert not any(no_rest(*course(0.0, seed=seed)) for seed in range(500))
    energies, errors = course(0.0)
    energies[20:24] = 1e15
    assert no_rest(energies, errors) == ""
    assert no_rest(*course(0.005, n=8)) == ""
    assert no_rest(*course(1e-15, noise=0.0)) == ""
    assert no_rest(np.empty(0), np.empty(0)) == ""


@pytest.mark.parametrize(
    ("sampler", "acceptance", "is_said"),
    [
        ({"kind": "langevin"}, 0.982, True),
        ({"kind": "langevin"}, 0.9, False),
        ({"kind": "langevin", "tune": False}, 0.982, False),  # as somebody wants it
        ({"kind": "metropolis"}, 0.999, True),
        ({"kind": "gibbs"}, 1.0, False),  # which has no step
    ],
)
def test_walkers_that_crawl(sampler, acceptance, is_said):
    """Of an exact psi at omega = 1e-4: the trap energy was five of its errors off, the energy right."""
    assert bool(crawling(acceptance, check_config(DOT | {"sampler": sampler}))) == is_said


@pytest.mark.parametrize(
    ("value", "error", "is_said"),
    [(-0.05, 0.01, False), (-0.07, 0.01, True), (0.5, 0.01, False), (-0.07, float("nan"), False)],
)
def test_kinetic_energy_that_only_gradients_see(value, error, is_said):
    """Six errors: one in a thousand million, of many blocks. The other sign is what nodes make of most samples."""
    measured = Measured("kinetic_difference", "", "hartree", (), np.array(value), np.array(error), 0.0, 64)
    assert bool(missing_kinetic(measured)) == is_said
    found = replace(summary(estimate(3.0, 1e-3)), observables={"kinetic_difference": measured})
    assert ("by gradients of psi it is 0.07 more" in text(found)) == is_said
    assert not missing_kinetic(None)


@pytest.mark.parametrize(
    ("value", "error", "source", "expected"),
    [
        (3.002, 0.001, "exact: Taut 1994", True),
        (3.004, 0.001, "exact: Taut 1994", False),
        (3.001, 0.001, "diffusion Monte Carlo", False),  # not the lowest there is
    ],
)
def test_at_the_exact_energy_nothing_is_left_to_lower(value, error, source, expected):
    """Three errors; "the energy still fell" was said of 10.00004(6) beside an exact 10."""
    assert has_arrived(summary(estimate(value, error)), (3.0, 0.0, source)) == expected
    assert not has_arrived(summary(estimate(value, error)), None)


def test_far_from_one_at_an_eigenstate_walkers_were_elsewhere():
    ratio = estimate(-0.5, 0.02)
    assert far_virial(ratio, is_eigenstate=True).endswith("walkers were not where psi is")
    assert far_virial(estimate(1.05, 0.02), is_eigenstate=True) == ""
