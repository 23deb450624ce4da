"""Rounding of log|psi| that numerical derivatives enlarge: it looks like the variance of a state."""

import math

import numba
import numpy as np
import pytest

import vmc
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.errors import UserError
from vmc.measuring.local_energy import local_energies
from vmc.soundness.noise import energy_noise, noise_of, refuse_noise
from vmc.statistics import Diagnostics, verdict
from wavefunctions.base import WaveFunction
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian
from wavefunctions.parameters import ParameterLayout

SIX = System(6, 2)


@numba.njit
def gaussian(theta, x):
    return theta[1] - theta[0] * (x**2).sum()


@numba.njit
def hidden_single(theta, x):
    """Only the coordinates are of single precision."""
    y = x.astype(np.float32)
    return theta[1] - theta[0] * float((y**2).sum())


@numba.njit
def single_constants(theta, x):
    """Weights of a network are of single precision, and so are products with positions that are cast to it."""
    weights = np.array([0.3, -0.2], dtype=np.float32)
    log = 0.0
    for i in range(x.shape[0]):
        y = (math.sqrt(2.0 * theta[0]) * x[i]).astype(np.float32)
        log += theta[1] + math.tanh(weights[0] * y[0] + weights[1] * y[1]) - theta[0] * (x[i] ** 2).sum()
    return log


@numba.njit
def fermions(theta, x):
    log, sign = 0.0, 1.0
    for i in range(x.shape[0]):
        log -= theta[0] * x[i, 0] ** 2
        for j in range(i):
            log += math.log(abs(x[i, 0] - x[j, 0]))
            sign *= np.sign(x[i, 0] - x[j, 0])
    return log, sign


@numba.njit
def pairs(theta, x):
    """Hard cores, cusps or narrow holes."""
    log = -theta[0] * (x**2).sum()
    for i in range(x.shape[0]):
        for j in range(i):
            square = 0.0
            for k in range(x.shape[1]):
                square += (x[i, k] - x[j, k]) ** 2
            r = math.sqrt(square)
            log += math.log(1.0 - theta[1] / r) if r > theta[1] else -np.inf
            log += theta[2] * r / (1.0 + theta[2] * r) - theta[3] * math.exp(-0.5 * square / theta[4] ** 2)
    return log


@numba.njit
def table(theta, x):
    """A cubic interpolation of exp(-(r / a)^2), whose second derivative jumps at every knot."""
    log, h = 0.0, theta[1]
    for i in range(x.shape[0]):
        square = (x[i] ** 2).sum()
        r = math.sqrt(square * 2.0 * theta[0])
        a = h * math.floor(r / h)
        t, b = (r - a) / h, a + h
        log -= theta[0] * square
        log += (1.0 + 2.0 * t) * (1.0 - t) ** 2 * math.exp(-a * a) + t * t * (3.0 - 2.0 * t) * math.exp(-b * b)
        log -= 2.0 * h * (t * (1.0 - t) ** 2 * a * math.exp(-a * a) + t * t * (t - 1.0) * b * math.exp(-b * b))
    return log


def of_length(length, system, function, *theta, alpha=0.5, signed=False):
    """A wave function and a trap of this length."""
    omega = length**-2
    psi = Custom(system, function, {"theta": [alpha * omega, *theta]}, signed=signed)
    return psi, HarmonicTrap(system, omega)


def starts(system, length):
    return length * np.random.default_rng(4).normal(size=(32, system.n_coordinates))


def look(psi, hamiltonian, length=1.0):
    refuse_noise(psi, hamiltonian, starts(psi.system, length))


@pytest.mark.parametrize(
    ("function", "signed"),
    [
        (lambda theta, x: np.float32(-theta[0] * (x**2).sum()), False),
        (lambda theta, x: np.float16(-theta[0] * (x**2).sum()), False),
        (lambda theta, x: (np.float32(-theta[0] * (x**2).sum()), 1.0), True),
    ],
)
def test_single_precision_is_refused_by_name(function, signed):
    """It gave 5.9991(14) and a variance of 0.1 for an eigenstate, and called it reliable."""
    with pytest.raises(ValueError, match=r"log_psi: the function returns .*float.*, expected double precision"):
        Custom(SIX, function, {"alpha": 0.5}, signed=signed)


def test_single_precision_that_nothing_differentiates():
    def log_psi(theta, x):
        return np.float32(-0.5 * (x**2).sum())

    def own(*arguments):
        return None

    Custom(SIX, log_psi, {"alpha": 0.5}, grad_laplacian=own, log_derivatives=own)
    Custom(SIX, log_psi, {}, grad_laplacian=own)
    with pytest.raises(ValueError, match="double precision"):
        Custom(SIX, log_psi, {"alpha": 0.5}, grad_laplacian=own)


@pytest.mark.parametrize(
    ("function", "constant", "length"),
    [
        (hidden_single, 0.0, 1e-3),
        (hidden_single, 0.0, 1.0),
        (hidden_single, 50.0, 1.0),
        (hidden_single, 0.0, 1e3),
        (single_constants, 0.0, 1.0),
        (single_constants, 0.0, 1e3),
    ],
)
def test_hidden_single_precision(function, constant, length):
    with pytest.raises(
        UserError, match=r"carry numerical noise of .* expected a log\|psi\| computed in double precision"
    ):
        look(*of_length(length, SIX, function, constant), length)


@pytest.mark.parametrize("constant", [1e8, -1e9])
def test_a_large_constant(constant):
    with pytest.raises(
        UserError, match=r"without a large constant, which can be subtracted, or a kernel grad_laplacian"
    ):
        look(*of_length(1.0, SIX, gaussian, constant))


