"""Wave functions of particles with spin, in traps and in cells."""

import itertools

import numpy as np

from hamiltonians.cell import Cell
from hamiltonians.system import System
from tests.contracts.case import Case, perturbed
from tests.naive import log_psi as naive
from wavefunctions.jastrow import Pade, PadeSeries, PairPolynomial, PlaneWavePairs
from wavefunctions.orbitals import Combination, Oscillator, PlaneWaves
from wavefunctions.slater import Slater, SlaterExpansion


def determinants(system, orbitals, down=None):
    """Both spins share their orbitals if no others are given."""
    return Slater(system, orbitals, orbitals if down is None else down)


def expansion(system, orbitals, up, down=None, weights=None, sums=None):
    """Both spins choose from one set."""
    return SlaterExpansion(system, orbitals, None if down is None else orbitals, up, down, weights, sums)


SQUARE = [(0, 0), (1, 0), (0, 1)]
SQUARES = [*SQUARE, (2, 0), (1, 1), (0, 2)]
CUBE = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
DOT, BOX = System(6, 2, 3), System(8, 3, 7, Cell.rectangular([4.0, 4.0, 4.0]))
#: Orbitals of each spin in sums of determinants: some occur twice, and some with another partner.
CHOICES = [[0, 1, 2], [0, 1, 3], [0, 1, 2], [5, 2, 0]], [[0, 1], [0, 1], [0, 3], [4, 1]]
COPIES = [[0, 1], [2, 3]]
SUMS = [[1.0, 0.0, 0.5, 0.0], [0.0, 0.7, 0.3, -1.2]]
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

SPIN_CASES = [
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
        slow=True,
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
        slow=True,
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
        slow=True,
    ),
    Case(
        "expansion_sums",
        lambda: expansion(SPIN_PLANE, Oscillator(2, 6, 0.9, learn_omega=True), *CHOICES, [1.0, -0.6], SUMS),
        naive.slater_sum(3, naive.oscillator(SQUARES), CHOICES[0], naive.oscillator(SQUARES), CHOICES[1], SUMS),
        fermionic=True,
        n_points=4,
        slow=True,
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
        slow=True,
    ),
    Case(
        "expansion_line",
        lambda: expansion(System(3, 1, 3), Oscillator(1, 4, 0.7), LEVELS, weights=[0.5, -1.0, 0.2]),
        naive.slater_sum(3, naive.oscillator([(0,), (1,), (2,), (3,)], 0.7), LEVELS),
        fermionic=True,
        n_points=10,
        slow=True,
    ),
    Case(
        "expansion_plane_waves",
        lambda: expansion(FEW, PlaneWaves(FEW.cell, 7), *WAVES, [1.0, 0.5, -0.8]),
        naive.slater_sum(2, naive.plane_waves(4, CUBE[::-1]), WAVES[0], naive.plane_waves(4, CUBE[::-1]), WAVES[1]),
        fermionic=True,
        n_points=5,
        slow=True,
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
        lambda: perturbed(PairPolynomial(System(3, 2), 4, 2.5)),
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
        slow=True,
    ),
    Case(
        "plane_wave_pairs_cube",
        lambda: perturbed(PlaneWavePairs(SPIN_CUBE, 3)),
        naive.plane_wave_pairs(CUBE_WAVES, SPIN_CUBE.n_up),
        n_points=4,
        oscillates=True,
        slow=True,
    ),
    Case(
        "plane_wave_pairs_hexagon",
        lambda: perturbed(PlaneWavePairs(HEXAGON, 2)),
        naive.plane_wave_pairs(HEXAGON_WAVES),
        n_points=10,
        oscillates=True,
        slow=True,
    ),
]
