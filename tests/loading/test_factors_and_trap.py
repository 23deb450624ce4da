"""Factors of wave functions follow the trap beside them, and what does not fit it is refused."""

import numpy as np
import pytest

from vmc.build.physics import build
from vmc.config import parse_config
from vmc.errors import UserError

TRAP = """
system = {{ n_particles = 2, n_dim = 2, masses = {mass} }}
hamiltonian = {{ omega = {omega} }}
wavefunction = [{{ {factor} }}]
"""


def energy_and_variance(factor, omega="4.0", mass="1.0"):
    """Local energies of the wave function at its first parameters, of two particles on the way outwards."""
    physics = build(parse_config(TRAP.format(factor=factor, omega=omega, mass=mass)))
    X = np.array([[0.1 * k, 0.2, -0.1 * k, 0.3 * k] for k in range(1, 6)])
    local = physics.wave_function.evaluate(X).kinetic + physics.hamiltonian.potential_energy(X).sum(axis=-1)
    return local.mean(), local.std()


@pytest.mark.parametrize("mass", ["1.0", "3.0"])
@pytest.mark.parametrize("factor", ['kind = "gaussian"', 'kind = "rbm", spread = 1e-12'])
def test_widths_are_those_of_the_trap(factor, mass):
    """Without interaction the first parameters are exact: N d omega / 2 everywhere."""
    mean, deviation = energy_and_variance(factor, mass=mass)
    assert mean == pytest.approx(8.0, rel=1e-9)
    assert deviation < 1e-8


@pytest.mark.parametrize("factor", ['kind = "gaussian", alpha = 0.5', 'kind = "rbm", spread = 1e-12, sigma = 1.0'])
def test_widths_that_are_given_stay(factor):
    assert energy_and_variance(factor)[1] > 1.0


def test_the_softest_axis_counts():
    physics = build(parse_config(TRAP.format(factor='kind = "gaussian"', omega="[3.0, 2.0]", mass="1.0")))
    assert physics.wave_function.theta.tolist() == [1.0]


SPHERES = """
system = { n_particles = 3, n_dim = 3 }
hamiltonian = { interaction = { kind = "hard_sphere", core_radius = 0.1 } }
wavefunction = [{ kind = "gaussian" }%s]
"""


@pytest.mark.parametrize(
    "factor", ["", ', { kind = "power_law", exponent = 2.0 }', ', { kind = "hard_core", core_radius = 0.09 }']
)
def test_hard_spheres_need_a_core(factor):
    with pytest.raises(UserError, match=r"inside hard spheres of core_radius = 0\.1, .* expected a factor hard_core"):
        build(parse_config(SPHERES % factor))


@pytest.mark.parametrize("factor", ['{ kind = "hard_core" }', '{ kind = "hard_core", core_radius = 0.2 }'])
def test_hard_spheres_with_a_core(factor):
    assert build(parse_config(SPHERES % f", {factor}")).wave_function.n_params == 1
