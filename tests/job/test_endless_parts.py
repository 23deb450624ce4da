"""Parts of an energy whose variance is infinite though that of the energy is not."""

import math
from dataclasses import replace

import numpy as np
import pytest

from vmc.config import check_config
from vmc.results.endless_parts import endless_parts, inverse_square_contact, share_of_few
from vmc.results.remarks import remarks_on
from vmc.stages.energy_summary import EnergySummary
from vmc.statistics import Diagnostics, Estimate, verdict

#: An optimisation that made no iteration.
NO_COURSE = {name: np.empty(0) for name in ("energy", "error", "variance", "update_norm")}


def config(interaction, n_dim=1, **system):
    return check_config(
        {
            "system": {"n_particles": 2, "n_dim": n_dim, **system},
            "hamiltonian": {"interaction": interaction},
            "wavefunction": [{"kind": "gaussian"}],
        }
    )


def inverse_square(exponent, **system):
    return config({"kind": "inverse_square", "exponent": exponent}, **system)


def summary(energy_variance=0.5, n_measurements=400, **means):
    """Of parts with these means of each walker."""
    energy = Estimate(1.0, 1e-3, energy_variance, variance_error=0.01)
    seen = verdict(
        Diagnostics(1e-3, 1000, n_over_tau=500.0, plateau_reached=True, zero_variance=energy_variance == 0.0)
    )
    parts = {name: Estimate(float(values.mean()), 0.01) for name, values in means.items()}
    ratio = Estimate(1.0, 0.01)
    return EnergySummary(energy, seen, parts, ratio, 0.5, 0, n_measurements, 0, None, walker_means_of_parts=means)


def normal(n=128):
    return 2.0 + np.random.default_rng(1).normal(size=n)


def with_one_far_off(n=128):
    return np.append(normal(n - 1), 100.0)


@pytest.mark.parametrize(
    ("exponent", "system", "power"),
    [
        (0.53, {}, 0.53),
        (0.47, {}, 0.53),  # the same attraction
        (1.2, {}, 1.2),
        (1.5, {}, None),  # the variance grows as a logarithm
        (2.0, {}, None),
        (1.0, {}, None),  # no interaction
        (0.0, {}, None),
        (1.2, {"n_particles": 1}, None),
        (1.2, {"masses": 2.0}, 0.5 + math.sqrt(0.25 + 2.0 * 0.24)),
        (1.2, {"masses": [0.5, 1.0, 1.0], "n_particles": 3}, 0.5 + math.sqrt(0.25 + 0.24 / 1.5)),
        (0.6, {"masses": [0.5, 1.0, 1.0], "n_particles": 3}, 0.6),
        (1.2, {"masses": 20.0}, None),
        (1.2, {"n_dim": 3}, 0.2),
        (2.0, {"n_dim": 3}, None),
        (1.2, {"n_dim": 3, "n_up": 1}, 0.2),
        (1.2, {"n_dim": 3, "n_up": 2}, None),  # a node where they meet
        (1.2, {"n_up": 2}, 1.2),  # on a line psi goes as r^p, whatever the spins
    ],
)
def test_powers_at_contact_that_leave_inverse_squares_without_a_variance(exponent, system, power):
    """Those of the pair whose zero is weakest: r^(2 p + d - 1) r^-4 cannot be integrated for 2 p + d < 4."""
    found = inverse_square_contact(inverse_square(exponent, **system))
    assert found == (None if power is None else pytest.approx(power))


@pytest.mark.parametrize(("power", "are_right"), [(0.53, False), (0.6, False), (2.0, True)])
def test_errors_of_a_part_without_a_variance(power, are_right):
    """Of the mean of 1 / r^2 over r^2p exp(-r^2), which is 1 / (p - 1/2): 50 runs of 128 walkers with 400 measurements.

    Deviations are of the size of the errors where there is a variance, and more than twice as large where the look at
    the configuration says that there is none.
    """
    rng = np.random.default_rng(4)
    sigmas = []
    for _ in range(50):
        means = (1.0 / rng.gamma(power + 0.5, size=(400, 128))).mean(axis=0)
        sigmas.append((means.mean() - 1.0 / (power - 0.5)) / (means.std(ddof=1) / np.sqrt(128)))
    spread = np.sqrt(np.mean(np.square(sigmas)))
    assert (0.7 < spread < 1.3) if are_right else spread > 2.0
    assert (inverse_square_contact(inverse_square(power)) is None) == are_right


@pytest.mark.parametrize("energy_variance", [0.0, 0.5])
def test_it_is_said_of_inverse_squares_in_an_eigenstate_too(energy_variance):
    """Whatever was sampled: where the rare configurations did not come, errors are worst.

    The verdict is the energy's.
    """
    found, job = summary(energy_variance, kinetic=normal(), interaction=normal()), inverse_square(0.6)
    lines = remarks_on(found, NO_COURSE, "last", job, None)
    assert any("infinite variance" in line and "|psi|^2 as r^1.2;" in line for line in lines)
    assert any("and the virial ratio's may" in line for line in lines)
    assert found.verdict.reliable
    assert remarks_on(found, NO_COURSE, "last", inverse_square(2.0), None) == []


USER = {"kind": "user"}
COULOMB = {"kind": "coulomb"}


@pytest.mark.parametrize(
    ("interaction", "part", "n_measurements", "is_said"),
    [
        (USER, with_one_far_off(), 400, True),
        (USER, normal(), 400, False),
        (USER, with_one_far_off(63), 400, False),
        (USER, with_one_far_off(), 99, False),
        (USER, np.append(np.full(127, 2.0), 2.0 + 1e-13), 400, False),  # rounding
        (COULOMB, with_one_far_off(), 400, False),
    ],
)
def test_a_function_of_the_users_of_which_one_walker_has_the_variance(interaction, part, n_measurements, is_said):
    """Of charges it is no wonder: their variance is there, or grows as a logarithm only, and the errors are right."""
    found = summary(n_measurements=n_measurements, trap=normal(), interaction=part, kinetic=-part)
    line = endless_parts(found, config(interaction, n_dim=2))
    assert line == "" or "a few walkers make most of the variance of interaction and kinetic: it may" in line
    assert bool(line) == is_said


def test_nothing_is_said_of_parts_without_an_error():
    """None of the walkers moved, and the acceptance is told."""
    found = summary(interaction=with_one_far_off())
    standing = replace(found, components={"interaction": Estimate(2.0, math.nan)})
    assert endless_parts(standing, config(USER, n_dim=2)) == ""


def test_nothing_more_is_said_where_the_energy_has_no_variance():
    found = summary(interaction=with_one_far_off())
    doubted = replace(found, energy=Estimate(1.0, 0.1, 1.0, variance_error=0.5))
    lines = remarks_on(doubted, NO_COURSE, "last", config(USER, n_dim=2), None)
    assert [line.split()[0] for line in lines] == ["variance"]


def test_chance_gives_a_few_normal_walkers_no_such_share():
    """Of inverse squares under r^1.2 two runs of three show that they have no variance."""
    rng = np.random.default_rng(2)
    assert max(share_of_few(rng.normal(size=64)) for _ in range(2000)) < 0.5
    shares = [share_of_few((1.0 / rng.gamma(1.1, size=(100, 128))).mean(axis=0)) for _ in range(200)]
    assert 0.5 < np.mean(np.array(shares) > 0.5) < 0.85
