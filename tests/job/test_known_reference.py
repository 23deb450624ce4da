"""The energy a configuration should find: which are known, and that a job is held against its own and no other's."""

import math

import pytest

import vmc
from hamiltonians.electron_gas_pair import gas_pair_energy
from vmc.config import check_config, parse_config
from vmc.results.known_reference import known_reference, reference_of

COULOMB = {"kind": "coulomb"}


def configuration(system, hamiltonian, **more):
    return check_config({"system": system, "hamiltonian": hamiltonian, "wavefunction": [{"kind": "gaussian"}], **more})


@pytest.mark.parametrize(
    ("system", "hamiltonian", "energy"),
    [
        ({"n_particles": 10, "n_dim": 3}, {"omega": [1.0, 1.0, math.sqrt(8.0)]}, 5.0 * (2.0 + math.sqrt(8.0))),
        ({"n_particles": 6, "n_dim": 2, "n_up": 3}, {"omega": 0.5}, 5.0),
        ({"n_particles": 2, "n_dim": 2}, {"omega": 1.0 / 6.0, "interaction": COULOMB}, 2.0 / 3.0),
        ({"n_particles": 2, "n_dim": 3, "n_up": 1}, {"omega": 0.5, "interaction": COULOMB}, 2.0),
        ({"n_particles": 6, "n_dim": 2, "n_up": 3}, {"interaction": COULOMB | {"strength": 0.0}}, 10.0),
        ({"n_particles": 2, "n_dim": 3, "n_up": 1}, {"kind": "electron_gas", "r_s": 1.0}, gas_pair_energy(1.0).value),
        # omega E(m / omega) with E of masses one and frequency one: here three, of omega = 2 and m = 2
        ({"n_particles": 2, "n_dim": 2, "masses": 2.0}, {"omega": 2.0, "interaction": COULOMB}, 6.0),
        # epsilon = m q^2 = 4, of lengths 1 / (m q) and omega = epsilon
        ({"n_particles": 2, "n_dim": 2}, {"omega": 4.0, "interaction": COULOMB | {"strength": 2.0}}, 12.0),
        # phi = r (1 + r / 2) exp(-r^2 / 4) with q = m = 1; two electrons of one spin, and any two on a line
        ({"n_particles": 2, "n_dim": 2, "n_up": 2}, {"omega": 1.0 / 3.0, "interaction": COULOMB}, 4.0 / 3.0),
        ({"n_particles": 2, "n_dim": 3, "n_up": 0}, {"omega": 0.25, "interaction": COULOMB}, 1.25),
        ({"n_particles": 2, "n_dim": 1}, {"omega": 0.5, "interaction": COULOMB}, 1.5),
        ({"n_particles": 2, "n_dim": 1, "n_up": 1}, {"omega": 0.5, "interaction": COULOMB}, 1.5),
        ({"n_particles": 6, "n_dim": 2, "n_up": 3}, {"interaction": COULOMB}, 20.15932),
        (
            {"n_particles": 6, "n_dim": 2, "n_up": 3, "masses": 2.0},
            {"omega": 18.0, "interaction": COULOMB | {"strength": 3.0}},
            18.0 * 20.15932,
        ),
        ({"n_particles": 4, "n_dim": 1}, {"interaction": {"kind": "inverse_square", "exponent": 2.0}}, 14.0),
        ({"n_particles": 2, "n_dim": 1}, {"interaction": {"kind": "harmonic_pair", "strength": 1.5}}, 1.5),
        ({"n_particles": 6, "n_dim": 2, "n_up": 3}, {"interaction": {"kind": "harmonic_pair", "strength": 0.5}}, 19.0),
        # Omega^2 = omega^2 + N g / m
        (
            {"n_particles": 6, "n_dim": 2, "n_up": 3, "masses": 2.0},
            {"interaction": {"kind": "harmonic_pair", "strength": 1.0}},
            19.0,
        ),
        (
            {"n_particles": 2, "n_dim": 2},
            {"omega": [1.0, 2.0], "interaction": {"kind": "harmonic_pair", "strength": 4.0}},
            0.5 * (3.0 + 3.0 + math.sqrt(12.0)),
        ),
        # exponent (exponent - 1) = 0: nothing keeps two bosons apart
        ({"n_particles": 2, "n_dim": 1}, {"interaction": {"kind": "inverse_square", "exponent": 1.0}}, 1.0),
        ({"n_particles": 2, "n_dim": 1}, {"interaction": {"kind": "inverse_square", "exponent": 1.5}}, 2.5),
        # an attraction, and the other root of the same repulsion
        ({"n_particles": 4, "n_dim": 1}, {"interaction": {"kind": "inverse_square", "exponent": 0.6}}, 5.6),
        ({"n_particles": 4, "n_dim": 1}, {"interaction": {"kind": "inverse_square", "exponent": -1.0}}, 14.0),
        # lambda (lambda - 1) = 2 x 3 / 4 x 7 / 4 for a mass of two
        (
            {"n_particles": 2, "n_dim": 1, "masses": 2.0},
            {"interaction": {"kind": "inverse_square", "exponent": 1.75}},
            1.5 + math.sqrt(0.25 + 2.625),
        ),
        # the first state without a core that has a node in the relative motion, at its node
        ({"n_particles": 2, "n_dim": 1}, {"interaction": {"kind": "hard_sphere", "core_radius": math.sqrt(3)}}, 4.0),
        (
            {"n_particles": 2, "n_dim": 3, "masses": 3.0},
            {"interaction": {"kind": "hard_sphere", "core_radius": 1.0}},
            5.0,
        ),
        ({"n_particles": 2, "n_dim": 3}, {"interaction": {"kind": "hard_sphere", "core_radius": math.sqrt(3)}}, 5.0),
    ],
)
def test_known(system, hamiltonian, energy):
    found = known_reference(configuration(system, hamiltonian))
    assert found.value == pytest.approx(energy, rel=1e-12)


