"""Roll-back and giving up: the rules one by one, then in a run that is made to blow up."""

import math

import numpy as np
import pytest

from numerics.optimizers import Adam, Constant, GradientDescent
from tests.contracts import jobs
from vmc.errors import UserError
from vmc.measuring.estimators import EnergyMoments
from vmc.optimizers import FirstOrder
from vmc.stages.driver import Driver, Plan
from vmc.stages.safeguard import Safeguard

NOTHING = np.zeros(1)


def moments(energy, error=0.01, variance=1.0, cancelling=0.0, constant=0.0):
    """Half of it kinetic, as in a trap, and more where so much cancels; `constant` is added to the potential."""
    components = np.array([0.5 * energy + cancelling, 0.5 * energy - cancelling + constant])
    return EnergyMoments(energy + constant, error, variance, components, 0.5, 100, 0)


def judged(*sequence):
    """A safeguard after a sequence of (energies, update) at parameters 0, 1, 2, ..., and its last verdict."""
    safeguard, note = Safeguard(np.zeros(1)), None
    for k, (energies, update) in enumerate(sequence):
        note = safeguard.judge(energies, update, np.full(1, float(k)))
    return safeguard, note


GOOD = (moments(3.0), NOTHING)
TROUBLE = {
    "energy_nan": (moments(math.nan), NOTHING, "the energy is not finite"),
    "energy_infinite": (moments(math.inf), NOTHING, "the energy is not finite"),
    "update_nan": (moments(3.0), np.array([math.nan]), "the energy gradient is not finite"),
    "energy_rose": (moments(3.3), NOTHING, "the energy rose from 3 to 3.3"),
    "variance_grew": (moments(3.01, 0.1, 101.0), NOTHING, "the variance grew from 1 to 101"),
    "energy_fell": (moments(-90.0, 1.0, 50.0), NOTHING, "the energy fell from 3 to -90"),
    "no_bound_state": (moments(-90.0, 50.0, 1e4), NOTHING, "the variance grew from 1 to 1e"),
    "overflow": (moments(-1e200, math.nan, math.nan), NOTHING, "the variance grew from 1 to nan"),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_is_seen(name):
    energies, update, text = TROUBLE[name]
    safeguard, note = judged(GOOD, (energies, update))
    assert note.startswith(text)
    assert note.endswith("rolled back, learning rate x 0.5")
    assert safeguard.damping == 0.5
    assert safeguard.good_theta[0] == 0.0, "a bad iteration is never remembered"


@pytest.mark.parametrize(
    "energies",
    [
        moments(3.14),  # 10 sigma up, less than five per cent
        moments(3.4, error=0.05),  # more than five per cent up, less than 10 sigma
        moments(2.0, 0.01, 200.0),  # a better energy may come with a larger variance
        moments(-6.0),  # far down, but within the spread of the local energies
        moments(2.9, math.nan),  # one walker: no error to compare with
    ],
)
def test_noise_is_no_trouble(energies):
    safeguard, note = judged(GOOD, (energies, NOTHING))
    assert note == ""
    assert safeguard.damping == 1.0
    assert safeguard.good_theta[0] == 1.0


@pytest.mark.parametrize("constant", [-3.0, 30.0, -1e3, 1e6])
@pytest.mark.parametrize("name", ["rose", "fell", "noisy", "calm", "slow", "slow and calm", "far down"])
def test_a_constant_in_the_potential_changes_no_judgement(name, constant):
    """It did: shares of the energy let rates pass at an energy of 1000 that were cut at 3."""
    course = {
        "rose": [(3.0, 0.01, 1.0), (3.3, 0.01, 1.0)],
        "fell": [(3.0, 0.01, 1.0), (-90.0, 1.0, 50.0)],
        "noisy": [(3.0, 0.01, 1.0), (3.01, 0.1, 101.0)],
        "calm": [(3.0, 0.01, 1.0), (3.14, 0.01, 1.0), (2.0, 0.01, 50.0)],
        "slow": [(3.0, 1e-9, 1e-20), (3.1, 1e-2, 0.04), (3.2, 1e-2, 0.1)],
        "slow and calm": [(3.0, 1e-9, 1e-20), (3.1, 1e-2, 0.04), (3.2, 1e-2, 0.08)],
        "far down": [(3.0, 0.01, 1.0), (-6.0, 0.01, 1.0)],
    }[name]
    found, expected = (
        judged(*((moments(*of_iteration, constant=c), NOTHING) for of_iteration in course)) for c in (constant, 0.0)
    )
    assert (found[1] == "") == (expected[1] == "")
    assert (expected[1] == "") == (name in ("calm", "slow and calm", "far down"))
    np.testing.assert_array_equal(found[0].good_theta, expected[0].good_theta)


def test_a_fall_into_a_well_is_no_blow_up():
    """A diffuse Gaussian before a hydrogen atom: the virial theorem holds at either end, and all was taken back.

    Of a psi that is none the kinetic energy is below zero.
    """

    def iteration(energy, kinetic, variance):
        return EnergyMoments(energy, 0.01, variance, np.array([kinetic, energy - kinetic]), 0.5, 100, 0), NOTHING

    course = [iteration(-0.048, 0.002, 9.4e-4), iteration(-0.2, 0.06, 0.02), iteration(-0.3475, 0.14, 0.108)]
    assert judged(*course)[1] == ""
    course[-1] = iteration(-0.3475, -0.14, 0.108)
    assert "the energy fell from -0.048 to -0.3475 over some iterations" in judged(*course)[1]


def test_three_strikes():
    """In a row; a good iteration in between starts the count anew, but the rate stays cut."""
    bad = (moments(math.nan), NOTHING)
    safeguard, _ = judged(GOOD, bad, bad, GOOD, bad, bad)
    assert safeguard.damping == 0.5**4
    safeguard.give_up("a note")
    note = safeguard.judge(*bad, NOTHING)
    with pytest.raises(UserError, match=r"blew up 3 times in a row \(the energy is not finite"):
        safeguard.give_up(note)


def test_the_look_after_a_roll_back_is_not_a_good_step():
    """Three steps from the same parameters, each followed by a roll-back there."""
    safeguard = Safeguard(np.zeros(1))
    for _ in range(2):
        assert safeguard.judge(*GOOD, np.zeros(1)) == ""
        assert safeguard.judge(moments(math.nan), NOTHING, np.ones(1)) != ""
    assert safeguard.judge(*GOOD, np.zeros(1)) == ""
    note = safeguard.judge(moments(math.nan), NOTHING, np.ones(1))
    with pytest.raises(UserError, match="blew up 3 times in a row"):
        safeguard.give_up(note)


def test_vanishing_variance_does_not_forbid_the_next_step():
    """From an eigenstate any change is a large factor: deviations of a tenth of the energy are always allowed."""
    _, note = judged((moments(3.0, 1e-9, 1e-20), NOTHING), (moments(3.000001, 1e-6, 1e-8), NOTHING))
    assert note == ""
    _, note = judged((moments(12.6229, 2e-4, 2.44e-4), NOTHING), (moments(12.6302, 3e-3, 0.886), NOTHING))
    assert note == ""
    _, note = judged((moments(12.6229, 2e-4, 2.44e-4), NOTHING), (moments(12.6302, 3e-3, 1.26**2 + 0.01), NOTHING))
    assert note.startswith("the variance grew from 0.000244 to 1.6")


@pytest.mark.parametrize("energy", [0.0, 1e-3, -1e-3])
def test_the_scale_is_twice_the_kinetic_energy_whatever_cancels_it(energy):
    """Around 1.5 and -1.5: deviations of 0.3 are none, whatever their sum."""
    quiet = moments(energy, 1e-9, 1e-20, cancelling=1.5)
    for rise in (1e-9, -1e-9):  # a fall is judged more leniently, by the scale at least
        _, note = judged((quiet, NOTHING), (moments(energy + rise, 1e-2, 0.08, cancelling=1.5), NOTHING))
        assert note == ""
    _, note = judged((quiet, NOTHING), (moments(energy + 1e-9, 1e-2, 0.1, cancelling=1.5), NOTHING))
    assert note.startswith("the variance grew from 1e-20 to 0.1")


def test_a_passage_by_an_eigenstate_is_no_start_of_a_slow_blow_up():
    """The energy rises by more than a twentieth while its deviations stay below a tenth of it."""
    course = [(3.0, 1e-9, 1e-20), (3.1, 1e-2, 0.04), (3.2, 1e-2, 0.08)]
    assert judged(*((moments(*of_iteration), NOTHING) for of_iteration in course))[1] == ""
    course[-1] = (3.2, 1e-2, 0.1)
    assert "over some iterations" in judged(*((moments(*of_iteration), NOTHING) for of_iteration in course))[1]


def test_a_slow_blow_up_is_taken_back_to_the_quietest_iteration():
    """As of two electrons in a cell, -1.44 to 1415 hartree: each step passed, no rise was ten of its own errors."""
    safeguard, notes = Safeguard(np.zeros(1)), []
    course = [(-1.43, 1e-4, 2e-3), (-1.44, 1e-4, 1e-3), (-1.28, 0.02, 0.05), (-1.2, 0.02, 0.09), (-0.9, 0.1, 4.0)]
    for k, of_iteration in enumerate(course):
        notes.append(safeguard.judge(moments(*of_iteration), NOTHING, np.full(1, float(k))))
    assert notes[:4] == [""] * 4
    assert notes[4].startswith(
        "the energy rose from -1.44 to -0.9 over some iterations, and the variance from 0.001 to 4"
    )
    assert safeguard.good_theta[0] == 1.0
    assert safeguard.judge(moments(-1.44, 1e-4, 1e-3), NOTHING, np.ones(1)) == ""  # measured anew


#: Before, and what walkers that lag behind say of a place that is none.
CALM, LAGGING = (moments(3.0), NOTHING), (moments(2.5, 0.5, 50.0), NOTHING)


@pytest.mark.parametrize("absurd", [moments(1e9, 1e8, 1e19), moments(-1e9, 1e8, 1e19), moments(-1e200, 1.0, math.nan)])
def test_a_roll_back_to_an_absurd_place_leads_further_back(absurd):
    """It was accepted whatever it was, as the good and the quietest iteration: runs never came back from 1e19."""
    safeguard, note = judged(CALM, LAGGING, (moments(1e9, 1e8, 1e18), NOTHING))
    assert note != ""
    assert safeguard.good_theta[0] == 1.0
    assert "over some iterations, and the variance from 1 to" in safeguard.judge(absurd, NOTHING, np.ones(1))
    assert safeguard.good_theta[0] == 0.0
    assert safeguard.judge(*CALM, np.zeros(1)) == ""


def test_the_quietest_iteration_is_forgotten_where_it_does_not_come_again():
    """Its energy and variance were those of walkers that lagged behind: measured twice anew, the place is as it is."""
    lagging = (moments(1.0, 1e-3, 1e-3), NOTHING)
    safeguard, note = judged((moments(3.0), NOTHING), lagging, (moments(3.0), NOTHING))
    assert note.startswith("the energy rose from 1 to 3")
    assert "over some iterations" in safeguard.judge(moments(3.0), NOTHING, np.ones(1))
    assert safeguard.judge(moments(3.0), NOTHING, np.ones(1)) == ""
    assert safeguard.judge(moments(2.9), NOTHING, np.full(1, 2.0)) == ""
    assert safeguard.strikes == 0


def test_the_quietest_iteration_measured_anew_replaces_the_first_measurement():
    """Walkers that begin anew are to be believed: a variance of 20 is no growth from one, though from 0.1 it were."""
    safeguard, note = judged((moments(1.0, 0.01, 0.1), NOTHING), (moments(3.0), NOTHING))
    assert note.startswith("the energy rose from 1 to 3")
    assert safeguard.judge(moments(3.0), NOTHING, np.zeros(1)) == ""
    assert safeguard.judge(moments(3.1, 0.1, 20.0), NOTHING, np.full(1, 2.0)) == ""


def test_a_run_that_blows_up_ten_times_in_all_gives_up():
    """Two good steps between, and the rate at a thousandth: smaller steps do not help."""
    safeguard, note = Safeguard(np.zeros(1)), ""
    for k in range(10):
        safeguard.give_up(note)
        for theta in (0.0, k + 0.5):
            assert safeguard.judge(*GOOD, np.full(1, theta)) == ""
        note = safeguard.judge(moments(math.nan), NOTHING, np.full(1, k + 0.6))
    assert safeguard.strikes == 1
    with pytest.raises(
        UserError, match=r"blew up 10 times in all \(.* x 0\.000976562\), and smaller steps do not help"
    ):
        safeguard.give_up(note)


def driver(optimizer, iterations, samples=0, **plan):
    walkers = jobs.ensemble(jobs.gaussian(), jobs.trap(), thermalise=0)
    return Driver(walkers, optimizer, Plan(50, iterations, discard=20, samples=samples, **plan))


@pytest.mark.parametrize("jump", [np.array([0.0, -0.64]), np.array([0.0, -2.0]), np.array([0.0, 40.0])])
def test_run_recovers_from_a_jump(jump):
    """To a wide, an unbound and a narrow state: parameters return to those before the jump, then the run goes on."""

    class Kick(GradientDescent):
        def _update(self, gradient, learning_rate, slots, count):
            return jump if count == 20 and learning_rate == 0.1 else -learning_rate * gradient

    run = driver(FirstOrder(Kick(), Constant(0.1), 10, 3), 80, parameters="last")
    notes = [report.note for report in run.run()]
    troubles = [note for note in notes if note]
    assert len(troubles) == 1
    history = run.history
    hit = next(
        k for k in range(80) if history.parameters[k, 1] - history.parameters[k - 1, 1] == pytest.approx(jump[1])
    )
    np.testing.assert_array_equal(history.parameters[hit + 1], history.parameters[hit - 1])
    assert np.isnan(history.column("update_norm")[hit])
    assert np.abs(run.theta - jobs.EXACT_ALPHA).max() < 1e-3
    assert run.safeguard.damping == 0.5


def test_run_recovers_from_energies_of_walkers_that_lagged_behind():
    """A large step from a wide to a narrow state, after which few moves leave the energy far below the ground state.

    The next energy is right, and so a rise; parameters return, and their energy, measured anew, is no trouble.
    """

    class Overshoot(GradientDescent):
        def _update(self, gradient, learning_rate, slots, count):
            return jobs.EXACT_ALPHA + np.array([0.0, 0.5]) - jobs.START_ALPHA if not leapt else -0.1 * gradient

    leapt: list[float] = []
    walkers = jobs.ensemble(jobs.gaussian(), jobs.trap(), n_walkers=512, thermalise=0)
    run = Driver(walkers, FirstOrder(Overshoot(), Constant(1.0), 3, 1), Plan(50, 80, discard=0, samples=10))
    notes = []
    for report in run.run():
        if report.phase == "optimise":
            leapt.append(report.energies.energy)
            notes.append(report.note)
    assert leapt[1] < 0.5 * jobs.energy(jobs.EXACT_ALPHA)
    assert notes[2].startswith("the energy rose")
    assert not any(notes[3:])
    assert np.abs(run.theta - jobs.EXACT_ALPHA).max() < 1e-2


def test_run_gives_up_when_every_step_blows_up():
    class Jump(GradientDescent):
        def _update(self, gradient, learning_rate, slots, count):
            return np.array([0.0, 50.0])

    run = driver(FirstOrder(Jump(), Constant(1.0)), 10)
    with pytest.raises(UserError, match=r"blew up 3 times in a row .*: lower optimizer\.learning_rate"):
        list(run.run())
    assert run.history.rows.shape[0] == run.position >= 6  # each step, and a look at where the roll-back led
    assert np.isnan(run.history.column("update_norm")).sum() == 3
    np.testing.assert_array_equal(run.theta, jobs.START_ALPHA)


def test_roll_back_forgets_the_optimiser_s_memory():
    """Momentum that led astray would lead astray again."""

    class Kick(Adam):
        def _update(self, gradient, learning_rate, slots, count):
            update = super()._update(gradient, learning_rate, slots, count)
            return np.array([0.0, 40.0]) if count == 3 and learning_rate == 0.02 else update

    run = driver(FirstOrder(Kick(), Constant(0.02)), 6)
    counts = [int(run.optimizer_state["count"][0]) for report in run.run() if report.phase == "optimise"]
    assert counts == [1, 2, 3, 0, 1, 2]