def test_units_in_which_steps_are_too_short():
    """Steps of 2e-3 where psi changes over 1e5: a second difference has no digits left."""
    with pytest.raises(UserError, match="expected units in which psi changes over lengths of about one"):
        look(*of_length(1e5, SIX, gaussian, 0.0), 1e5)


SOUND = [
    (SIX, gaussian, (0.0,)),
    (SIX, gaussian, (1e4,)),
    (System(2, 1, 2), fermions, ()),
    (System(20, 1, 20), fermions, ()),
    (System(50, 1, 50), fermions, ()),  # pairs hundreds of times closer than walkers spread
    (System(6, 3), pairs, (0.0, 1.0, 0.0, 1.0)),
    (System(6, 3), pairs, (0.0, 0.0, 1.0, 0.03)),
    (SIX, table, (0.1,)),
    (SIX, table, (0.001,)),
]


@pytest.mark.parametrize(("system", "function", "theta"), SOUND)
@pytest.mark.parametrize("length", [1e-3, 1.0, 10.0])
def test_double_precision_is_enough(system, function, theta, length):
    """Negative control: nothing is said of sound functions of several kinds over any length."""
    look(*of_length(length, system, function, *theta, alpha=0.4, signed=function is fermions), length)


@pytest.mark.parametrize("constant", [0.0, 1e3])
def test_a_trap_of_a_thousand(constant):
    """Without a constant steps of 2e-3 leave three digits; with one of a thousand they do not."""
    psi, hamiltonian = of_length(1e3, SIX, gaussian, constant)
    if constant:
        with pytest.raises(UserError, match="numerical noise"):
            look(psi, hamiltonian, 1e3)
    else:
        look(psi, hamiltonian, 1e3)


@pytest.mark.parametrize("constant", [1e4, 1e6, 1e8])
def test_the_noise_is_what_local_energies_scatter_by(constant):
    """Of an eigenstate local energies scatter by nothing else; a median of 16 is within a factor of two."""
    psi, hamiltonian = of_length(1.0, SIX, gaussian, constant)
    X = np.random.default_rng(7).normal(size=(2000, 12))
    scatter = local_energies(psi, hamiltonian, X).sum(axis=1).std()
    found = energy_noise(psi, hamiltonian, X)
    assert 0.5 < found.of_energy / scatter < 2.0


def test_differences_of_high_order_see_noise_alone():
    """Of 4000 rows the median tells the deviation to 3 per cent; a function of 1e9 times the noise adds nothing."""
    x = np.arange(7.0)
    noise = np.random.default_rng(3).normal(size=(4000, 7))
    assert noise_of(noise) == pytest.approx(1.0, rel=0.05)
    assert noise_of(1e-9 * noise + np.exp(1e-3 * x) - x**5) == pytest.approx(1e-9, rel=0.05)
    assert noise_of(np.exp(1e-3 * x) * np.ones((8, 1))) < 1e-15


class OwnClass(WaveFunction):
    """A class of the user's with log|psi| alone, of single precision inside."""

    def __init__(self):
        @numba.njit
        def log_psi(p, X, log, sign, ws):
            for k in range(X.shape[0]):
                for b in range(X.shape[1]):
                    log[b] -= np.float32(0.5) * np.float32(X[k, b]) * np.float32(X[k, b])

        super().__init__(SIX, ParameterLayout(()), np.empty(0), {"log_psi": log_psi})


def test_whose_noise_is_looked_for():
    trap = HarmonicTrap(SIX)
    assert energy_noise(Gaussian(SIX), trap, starts(SIX, 1.0)) is None
    with pytest.raises(UserError, match="numerical noise"):
        look(OwnClass(), trap)


def test_verdicts_say_what_noise_makes_of_a_variance():
    def line(noise, **more):
        seen = Diagnostics(0.1, 4000, n_over_tau=1000.0, plateau_reached=True, variance=1e-4, derivative_noise=noise)
        return verdict(Diagnostics(**{**vars(seen), **more})).line

    said = "(numerical derivatives carry noise of about 0.005 into local energies, whose standard deviation is 0.01)"
    assert line(0.005).startswith("error bar reliable")
    assert line(0.005).endswith(said)
    assert line(0.005, r_hat=2.0).endswith(said)
    for silent in (line(5e-4), line(math.nan), line(0.005, negligible_variance=True)):
        assert "noise" not in silent


def evaluated(alpha, constant):
    psi, hamiltonian = of_length(1.0, SIX, gaussian, constant, alpha=alpha)
    return vmc.evaluate(psi, hamiltonian, n_walkers=256, samples=100, thermalise=200)


def test_an_evaluation_measures_noise_where_its_walkers_are():
    """A constant of 1e6 made a variance of 5e-8 of nothing; without it an eigenstate is one, and others vary."""
    found = evaluated(0.5, 1e6)
    assert "numerical derivatives carry noise" in found.verdict.line
    assert found.verdict.diagnostics.derivative_noise == pytest.approx(found.energy.variance**0.5, rel=1.0)
    exact = evaluated(0.5, 0.0)
    assert exact.verdict.diagnostics.is_eigenstate
    assert exact.verdict.diagnostics.derivative_noise < 1e-8
    assert "noise" not in evaluated(0.4, 0.0).verdict.line


def test_jobs_refuse_noise_before_walkers_move():
    with pytest.raises(UserError, match="numerical noise"):
        evaluated(0.5, 1e8)
