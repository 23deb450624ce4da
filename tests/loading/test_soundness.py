"""Wave functions whose local energies do not average to their energy are refused, the sound ones beside them not."""

import numpy as np
import pytest

from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.build.physics import build
from vmc.config import check_config
from vmc.errors import UserError
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import Pade
from wavefunctions.message_passing import MessagePassing
from wavefunctions.product import Product

GAUSSIAN, SLATER, PADE = {"kind": "gaussian"}, {"kind": "slater"}, {"kind": "pade"}
COULOMB = {"kind": "coulomb"}
MESSAGES = {"kind": "message_passing", "width": 4, "hidden": [4]}


def built(n_particles, n_dim, factors, n_up=None, interaction=None, **hamiltonian):
    system = {"n_particles": n_particles, "n_dim": n_dim} | ({} if n_up is None else {"n_up": n_up})
    if interaction is not None:
        hamiltonian["interaction"] = interaction
    return build(check_config({"system": system, "hamiltonian": hamiltonian, "wavefunction": factors}))


def power(exponent):
    return {"kind": "power_law", "exponent": exponent}


def inverse(exponent):
    return {"kind": "inverse_square", "exponent": exponent}


def messages(**settings):
    return {**SLATER, "backflow": {**MESSAGES, **settings}}


UNSOUND = [
    ((6, 2, [GAUSSIAN], 3), "change sign when electrons of equal spin"),
    ((6, 2, [SLATER, SLATER], 3), "change sign"),
    ((3, 3, [GAUSSIAN], 3), "change sign"),
    ((2, 1, [GAUSSIAN, {**PADE, "cusp": -0.5}]), "wavefunction pade: cusp = -0.5: expected 0 in one dimension"),
    ((4, 1, [SLATER, {**PADE, "cusp": [0.0, 0.5]}], 2), r"cusp = \[0.0, 0.5\]: expected 0"),
    ((2, 1, [messages(kink=True)], 1), "kink = True: expected False in one dimension"),
    ((2, 1, [GAUSSIAN], None, COULOMB), "in 1 dimension the Coulomb energy is infinite: expected a factor power_law"),
    ((2, 1, [GAUSSIAN], None, inverse(2.0)), "expected a factor power_law of exponent 2"),
    ((2, 1, [GAUSSIAN], None, inverse(-1.0)), "expected a factor power_law of exponent 2"),
    ((2, 2, [GAUSSIAN], None, inverse(2.0)), "expected a factor power_law of exponent 1.41421"),
    ((2, 2, [GAUSSIAN], None, inverse(0.5)), "in 2 dimensions the energy of inverse squares is infinite"),
    ((2, 1, [GAUSSIAN, power(0.3)]), "power_law: exponent = 0.3: expected more than 0.5"),
    ((6, 2, [SLATER, PADE, {"kind": "pade_series"}], 3, COULOMB), "pade and pade_series each have the whole cusp"),
    ((3, 2, [GAUSSIAN], None, {"kind": "harmonic_pair", "strength": -0.4}), "expected more than .* = -0.333333"),
]
SOUND = [
    (2, 2, [GAUSSIAN], 1),  # of two electrons with opposite spins the lowest state is symmetric
    (1, 3, [GAUSSIAN], 1),
    (6, 2, [SLATER, SLATER, SLATER], 3),
    (3, 1, [SLATER, {**PADE, "cusp": 0.5}], 3),  # equal spins never meet
    (4, 1, [SLATER, {**PADE, "cusp": [0.5, 0.0]}], 2),
    (2, 1, [GAUSSIAN, power(1.0), {**PADE, "cusp": 0.5}], None, COULOMB),
    (2, 1, [messages()], 1),
    (3, 1, [messages(kink=True)], 3),
    (3, 1, [SLATER], 3, COULOMB),
    (2, 1, [GAUSSIAN], None, {**COULOMB, "softening": 0.5}),
    (2, 2, [GAUSSIAN], None, COULOMB),
    (2, 1, [GAUSSIAN], None, inverse(1.0)),
    (2, 1, [GAUSSIAN, power(2.0)], None, inverse(2.0)),
    (2, 3, [GAUSSIAN], None, inverse(0.5)),
    (6, 2, [SLATER, PADE, {"kind": "pade_series", "cusp": 0.0}], 3, COULOMB),
    (3, 2, [GAUSSIAN], None, {"kind": "harmonic_pair", "strength": -0.3}),
]


