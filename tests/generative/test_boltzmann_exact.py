"""Sums over all states of small Boltzmann machines, to ten digits and more."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import chi2

from hamiltonians.system import System
from samplers.generative import BinaryRBM, GaussianBinaryRBM
from tests.generative import exact_sums
from tests.generative.exact_sums import GAUSSIANS, GRADIENTS, SPINS, SUMS
from tests.generative.machines import all_rows, binary, gaussian, parameters, three_rows
from tests.naive import gaussian_machine
from tests.naive import spline_flow as naive
from wavefunctions.rbm import RBM

SIZES = list(SUMS)


@pytest.mark.parametrize("size", SIZES)
def test_partition_function_likelihood_entropy_and_means(size):
    machine = binary(*size)
    assert exact_sums.sums(machine) == pytest.approx(SUMS[size], abs=1e-11)
    assert logsumexp(machine.score_samples(all_rows(size[0]))) == pytest.approx(0.0, abs=1e-12)
    assert machine.scores(three_rows(size[0])).method == "exact"


@pytest.mark.parametrize("size", SIZES)
def test_gradient_of_the_likelihood(size):
    assert exact_sums.gradient(binary(*size)) == pytest.approx(GRADIENTS[size], abs=1e-11)


def test_visible_enumeration_says_the_same():
    """A slow twin: the sum over visible states, for spins and for {0, 1}."""
    for low in (0.0, -1.0):
        machine = binary(4, 3, spins=low == -1.0)
        rows = np.where(all_rows(4) == 1.0, 1.0, low)
        log_weights = machine.negative_free_energy(rows)
        assert logsumexp(log_weights) == pytest.approx(machine.log_partition_exact(), abs=1e-12)
        p = np.exp(log_weights - logsumexp(log_weights))
        hidden = machine.transform(rows)
        assert np.allclose(machine.views(machine.negative_phase_exact())[0], p @ rows, atol=1e-13)
        assert np.allclose(machine.views(machine.negative_phase_exact())[2], rows.T @ (p[:, None] * hidden), atol=1e-13)


@pytest.mark.parametrize("spins", [False, True])
def test_the_visible_layer_is_enumerated_where_the_hidden_one_is_too_large(spins):
    """Everything that is exact with few hidden units is so with few features."""
    rng = np.random.default_rng(0)
    machine = BinaryRBM(24, spins=spins, random_state=0)
    machine.set_parameters(rng.normal(size=4), rng.normal(size=24), 0.7 * rng.normal(size=(4, 24)))
    rows = np.where(all_rows(4) == 1.0, 1.0, machine.hidden.low)
    log_weights = machine.negative_free_energy(rows)
    assert machine.has_exact_density
    assert machine.log_partition_exact() == pytest.approx(logsumexp(log_weights), abs=1e-11)
    found = machine.scores(rows)
    assert (found.method, found.errors.max()) == ("exact", 0.0)
    p = np.exp(found.values)
    of_model = machine.negative_phase_exact()
    assert machine.views(of_model)[0] == pytest.approx(p @ rows, abs=1e-12)
    assert machine.views(of_model)[2] == pytest.approx(rows.T @ (p[:, None] * machine.transform(rows)), abs=1e-12)
    draws = machine.sample(20000)
    counts = (draws[:, None] == rows).all(axis=2).sum(axis=0)
    expected = 20000 * p
    seen = expected > 5.0
    assert ((counts - expected)[seen] ** 2 / expected[seen]).sum() < chi2.isf(1e-5, seen.sum() - 1)
    fitted = BinaryRBM(24, negative_phase="exact", validation_fraction=0.2, n_epochs=2, random_state=0)
    assert len(fitted.fit(all_rows(4)).history_["validation_loss"]) == 2


@pytest.mark.parametrize("size", SIZES)
def test_spins_and_the_norm_of_the_wave_function(size):
    """Psi = exp(a.s) prod 2 cosh(b + W^T s) squared is a machine with every hidden unit twice."""
    assert exact_sums.spins(binary(*size, spins=True)) == pytest.approx(SPINS[size], abs=1e-11)


@pytest.mark.parametrize("size", list(GAUSSIANS))
def test_gaussian_machine(size):
    machine = gaussian(*size)
    found = exact_sums.gaussians(machine)
    assert found == pytest.approx(GAUSSIANS[size], abs=1e-10)
    assert (found[0], found[-1]) == pytest.approx((GAUSSIANS[size][0], GAUSSIANS[size][-1]), abs=1e-11)
    a, _, _, log_variance = machine.views()
    means = a + machine.views(machine.negative_phase_exact())[0] * np.exp(log_variance)
    assert means[0] == pytest.approx(GAUSSIANS[size][1], abs=1e-10)


@pytest.mark.parametrize("size", [(2, 3), (3, 4)])
def test_gradient_of_the_gaussian_machine_by_complex_steps(size):
    """Nothing is subtracted, so that ten digits and more agree, those by log sigma^2 among them."""
    machine, X = gaussian(*size), three_rows(size[0])
    found = machine.positive_phase(X) - machine.negative_phase_exact()
    expected = naive.gradient(lambda theta: gaussian_machine.mean_log_likelihood(theta, X, size[1]), machine.theta_)
    assert found == pytest.approx(expected, abs=1e-12)


def test_density_of_the_gaussian_machine_integrates_to_one():
    machine = gaussian(2, 3)
    s = np.linspace(-10, 10, 201)  # the trapezoidal rule has no error to speak of
    grid = np.stack(np.meshgrid(s, s), axis=-1).reshape(-1, 2)
    assert np.exp(machine.score_samples(grid)).sum() * (s[1] - s[0]) ** 2 == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("make", [lambda: binary(4, 3), lambda: binary(4, 3, spins=True), lambda: gaussian(3, 4)])
def test_gradient_against_differences(make):
    """Of the mean log-likelihood by every parameter, log sigma^2 among them."""
    machine = make()
    X = three_rows(machine.n_features_in_) if not getattr(machine, "spins", False) else 2 * three_rows(4) - 1
    exact = machine.positive_phase(X) - machine.negative_phase_exact()
    start = machine.theta_.copy()
    for k in range(start.size):
        values = []
        for step in (-2, -1, 1, 2):
            machine.theta_[:] = start
            machine.theta_[k] += step * 1e-3
            values.append(machine.score(X))
        machine.theta_[:] = start
        difference = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / 12e-3
        assert exact[k] == pytest.approx(difference, abs=2e-10)


def test_centred_gradient_ascends_and_does_not_see_flips():
    """Renaming 0 and 1 of visible units must not change what a step does to the density."""
    machine = binary(4, 3)
    X = three_rows(4)
    positive, negative = machine.positive_phase(X), machine.negative_phase_exact()
    step = machine._centre(positive, negative)
    assert step @ (positive - negative) > 0.0
    a, b, W = parameters(4, 3)
    flipped = BinaryRBM(3).set_parameters(-a, b + W.sum(axis=0), -W)
    other = flipped._centre(flipped.positive_phase(1 - X), flipped.negative_phase_exact())
    machine.theta_ += 1e-6 * step
    flipped.theta_ += 1e-6 * other
    assert flipped.score_samples(1 - all_rows(4)) == pytest.approx(machine.score_samples(all_rows(4)), abs=1e-11)
    plain = flipped.positive_phase(1 - X) - flipped.negative_phase_exact()
    flipped.theta_ += 1e-3 * (plain - other)  # the control: the plain gradient does see them
    assert np.abs(flipped.score_samples(1 - all_rows(4)) - machine.score_samples(all_rows(4))).max() > 1e-5


def test_square_of_the_wave_function():
    """The same parameters as the wave function psi = sqrt(F) make the same density."""
    psi = RBM(System(n_particles=2, n_dim=2), n_hidden=3, amplitude="sqrt(F)", sigma=0.7, spread=0.5, seed=3)
    values = psi.layout.views(psi.theta)
    machine = GaussianBinaryRBM(3).set_parameters(*values[:3], 0.7)
    X = np.random.default_rng(1).normal(size=(40, 4))
    assert machine.negative_free_energy(X) == pytest.approx(2.0 * psi.evaluate(X).log_psi, abs=1e-12)


@pytest.mark.parametrize("model", [BinaryRBM, GaussianBinaryRBM])
def test_rows_cannot_be_held_out_of_machines_too_large_for_exact_sums(model):
    """Said before the first epoch; machines of up to 20 units do hold rows out."""
    X = (np.random.default_rng(2).normal(size=(40, 21)) > 0.0) + 0.0
    with pytest.raises(ValueError, match=r"validation_fraction = 0\.2: expected 0 for n_hidden = 30.*`partial_fit`"):
        model(30, validation_fraction=0.2, n_epochs=1).fit(X)
    assert len(model(4, validation_fraction=0.2, n_epochs=2).fit(X).history_["validation_loss"]) == 2