@pytest.mark.parametrize(
    ("system", "hamiltonian"),
    [
        ({"n_particles": 2, "n_dim": 2}, {"interaction": {"kind": "coulomb", "softening": 0.1}}),
        ({"n_particles": 2, "n_dim": 2}, {"interaction": {"kind": "coulomb", "strength": -2.0}}),
        ({"n_particles": 2, "n_dim": 2}, {"omega": [1.0, 1.1], "interaction": COULOMB}),
        ({"n_particles": 3, "n_dim": 1}, {"interaction": COULOMB}),
        ({"n_particles": 3, "n_dim": 2, "n_up": 3}, {"interaction": COULOMB}),
        ({"n_particles": 6, "n_dim": 2}, {"interaction": COULOMB}),
        ({"n_particles": 6, "n_dim": 2, "n_up": 4}, {"interaction": COULOMB}),
        ({"n_particles": 6, "n_dim": 2, "n_up": 3, "masses": [1.0, 2.0]}, {"interaction": COULOMB}),
        ({"n_particles": 6, "n_dim": 2, "n_up": 3}, {"omega": 0.77, "interaction": COULOMB}),
        ({"n_particles": 4, "n_dim": 2, "n_up": 2}, {}),
        ({"n_particles": 6, "n_dim": 2, "n_up": 3}, {"omega": [1.0, 2.0]}),
        ({"n_particles": 4, "n_dim": 1}, {"potential": {"kind": "user"}}),
        ({"n_particles": 4, "n_dim": 1}, {"interaction": {"kind": "harmonic_pair", "strength": -1.0}}),
        ({"n_particles": 3, "n_dim": 3}, {"interaction": {"kind": "hard_sphere", "core_radius": 0.1}}),
        ({"n_particles": 2, "n_dim": 2}, {"interaction": {"kind": "hard_sphere", "core_radius": 9.0}}),
        ({"n_particles": 3, "n_dim": 1, "masses": 2.0}, {"interaction": {"kind": "inverse_square", "exponent": 0.6}}),
        ({"n_particles": 2, "n_dim": 1}, {"interaction": {"kind": "gaussian", "strength": 1.0, "width": 1.0}}),
        ({"n_particles": 14, "n_dim": 3, "n_up": 7}, {"kind": "electron_gas", "r_s": 2.0}),
    ],
)
def test_not_known(system, hamiltonian):
    config = configuration(system, hamiltonian)
    assert known_reference(config) is None
    assert reference_of(config) is None


def test_a_job_is_held_against_the_known_energy(tmp_path):
    config = {
        "system": {"n_particles": 3, "n_dim": 2},
        "hamiltonian": {"omega": 2.0},
        "wavefunction": [{"kind": "gaussian", "alpha": 1.0}],
        "sampler": {"kind": "metropolis", "n_walkers": 32, "thermalise": 0},
        "optimizer": {"kind": "adam", "iterations": 0},
        "evaluation": {"samples": 20},
    }
    outcome = vmc.run(config, tmp_path / "exact.h5")
    energy, error, source = vmc.load(tmp_path / "exact.h5").reference
    assert outcome.summary.energy.value == pytest.approx(energy, rel=1e-12) == 6.0
    assert (error, source) == (0.0, "exact: harmonic oscillator")


FILE = """
system = { n_particles = 2, n_dim = 2 }
hamiltonian = { interaction = { kind = "coulomb" } }
wavefunction = [{ kind = "gaussian" }]
reference = { energy = 3.0 }
"""


def test_a_reference_of_ones_own_stays():
    config = parse_config(FILE.replace("3.0", "3.1"), ["wavefunction.0.alpha=0.4", "hamiltonian.kinetic=analytic"])
    assert reference_of(config)[0] == 3.1


@pytest.mark.parametrize("override", ["hamiltonian.omega=0.5", "system.n_dim=3", "hamiltonian.interaction.strength=2"])
def test_a_reference_goes_with_its_hamiltonian(override):
    assert parse_config(FILE, [override.replace("=2", "=2.0")]).reference is None
    kept = parse_config(FILE, [override.replace("=2", "=2.0"), "reference.error=0.1"])
    assert (kept.reference.energy, kept.reference.error) == (3.0, 0.1)