@pytest.mark.parametrize(("arguments", "words"), UNSOUND)
def test_unsound(arguments, words):
    with pytest.raises(UserError, match=words):
        built(*arguments)


@pytest.mark.parametrize("arguments", SOUND)
def test_sound(arguments):
    assert built(*arguments).wave_function.system.n_particles == arguments[0]


def test_what_the_local_energy_of_a_kink_misses():
    """Two free bosons in one dimension with a kink of slope u'(0) = -1/2, by sums over a grid: with slopes instead of
    second derivatives their energy lies above the exact 1; the average of local energies lacks -u'(0) P(0) / mu of it,
    mu the reduced mass 1/2, and lies far below.  The density P is that of half a step beside 0, hence one per cent."""
    psi, step = Product(Gaussian(System(2, 1), alpha=0.5), Pade(System(2, 1), beta=1.0, cusp=-0.5)), 0.01
    x = np.arange(-7.0, 7.0, step)
    # away from r = 0, where nobody ever is
    X = np.stack(np.meshgrid(x, x + 0.5 * step), axis=-1).reshape(-1, 2)
    found, potential = psi.evaluate(X), HarmonicTrap(System(2, 1)).potential_energy(X).sum(axis=-1)
    weights = np.exp(2.0 * found.log_psi)
    weights /= weights.sum()
    averaged = weights @ (found.kinetic + potential)
    energy = weights @ (0.5 * (found.gradient**2).sum(axis=-1) + potential)
    nearest = np.abs(X[:, 0] - X[:, 1]) < 0.6 * step  # two points for each x, on either side of r = 0
    P0 = weights[nearest].sum() / (2.0 * step)
    assert energy > 1.0
    assert averaged < 0.6
    assert energy - averaged == pytest.approx(0.5 * P0 / 0.5, rel=1e-2)


def test_messages_have_no_kink_in_one_dimension_where_spins_meet():
    with pytest.raises(ValueError, match="kink"):
        MessagePassing(System(2, 1, 1), width=4, hidden=[4], kink=True)
    MessagePassing(System(2, 1, 2), width=4, hidden=[4], kink=True)


@pytest.mark.parametrize(
    ("omega", "unit"),
    [(1.0, "hbar omega"), ([1.0, 2.0], "hbar omega"), (4.0, "natural units"), (1e-6, "natural units")],
)
def test_energies_have_the_unit_of_their_numbers(omega, unit):
    """2 hbar omega at omega = 4 is printed as 8, which is none of hbar omega."""
    assert built(2, 2, [GAUSSIAN], omega=omega).hamiltonian.unit == unit
    assert built(2, 2, [GAUSSIAN], omega=omega, unit="hartree").hamiltonian.unit == "hartree"


def test_every_axis_begins_with_its_own_width():
    physics = built(3, 3, [{**GAUSSIAN, "per_axis": True}], omega=[1.0, 2.0, 5.0])
    assert physics.wave_function.theta.tolist() == [0.5, 1.0, 2.5]


@pytest.mark.parametrize(
    ("table", "kind"), [("sampler", "metropolis"), ("optimizer", "adam"), ("hamiltonian", "harmonic_trap")]
)
def test_tables_without_a_kind(table, kind):
    data = {"system": {"n_particles": 2, "n_dim": 2}, "wavefunction": [GAUSSIAN], table: {}}
    assert getattr(check_config(data), table).kind == kind


@pytest.mark.parametrize(
    ("interaction", "kink"),
    [
        (None, False),
        ({"kind": "gaussian", "strength": 1.0, "width": 0.5}, False),
        ({**COULOMB, "softening": 0.1}, False),
        (COULOMB, True),
    ],
)
def test_messages_make_cusps_where_the_interaction_has_a_pole(interaction, kink):
    """Beside a smooth one a kink of psi made poles of the local energy, and its variance infinite in two dimensions."""
    assert built(3, 2, [messages()], 3, interaction).wave_function.quasi.kink == kink
    assert built(3, 2, [messages(kink=True)], 3, interaction).wave_function.quasi.kink
