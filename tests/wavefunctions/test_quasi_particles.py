"""The contract of quasi-particles, held to every implementation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hamiltonians.cell import Cell
from hamiltonians.system import System
from tests.contracts.case import for_each
from wavefunctions.backflow.base import QuasiParticles, start_jacobian
from wavefunctions.backflow.pair import PairBackflow
from wavefunctions.backflow.plane_waves import PlaneWaveBackflow
from wavefunctions.backflow.summed import SummedBackflow
from wavefunctions.message_passing import MessagePassing

STEP = 5e-4


@dataclass(frozen=True)
class Case:
    """Quasi-particles with parameters away from zero."""

    name: str
    build: Callable[[], QuasiParticles]
    #: Whether every place is like every other.
    uniform: bool = True
    #: Of the differences; networks with layer norm are steep.
    step: float = STEP
    #: Whether its kernels take long to compile, and it adds little to the others.
    slow: bool = False


def perturbed(quasi):
    quasi.theta += np.random.default_rng(5).normal(0.0, 0.1, quasi.theta.size)
    return quasi


def network(system, **settings):
    """With as many units in a layer as give whole and broken groups of weights."""
    return MessagePassing(system, 6, (5, 5), displacement_scale=0.3, output_scale=1.0, seed=2, **settings)


def in_blocks(system, block, iterations, **settings):
    """A network of several iterations that takes derivatives by so many particles together."""
    quasi = network(system, iterations=iterations, **settings)
    quasi.block = block
    return quasi


def pairs_and_waves(system):
    return SummedBackflow(PairBackflow(system, 3), PlaneWaveBackflow(system, 2))


def network_and_pairs(system, cutoff=None):
    """A network that also makes factors of orbitals, and pairs that do not."""
    return SummedBackflow(network(system, n_factors=3), perturbed(PairBackflow(system, 3, cutoff)))


def waves_and_networks(system):
    """Plane waves and a network without factors of orbitals, and one of two iterations with."""
    plain = SummedBackflow(perturbed(PlaneWaveBackflow(system, 2)), network(system))
    return SummedBackflow(plain, network(system, n_factors=2, iterations=2))


BOX = Cell.rectangular([3.0, 2.5, 4.0])
CASES = [
    Case("pair_open", lambda: perturbed(PairBackflow(System(5, 3, 3), 4, 3.0))),
    Case("pair_polarised", lambda: perturbed(PairBackflow(System(3, 2, 3), 3, 2.5)), slow=True),
    Case("pair_bosons", lambda: perturbed(PairBackflow(System(4, 1), 5, 2.0))),
    Case("pair_box", lambda: perturbed(PairBackflow(System(5, 3, 2, BOX), 5))),
    Case("pair_fcc", lambda: perturbed(PairBackflow(System(4, 3, 2, Cell.of_volume(20.0, "fcc")), 4)), slow=True),
    Case("waves_fcc", lambda: perturbed(PlaneWaveBackflow(System(5, 3, 3, Cell.of_volume(20.0, "fcc")), 3)), slow=True),
    Case(
        "waves_polarised",
        lambda: perturbed(PlaneWaveBackflow(System(3, 2, 3, Cell.of_volume(9.0, "hexagonal", 2)))),
        slow=True,
    ),
    Case("pairs_and_waves", lambda: perturbed(pairs_and_waves(System(4, 3, 2, BOX))), slow=True),
    Case("network_fcc", lambda: network(System(4, 3, 2, Cell.of_volume(20.0, "fcc"))), slow=True),
    Case(
        "network_hexagonal",
        lambda: network(System(4, 2, 2, Cell.of_volume(9.0, "hexagonal", 2)), kink=False),
        slow=True,
    ),
    Case("network_open", lambda: network(System(3, 2, 2)), uniform=False, slow=True),
    Case("network_factors", lambda: network(System(4, 3, 2, Cell.of_volume(20.0, "fcc")), n_factors=2)),
    Case("factors_and_pairs", lambda: network_and_pairs(System(3, 3, 2, BOX)), slow=True),
    Case("factors_and_pairs_open", lambda: network_and_pairs(System(3, 2, 2), 3.0), uniform=False, slow=True),
    Case("waves_and_factors", lambda: waves_and_networks(System(3, 3, 2, BOX)), slow=True),
    Case("network_twice_factors", lambda: in_blocks(System(3, 3, 2, BOX), 2, 2, n_factors=1), slow=True),
    Case("network_twice", lambda: in_blocks(System(4, 3, 2, Cell.of_volume(20.0, "fcc")), 4, 2), slow=True),
    Case("network_thrice", lambda: in_blocks(System(4, 3, 2, Cell.of_volume(20.0, "fcc")), 3, 3), slow=True),
    Case("network_twice_open", lambda: in_blocks(System(3, 2, 2), 2, 2), uniform=False, slow=True),
    Case(
        "pair_hexagonal",
        lambda: perturbed(PairBackflow(System(4, 2, 2, Cell.of_volume(9.0, "hexagonal", 2)), 4)),
        slow=True,
    ),
]
#: Normalisation is steep where units hardly differ: half the step, a sixteenth of the difference (1.1e-5, 7e-7, ...).
NORMED = Case(
    "network_normed",
    lambda: network(System(3, 3, 2, Cell.of_volume(9.0, "fcc")), layer_norm=True, residual=True),
    step=1.2e-4,
    slow=True,
)
TWICE_NORMED = Case(
    "network_twice_normed",
    lambda: network(System(3, 3, 2, Cell.of_volume(200.0, "fcc")), iterations=2, layer_norm=True, residual=True),
    step=3e-4,
    slow=True,
)
cases = for_each([*CASES, NORMED, TWICE_NORMED])


@dataclass
class Values:
    Q: np.ndarray
    J: np.ndarray
    laplacian: np.ndarray
    S: np.ndarray
    grad_S: np.ndarray
    laplacian_S: np.ndarray
    pulled: np.ndarray


def widened(quasi, X):
    """Configurations X (n, N d) with zeros for factors of orbitals behind the coordinates, (n, N w)."""
    system = quasi.system
    Q = np.zeros((len(X), system.n_particles, quasi.width))
    Q[:, :, : system.n_dim] = X.reshape(len(X), system.n_particles, system.n_dim)
    return Q.reshape(len(X), -1)


def coordinates(quasi, X):
    """Q (n, N w) and S (n,) at configurations X (n, N d)."""
    p, tile = quasi.arguments(), np.ascontiguousarray(X.T)
    Q, S = widened(quasi, X).T.copy(), np.zeros(len(X))
    quasi.kernels["coordinates"](p, tile, Q, S, quasi.kernels["workspace"](p, len(X), X.shape[1]))
    return Q.T.copy(), S


def everything(quasi, X, F):
    p, tile = quasi.arguments(), np.ascontiguousarray(X.T)
    n, count = tile.shape
    Q, G = widened(quasi, X).T.copy(), np.zeros((n, count))
    J, LQ = np.zeros((len(Q), n, count)), np.zeros(Q.shape)
    start_jacobian(quasi.system.n_dim, J)
    L, O = np.zeros(count), np.zeros((quasi.theta.size + 1, count))
    ws = quasi.kernels["workspace"](p, count, n)
    quasi.kernels["derivatives"](p, tile, Q, J, LQ, G, L, ws)
    quasi.kernels["pull_back"](p, tile, np.ascontiguousarray(F.T), O, 1, ws)
    assert (O[0] == 0.0).all()
    _, S = coordinates(quasi, X)
    return Values(Q.T, np.moveaxis(J, 2, 0), LQ.T, S, G.T, L, O[1:].T)


def points(quasi, n=6):
    system = quasi.system
    rng = np.random.default_rng(3)
    if system.cell is None:
        return rng.normal(0.0, 0.8, (n, system.n_coordinates))
    fractions = rng.uniform(size=(n, system.n_particles, system.n_dim))
    return (fractions @ system.cell.lattice).reshape(n, -1)


def differences(function, x, length=STEP):
    """First and second derivatives of function(x) (values,) along each coordinate, fourth order."""
    first, second = [], []
    for k in range(x.size):
        step = np.zeros(x.size)
        step[k] = length
        far, near, here = (
            [function(x + s * step) for s in (-2, 2)],
            [function(x + s * step) for s in (-1, 1)],
            function(x),
        )
        first.append((8 * (near[1] - near[0]) - (far[1] - far[0])) / (12 * length))
        second.append((16 * (near[0] + near[1]) - (far[0] + far[1]) - 30 * here) / (12 * length**2))
    return np.array(first).T, np.array(second).T


@cases
def test_derivatives_by_coordinates(case):
    quasi = case.build()
    X = points(quasi)
    found = everything(quasi, X, np.zeros((len(X), quasi.system.n_particles * quasi.width)))
    for b, x in enumerate(X):
        J, second = differences(lambda y: coordinates(quasi, y[None])[0][0], x, case.step)
        np.testing.assert_allclose(found.J[b], J, atol=1e-8, rtol=1e-8)
        np.testing.assert_allclose(found.laplacian[b], second.sum(axis=1), atol=2e-6, rtol=1e-6)
        grad_S, second_S = differences(lambda y: coordinates(quasi, y[None])[1], x, case.step)
        np.testing.assert_allclose(found.grad_S[b], grad_S[0], atol=1e-8, rtol=1e-8)
        np.testing.assert_allclose(found.laplacian_S[b], second_S[0].sum(), atol=2e-6, rtol=1e-6)
    np.testing.assert_allclose(found.Q, coordinates(quasi, X)[0], rtol=1e-13)
    assert np.abs(found.J - widened(quasi, np.eye(X.shape[1])).T).max() > 0.01
    # factors of orbitals depend on the particles, too
    factors = found.J.reshape(len(X), -1, quasi.width, X.shape[1])[:, :, quasi.system.n_dim :]
    assert quasi.n_factors == 0 or np.abs(factors).max() > 1e-3


@cases
def test_pull_back_to_parameters(case):
    quasi = case.build()
    X = points(quasi)
    F = np.random.default_rng(4).normal(size=(len(X), quasi.system.n_particles * quasi.width))
    found = everything(quasi, X, F)

    def pulled():
        Q, S = coordinates(quasi, X)
        return (F * Q).sum(axis=1) + S

    def at(k, step):
        centre = quasi.theta[k]
        quasi.theta[k] = centre + step
        value = pulled()
        quasi.theta[k] = centre
        return value

    for k in range(quasi.theta.size):
        h = case.step
        slope = (8 * (at(k, h) - at(k, -h)) - (at(k, 2 * h) - at(k, -2 * h))) / (12 * h)
        np.testing.assert_allclose(found.pulled[:, k], slope, atol=1e-9, rtol=1e-8)


@cases
def test_particles_of_equal_spin_are_exchanged_with_their_quasi_particles(case):
    quasi = case.build()
    d, n_up = quasi.system.n_dim, quasi.system.n_up
    X = points(quasi)
    last = quasi.system.n_particles if n_up is None else max(n_up, 2)
    order = np.arange(quasi.system.n_particles)
    order[[0, last - 1]] = order[[last - 1, 0]]
    swapped = X.reshape(len(X), -1, d)[:, order].reshape(X.shape)
    Q, S = coordinates(quasi, X)
    Q_swapped, S_swapped = coordinates(quasi, swapped)
    expected = Q.reshape(len(X), -1, quasi.width)[:, order].reshape(Q.shape)
    np.testing.assert_allclose(Q_swapped, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(S_swapped, S, rtol=1e-12, atol=1e-12)


@for_each(case for case in CASES if case.uniform)
def test_displacements_do_not_depend_on_the_origin_or_the_cell(case):
    quasi = case.build()
    system = quasi.system
    X = points(quasi)
    shift = np.tile(np.random.default_rng(6).normal(size=system.n_dim), system.n_particles)
    Q, S = coordinates(quasi, X)
    moved, S_moved = coordinates(quasi, X + shift)
    np.testing.assert_allclose(moved - widened(quasi, shift[None]), Q, atol=1e-12)
    np.testing.assert_allclose(S_moved, S, atol=1e-12)
    if system.cell is not None:
        jumps = np.random.default_rng(7).integers(-2, 3, (len(X), system.n_particles, system.n_dim))
        far = (jumps @ system.cell.lattice).reshape(X.shape)
        moved, S_moved = coordinates(quasi, X + far)
        np.testing.assert_allclose(moved - widened(quasi, far), Q, atol=1e-12)
        np.testing.assert_allclose(S_moved, S, atol=1e-12)
