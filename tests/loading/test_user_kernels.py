"""Functions of the user's are tried once as plain Python: compiled code would read past the end of their constants."""

import math

import numba
import numpy as np
import pytest

from numerics.link import tried
from vmc.build.physics import build
from vmc.config import check_config
from vmc.errors import UserError


@numba.njit
def coulomb(c, r):
    return c[0] / r


@numba.njit
def singular(c, r):
    return 1.0 / (r - 0.7)


def config(constants, **hamiltonian):
    interaction = {"kind": "user", "constants": constants}
    return check_config(
        {
            "system": {"n_particles": 2, "n_dim": 2},
            "hamiltonian": {"interaction": interaction, **hamiltonian},
            "wavefunction": [{"kind": "gaussian"}],
        }
    )


def test_constants_that_were_forgotten():
    """They were taken for zero."""
    build(config([1.0]), {"interaction": coulomb})
    with pytest.raises(UserError, match=r"--kernel interaction: .* arguments \(0 constants \[\], 0\.7\): .*range"):
        build(config([]), {"interaction": coulomb})


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda c: 1.0, "the function fails with the arguments"),
        (lambda c, r: np.ones(2), "expected one real number"),
        (lambda c, r: None, "returns None, expected one real number"),
        (lambda c, r: c[1] / r, "out of range"),
        (lambda c, r: r[0], "fails"),
    ],
)
def test_functions_that_cannot_be_an_interaction(function, words):
    with pytest.raises(UserError, match=words):
        build(config([1.0]), {"interaction": function})


@pytest.mark.parametrize("function", [singular, lambda c, r: math.log(r - 0.7), lambda c, r: np.float64(1.0) / r])
def test_poles_where_it_is_tried_are_no_mistake(function):
    """log(0) is a ValueError of Python's, an infinity of compiled code."""
    assert tried("v(r)", function, (1.0,), 0.7) is function


def test_other_functions_are_tried_with_what_they_are_handed():
    """A position (d,), and positions (N, d)."""
    user = {"kind": "user", "constants": [1.0]}
    with pytest.raises(UserError, match=r"--kernel potential: .* array of shape \(2,\)\): .*out of bounds"):
        build(config([1.0], potential=user), {"interaction": coulomb, "potential": lambda c, r: c[0] * r[2]})
    settings = config([1.0]).model_dump() | {"wavefunction": [{"kind": "user", "parameters": {"a": 1.0}}]}
    with pytest.raises(UserError, match=r"--kernel log_psi: .* \(array of shape \(1,\), array of shape \(2, 2\)\)"):
        build(
            check_config(settings),
            {"interaction": coulomb, "log_psi": lambda theta, x: -theta[1] * (x**2).sum()},
        )


PADE, SERIES = {"kind": "pade"}, {"kind": "pade_series"}


def jastrow(interaction, factor):
    hamiltonian = {} if interaction is None else {"interaction": interaction}
    system = {"n_particles": 2, "n_dim": 2}
    wavefunction = [{"kind": "gaussian"}, factor]
    kernels = {"interaction": coulomb} if interaction and interaction["kind"] == "user" else {}
    return build(
        check_config({"system": system, "hamiltonian": hamiltonian, "wavefunction": wavefunction}), kernels
    ).wave_function


SMOOTH = (None, {"kind": "coulomb", "softening": 0.5}, {"kind": "gaussian", "strength": 3.0, "width": 0.5})


@pytest.mark.parametrize("interaction", SMOOTH)
def test_no_cusp_where_the_interaction_has_no_pole(interaction):
    """The gradient of log psi is continuous at contact; with a cusp it would jump, and the local energy have a pole."""
    with pytest.raises(UserError, match="pade: cusp is missing: the interaction has no 1 / r"):
        jastrow(interaction, PADE)
    psi = jastrow(interaction, SERIES)
    psi.theta[:] = np.random.default_rng(1).normal(size=psi.theta.size) * 0.1 + 0.5
    X = np.array([[0.3, 0.0, 0.3 + h, 0.0] for h in (-1e-6, 1e-6)])
    left, right = psi.evaluate(X).gradient
    assert np.abs(left - right).max() < 1e-4
    with_cusp = jastrow(interaction, {**PADE, "cusp": 1.0}).evaluate(X).gradient
    assert np.abs(with_cusp[0] - with_cusp[1]).max() > 1.0


@pytest.mark.parametrize("factor", [PADE, SERIES])
def test_the_cusp_of_a_user_s_interaction_is_asked_for(factor):
    user = {"kind": "user", "constants": [1.0]}
    with pytest.raises(UserError, match=r"cusp is missing: what the interaction of kind 'user' is like at contact"):
        jastrow(user, factor)
    assert jastrow(user, {**factor, "cusp": 1.0}).n_params > 0


@numba.njit
def antisymmetric(theta, x):
    value = x[1, 0] - x[0, 0]
    return math.log(abs(value)) - theta[0] * (x**2).sum(), np.sign(value)


def test_a_factor_with_a_sign():
    """Two electrons in the first two states of a line, from a configuration."""
    tables = {
        "system": {"n_particles": 2, "n_dim": 1, "n_up": 2},
        "wavefunction": [{"kind": "user", "parameters": {"alpha": 0.5}, "signed": True}],
    }
    psi = build(check_config(tables), {"log_psi": antisymmetric}).wave_function
    seen = psi.evaluate(np.array([[0.1, 0.7], [0.7, 0.1]]))
    assert seen.sign.tolist() == [1.0, -1.0]
    assert seen.log_psi[0] == seen.log_psi[1] == math.log(0.6) - 0.25
    tables["wavefunction"][0]["signed"] = False
    with pytest.raises(UserError, match="expected one real number"):
        build(check_config(tables), {"log_psi": antisymmetric})
