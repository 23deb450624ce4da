"""The list of wave functions under contract. A new ansatz is one more line, and its twin in tests/naive."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hamiltonians.base import Hamiltonian, one_body_term
from hamiltonians.cell import Cell
from hamiltonians.system import System
from tests.naive import log_psi as naive
from tests.naive.configurations import apart
from vmc.local_energy import local_energies
from wavefunctions.base import WaveFunction
from wavefunctions.custom import Custom
from wavefunctions.deep_sets import DeepSets
from wavefunctions.feed_forward import FeedForward
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import GaussianPair, HardCore, Pade, PadeSeries, PairPolynomial, PlaneWavePairs, PowerLaw
from wavefunctions.orbitals import Combination, Oscillator, PlaneWaves
from wavefunctions.product import Product
from wavefunctions.radial_series import RadialSeries
from wavefunctions.rbm import RBM
from wavefunctions.slater import Slater, SlaterExpansion


@dataclass(frozen=True)
class Case:
    """A wave function and what is true of it.

    Attributes
    ----------
    build : makes a fresh object.
    twin : log|psi| written independently, (theta, points).
    symmetric : whether exchanging particles leaves psi alone, where they have a spin those of equal spin.
    fermionic : whether exchanging particles of one spin turns the sign of psi; there are nodes then.
    core : no pair closer than this, where psi vanishes.
    accuracy : relative accuracy of the derivatives; coarse for finite differences.
    n_points : configurations to compare at, fewer where the twin is slow.
    oscillates : whether psi has a wavelength, so that at a distance r it is only known to about r times rounding.
    """

    name: str
    build: Callable[[], WaveFunction]
    twin: Callable
    symmetric: bool = True
    fermionic: bool = False
    core: float = 0.0
    accuracy: float = 1e-10
    n_points: int = 100
    oscillates: bool = False


def user_function(theta, x):
    """-width sum |r_i|^2 - softness (sum |r_i|^2)^2."""
    square = 0.0
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            square += x[i, k] * x[i, k]
    return -theta[0] * square - theta[1] * square * square


def custom(system):
    return Custom(system, user_function, {"width": 0.4, "softness": 0.01})


def perturbed(wave_function):
    """Parameters away from their initial zeros and ones."""
    wave_function.theta += np.random.default_rng(7).normal(0.0, 0.2, wave_function.n_params)
    return wave_function


def determinants(system, orbitals, down=None):
    """Both spins share their orbitals if no others are given."""
    return Slater(system, orbitals, orbitals if down is None else down)


def expansion(system, orbitals, up, down=None, weights=None):
    """Both spins choose from one set."""
    return SlaterExpansion(system, orbitals, None if down is None else orbitals, up, down, weights)


SQUARE = [(0, 0), (1, 0), (0, 1)]
SQUARES = [*SQUARE, (2, 0), (1, 1), (0, 2)]
CUBE = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
DOT, BOX = System(6, 2, 3), System(8, 3, 7, Cell.rectangular([4.0, 4.0, 4.0]))
ASPECT = [0.5, 2.0, 1.25]
MASSES = (1.0, 0.3, 1.0, 7.0)
LINE, PLANE, SPACE = System(4, 1), System(3, 2), System(4, 3)
#: Enough partners to fill vector registers and leave a remainder.
CROWD = System(11, 2)
#: Orbitals of each spin in sums of determinants: some occur twice, and some with another partner.
CHOICES = [[0, 1, 2], [0, 1, 3], [0, 1, 2], [5, 2, 0]], [[0, 1], [0, 1], [0, 3], [4, 1]]
COPIES = [[0, 1], [2, 3]]
WAVES = [[0, 1], [0, 2], [3, 5]], [[0], [0], [1]]
LEVELS = [[0, 1, 2], [0, 1, 3], [1, 2, 3]]
QUARTET, FEW = System(4, 2, 2), System(3, 3, 2, Cell.rectangular([4.0, 4.0, 4.0]))
#: Particles with spins, and such as repeat themselves.
SPIN_PLANE = System(5, 2, n_up=3)
SPIN_CUBE = System(5, 3, n_up=2, cell=Cell.rectangular((2.6, 2.6, 2.6)))
HEXAGON = System(3, 2, cell=Cell.of_volume(6.0, "hexagonal", 2))


def waves(cell, squares):
    """(shell, k) of one of k and -k with k^2 among the squares, in units of the shortest."""
    numbers = [np.array(n) for n in itertools.product(range(-2, 3), repeat=cell.n_dim) if n > (0,) * cell.n_dim]
    vectors = [n @ cell.reciprocal for n in numbers]
    shortest = min(k @ k for k in vectors)
    found = [round(float(k @ k / shortest), 6) for k in vectors]
    return [(squares.index(square), k.tolist()) for square, k in zip(found, vectors) if square in squares]


CUBE_WAVES, HEXAGON_WAVES = waves(SPIN_CUBE.cell, [1, 2, 3]), waves(HEXAGON.cell, [1, 3])

CASES = [
    Case("gaussian", lambda: Gaussian(SPACE, 0.37), naive.gaussian()),
    Case("gaussian_1d", lambda: Gaussian(LINE, 0.37), naive.gaussian()),
    Case("gaussian_aspect", lambda: Gaussian(SPACE, 0.37, ASPECT), naive.gaussian(ASPECT)),
    Case("gaussian_per_axis", lambda: Gaussian(SPACE, 0.37, ASPECT, per_axis=True), naive.gaussian()),
    Case(
        "gaussian_masses",
        lambda: Gaussian(System(4, 3, masses=MASSES), 0.37, ASPECT),
        naive.gaussian(ASPECT, MASSES),
        symmetric=False,
    ),
    Case(
        "gaussian_masses_per_axis",
        lambda: Gaussian(System(4, 3, masses=MASSES), 0.37, ASPECT, per_axis=True),
        naive.gaussian(None, MASSES),
        symmetric=False,
    ),
    Case("gaussian_mass", lambda: Gaussian(System(4, 3, masses=0.3), 0.37), naive.gaussian(None, [0.3] * 4)),
    Case("pade_mass", lambda: Pade(System(3, 2, masses=0.3), 0.8, strength=1.5), naive.pade(0.45)),
    Case("pade_1d", lambda: Pade(LINE, 0.8, cusp=0.5), naive.pade(0.5)),
    Case("pade_2d", lambda: Pade(PLANE, 0.8, strength=1.5), naive.pade(1.5)),
    Case("pade_3d", lambda: Pade(SPACE, 0.8), naive.pade(0.5)),
    Case("pade_crowd", lambda: Pade(CROWD, 0.3), naive.pade(1), n_points=8),
    Case("hard_core", lambda: HardCore(SPACE, 0.25), naive.hard_core(0.25), core=0.25),
    Case("hard_core_crowd", lambda: HardCore(CROWD, 0.0043), naive.hard_core(0.0043), core=0.0043, n_points=8),
    Case("power_law", lambda: PowerLaw(LINE, 1.7), naive.power_law()),
    Case("gaussian_pair", lambda: GaussianPair(SPACE, 0.06), naive.gaussian_pair()),
    Case("gaussian_pair_crowd", lambda: GaussianPair(CROWD, 0.06), naive.gaussian_pair(), n_points=8),
    Case("rbm", lambda: RBM(PLANE, 3, spread=0.5), naive.rbm(3, sigma=1), symmetric=False),
    Case("rbm_root", lambda: RBM(PLANE, 2, "sqrt(F)", 0.8, spread=0.5), naive.rbm(2, 0.5, 0.8), symmetric=False),
    Case("rbm_width", lambda: RBM(PLANE, 2, "F", 0.8, True, spread=0.5), naive.rbm(2), symmetric=False),
    Case(
        "rbm_root_width",
        lambda: RBM(PLANE, 9, "sqrt(F)", 1.3, True, spread=0.3),
        naive.rbm(9, 0.5),
        symmetric=False,
        n_points=20,
    ),
    Case(
        "gaussian_pade",
        lambda: Product(Gaussian(PLANE, 0.37), Pade(PLANE, 0.8)),
        naive.product((naive.gaussian(), 1), (naive.pade(1), 1)),
    ),
    Case(
        "gaussian_hard_core",
        lambda: Product(Gaussian(SPACE, 0.37, ASPECT), HardCore(SPACE, 0.25)),
        naive.product((naive.gaussian(ASPECT), 1), (naive.hard_core(0.25), 0)),
        core=0.25,
    ),
    Case(
        "rbm_gaussian_pade",
        lambda: Product(RBM(PLANE, 3, spread=0.5), Gaussian(PLANE, 0.1, per_axis=True), Pade(PLANE, 0.8)),
        naive.product((naive.rbm(3, sigma=1), 6 + 3 + 18), (naive.gaussian(), 2), (naive.pade(1), 1)),
        symmetric=False,
    ),
    *(
        Case(
            f"feed_forward_{activation}",
            lambda activation=activation: FeedForward(PLANE, (5, 4), activation, output_scale=1.0, seed=2),
            naive.feed_forward((5, 4), activation),
            symmetric=False,
            n_points=10,
            oscillates=activation == "sine",
        )
        for activation in ("tanh", "sigmoid", "softplus", "gelu", "sine")
    ),
    Case(
        "feed_forward_shallow",
        lambda: FeedForward(LINE, (9,), output_scale=1.0),
        naive.feed_forward((9,)),
        symmetric=False,
        n_points=10,
    ),
    *(
        Case(
            f"feed_forward_{'_'.join(options)}",
            lambda options=options: perturbed(FeedForward(PLANE, (5, 4, 4), output_scale=1.0, seed=2, **options)),
            naive.feed_forward((5, 4, 4), **options),
            symmetric=False,
            n_points=10,
        )
        for options in ({"layer_norm": True}, {"residual": True}, {"layer_norm": True, "residual": True})
    ),
    Case(
        "deep_sets",
        lambda: perturbed(DeepSets(SPACE, (5,), 3, (4, 3), output_scale=1.0)),
        naive.deep_sets((5,), 3, (4, 3)),
        n_points=10,
    ),
    Case(
        "deep_sets_layer_norm_residual",
        lambda: perturbed(DeepSets(PLANE, (4, 4), 5, (5, 5), "gelu", layer_norm=True, residual=True, output_scale=1.0)),
        naive.deep_sets((4, 4), 5, (5, 5), "gelu", layer_norm=True, residual=True),
        n_points=10,
    ),
    Case(
        "gaussian_feed_forward_pade",
        lambda: Product(Gaussian(PLANE, 0.37), FeedForward(PLANE, (4, 3, 6), output_scale=1.0), Pade(PLANE, 0.8)),
        naive.product((naive.gaussian(), 1), (naive.feed_forward((4, 3, 6)), 28 + 15 + 24 + 7), (naive.pade(1), 1)),
        symmetric=False,
        n_points=10,
    ),
    Case(
        "gaussian_deep_sets_gaussian_pair",
        lambda: Product(
            Gaussian(PLANE, 0.37), DeepSets(PLANE, (4,), 3, (3,), output_scale=1.0), GaussianPair(PLANE, 0.1)
        ),
        naive.product(
            (naive.gaussian(), 1), (naive.deep_sets((4,), 3, (3,)), 12 + 15 + 12 + 4), (naive.gaussian_pair(), 1)
        ),
        n_points=10,
    ),
    Case(
        "slater_oscillator",
        lambda: determinants(DOT, Oscillator(2, 3, 1.3, learn_omega=True)),
        naive.slater(3, naive.oscillator(SQUARE), naive.oscillator(SQUARE)),
        fermionic=True,
        n_points=10,
    ),
    Case(
        "slater_line",
        lambda: Slater(System(4, 1, 4), Oscillator(1, 4, 0.7)),
        naive.slater(4, naive.oscillator([(0,), (1,), (2,), (3,)], 0.7)),
        fermionic=True,
        n_points=10,
    ),
    Case(
        "slater_combination",
        lambda: determinants(DOT, Combination(Oscillator(2, 6, 0.9, learn_omega=True), 3, noise=0.2)),
        naive.slater(
            3,
            naive.combined(naive.oscillator(SQUARES), 3),
            naive.combined(naive.oscillator(SQUARES), 3),
        ),
        fermionic=True,
        n_points=10,
    ),
    Case(
        "slater_plane_waves",
        lambda: determinants(BOX, PlaneWaves(BOX.cell, 7), PlaneWaves(BOX.cell, 1)),
        naive.slater(7, naive.plane_waves(4, CUBE), naive.plane_waves(4, [])),
        fermionic=True,
        n_points=5,
    ),
    Case(
        "expansion_occupations",
        lambda: expansion(SPIN_PLANE, Oscillator(2, 6, 0.9, learn_omega=True), *CHOICES, [1.0, -0.6, 0.4, 0.3]),
        naive.slater_sum(3, naive.oscillator(SQUARES), CHOICES[0], naive.oscillator(SQUARES), CHOICES[1]),
        fermionic=True,
        n_points=4,
    ),
    Case(
        "expansion_mixed",
        lambda: expansion(
            QUARTET, Combination(Oscillator(2, 3, 0.9, learn_omega=True), 2, 0.3, copies=2), COPIES, COPIES, [1.0, 0.7]
        ),
        naive.slater_sum(
            2, naive.combined(naive.oscillator(SQUARE), 4), COPIES, naive.combined(naive.oscillator(SQUARE), 4), COPIES
        ),
        fermionic=True,
        n_points=5,
    ),
    Case(
        "expansion_line",
        lambda: expansion(System(3, 1, 3), Oscillator(1, 4, 0.7), LEVELS, weights=[0.5, -1.0, 0.2]),
        naive.slater_sum(3, naive.oscillator([(0,), (1,), (2,), (3,)], 0.7), LEVELS),
        fermionic=True,
        n_points=10,
    ),
    Case(
        "expansion_plane_waves",
        lambda: expansion(FEW, PlaneWaves(FEW.cell, 7), *WAVES, [1.0, 0.5, -0.8]),
        naive.slater_sum(2, naive.plane_waves(4, CUBE[::-1]), WAVES[0], naive.plane_waves(4, CUBE[::-1]), WAVES[1]),
        fermionic=True,
        n_points=5,
    ),
    Case(
        "pade_spins",
        lambda: perturbed(Pade(SPIN_PLANE, 0.8)),
        naive.spin_pairs(
            lambda theta, r: r / 3 / (1 + theta[0] * r), lambda theta, r: r / (1 + theta[1] * r), SPIN_PLANE.n_up
        ),
    ),
    Case(
        "pade_series_spins",
        lambda: perturbed(PadeSeries(SPIN_PLANE, 5, 0.6)),
        naive.spin_pairs(naive.pade_series(1.0 / 3.0, 5, 0), naive.pade_series(1.0, 5, 1), SPIN_PLANE.n_up),
        n_points=20,
    ),
    Case(
        "pair_polynomial_trap",
        lambda: perturbed(PairPolynomial(PLANE, 4, 2.5)),
        naive.pairs(naive.pair_polynomial(1.0, 2.5, 4)),
    ),
    Case(
        "pair_polynomial_cube",
        lambda: perturbed(PairPolynomial(SPIN_CUBE, 5)),
        naive.spin_pairs(
            naive.pair_polynomial(0.25, 1.3, 5), naive.pair_polynomial(0.5, 1.3, 5, 5), SPIN_CUBE.n_up, SPIN_CUBE.cell
        ),
        n_points=10,
        oscillates=True,
    ),
    Case(
        "pair_polynomial_hexagon",
        lambda: perturbed(PairPolynomial(HEXAGON, 3, 1.25)),
        naive.spin_pairs(naive.pair_polynomial(1.0, 1.25, 3), None, HEXAGON.n_particles, HEXAGON.cell),
        n_points=10,
        oscillates=True,
    ),
    Case(
        "plane_wave_pairs_cube",
        lambda: perturbed(PlaneWavePairs(SPIN_CUBE, 3)),
        naive.plane_wave_pairs(CUBE_WAVES, SPIN_CUBE.n_up),
        n_points=4,
        oscillates=True,
    ),
    Case(
        "plane_wave_pairs_hexagon",
        lambda: perturbed(PlaneWavePairs(HEXAGON, 2)),
        naive.plane_wave_pairs(HEXAGON_WAVES),
        n_points=10,
        oscillates=True,
    ),
    Case("radial_series", lambda: perturbed(RadialSeries(SPACE, 4, 1.5)), naive.radial_series(1.5), n_points=20),
    Case("custom", lambda: custom(PLANE), naive.quartic, accuracy=1e-6),
    Case(
        "gaussian_custom",
        lambda: Product(Gaussian(PLANE, 0.37), custom(PLANE)),
        naive.product((naive.gaussian(), 1), (naive.quartic, 2)),
        accuracy=1e-6,
    ),
]


def configurations(case, wave_function, n, seed=7):
    """Random configurations (n, N d) where psi is not zero and no pair close."""
    return apart(wave_function.system, n, closest=case.core + 0.03, seed=seed)


def tile_of(X):
    """The same configurations as kernels want them, one per column."""
    return np.ascontiguousarray(X.T)


def log_psi_of(wave_function, X):
    """log|psi| from the kernel alone."""
    k, p = wave_function.kernels, wave_function.arguments()
    log, sign = np.zeros(len(X)), np.ones(len(X))
    k["log_psi"](p, tile_of(X), log, sign, k["workspace"](p, *X.shape))
    return log


def kinetic_of(wave_function, X):
    """What the local energy takes for the kinetic energy: the wave function's own kernel where it has one."""
    system = wave_function.system
    free = Hamiltonian(system, [one_body_term("nothing", nothing, (), system.n_dim)])
    return local_energies(wave_function, free, X)[:, 0]


def nothing(c, r):
    """No potential."""
    return 0.0


def ratio_of(wave_function, X, i, Y, ws):
    log_ratio = np.zeros(len(X))
    wave_function.kernels["ratio"](wave_function.arguments(), tile_of(X), i, tile_of(Y), log_ratio, ws)
    return log_ratio


def fresh_state(wave_function, X):
    """A workspace with the one-particle state of X."""
    k, p = wave_function.kernels, wave_function.arguments()
    ws = k["workspace"](p, *X.shape)
    k["refresh"](p, tile_of(X), ws)
    return ws


def moved(X, i, Y):
    """X with particle i at Y."""
    Z = X.copy()
    Z[:, i * Y.shape[1] : (i + 1) * Y.shape[1]] = Y
    return Z


def assert_close(actual, expected, relative):
    """Relative to each number, or to the typical size of all where a number happens to be small."""
    expected = np.array(expected, dtype=float)
    typical = np.median(np.abs(expected)) if expected.size else 0.0
    np.testing.assert_allclose(actual, expected, rtol=relative, atol=relative * typical)
