"""Sums of double excitations: those of plane waves themselves, symmetric under all that keeps the lattice."""

import itertools

import numpy as np
import pytest

from hamiltonians.electron_gas import gas_cell
from hamiltonians.shells import shell_vectors
from hamiltonians.system import System
from wavefunctions.orbitals import PlaneWaves
from wavefunctions.slater import SlaterExpansion
from wavefunctions.slater.double_excitations import double_excitations

CUBE = gas_cell(14, 1.0)


@pytest.mark.parametrize(
    ("n_up", "n_down", "n_shells", "n_sums"), [(7, 7, 1, 7), (7, 7, 2, 13), (7, 7, 3, 19), (7, 1, 1, 1), (1, 7, 1, 1)]
)
def test_how_many(n_up, n_down, n_shells, n_sums):
    """As many as Burnside counts: fixed excitations, averaged over all symmetries."""
    found = double_excitations(CUBE, n_up, n_down, n_shells)
    assert found.sums.shape == (1 + n_sums, 1 + len(found.products))
    assert len(found.products) == len({tuple(product) for product in found.products.tolist()})
    np.testing.assert_allclose(np.linalg.norm(found.sums, axis=1), 1.0, rtol=1e-12)
    above, end = max(n_up, n_down), {1: 19, 2: 27, 3: 33}[n_shells]
    k = np.rint(shell_vectors(CUBE, end) * CUBE.lattice[0, 0] / (2.0 * np.pi)).astype(int)
    waves = [
        (a, b, c, tuple(d))
        for a, b, c in itertools.product(map(tuple, k[:n_up]), map(tuple, k[:n_down]), map(tuple, k[above:]))
        if tuple(d := np.add(a, b) - c) in {tuple(n) for n in k[above:]}
    ]
    fixed = 0
    for order, signs in itertools.product(itertools.permutations(range(3)), itertools.product((1, -1), repeat=3)):
        for wave in waves:
            image = tuple(tuple(s * n[o] for o, s in zip(order, signs)) for n in wave)
            fixed += image == wave
            if n_up == n_down:
                fixed += (image[1], image[0], image[3], image[2]) == wave
    assert fixed / (96 if n_up == n_down else 48) == n_sums


def sum_of(n_up, n_down, weights=None, sums=None):
    found = double_excitations(CUBE, n_up, n_down, 1)
    orbitals = PlaneWaves(CUBE, 19)
    system = System(n_up + n_down, 3, n_up, CUBE)
    occupied = found.occupied(n_up, n_down)
    return SlaterExpansion(system, orbitals, orbitals, *occupied, weights, found.sums if sums is None else sums)


def plane_wave_determinants(x, k, occupied):
    """det exp(i k x) of the waves in chosen places, with all signs."""
    return np.linalg.det(np.exp(1j * x.reshape(len(x), -1, 3) @ k[occupied].T))


def test_they_are_those_of_plane_waves():
    """The sum over (-x, -y) to (-x - z, -y + z) and its images, written down with complex determinants."""
    k = shell_vectors(CUBE, 19)
    place = {tuple(n): m for m, n in enumerate(np.rint(k * CUBE.lattice[0, 0] / (2.0 * np.pi)).astype(int).tolist())}
    images = set()
    for order, signs in itertools.product(itertools.permutations(range(3)), itertools.product((1, -1), repeat=3)):
        one = [(-1, 0, 0), (-1, 0, -1), (0, -1, 0), (0, -1, 1)]
        a, b, c, d = (place[tuple(s * n[o] for o, s in zip(order, signs))] for n in one)
        images |= {(a, b, c, d), (c, d, a, b)}
    X = np.random.default_rng(3).uniform(0.0, CUBE.lattice[0, 0], (6, 42))
    lowest = list(range(7))
    ground = plane_wave_determinants(X[:, :21], k, lowest) * plane_wave_determinants(X[:, 21:], k, lowest)
    total = np.zeros(6, complex)
    for a, b, c, d in images:
        up, down = ([above if m == below else m for m in lowest] for below, above in ((a, b), (c, d)))
        total += plane_wave_determinants(X[:, :21], k, up) * plane_wave_determinants(X[:, 21:], k, down)
    expected = total / ground
    assert np.abs(expected.imag).max() < 1e-9 * np.abs(expected.real).max()
    rows = sum_of(7, 7).evaluate(X).log_derivatives
    matching = [s for s in range(1, rows.shape[1]) if np.ptp(rows[:, s] / expected.real) < 1e-9]
    assert len(matching) == 1


def mixture(n_up, n_down):
    psi = sum_of(n_up, n_down)
    psi.theta[1:] = np.random.default_rng(8).normal(0.0, 0.3, psi.theta.size - 1)
    return psi


@pytest.mark.parametrize(("n_up", "n_down"), [(7, 7), (7, 1)])
def test_symmetric_whatever_the_weights(n_up, n_down):
    """Under translations and the symmetries of the cube; a single product of the sums is not."""
    rng = np.random.default_rng(4)
    X = rng.uniform(0.0, CUBE.lattice[0, 0], (20, n_up + n_down, 3))
    shifted = X + rng.normal(size=(20, 1, 3))
    turned = X[:, :, [1, 2, 0]] * [1.0, -1.0, 1.0]

    def changes(psi):
        log = [psi.evaluate(x.reshape(20, -1)).log_psi for x in (X, shifted, turned)]
        return [np.abs(other - log[0]).max() for other in log[1:]]

    psi = mixture(n_up, n_down)
    assert max(changes(psi)) < 1e-9
    assert min(changes(single_product(n_up, n_down))) > 1e-6


def test_exchange_of_spins():
    """As many of both: psi(up, down) = psi(down, up); not so of a product by itself that excites them differently."""
    X = np.random.default_rng(4).uniform(0.0, CUBE.lattice[0, 0], (20, 42))
    exchanged = np.hstack([X[:, 21:], X[:, :21]])
    psi = mixture(7, 7)
    np.testing.assert_allclose(psi.evaluate(exchanged).log_psi, psi.evaluate(X).log_psi, atol=1e-9)
    broken = single_product(7, 7)
    assert np.abs(broken.evaluate(exchanged).log_psi - broken.evaluate(X).log_psi).min() > 1e-6


def single_product(n_up, n_down):
    """The lowest determinants, and one product of the sums that excites the spins differently."""
    every = sum_of(n_up, n_down)
    up, down = every.determinants.occupations.up, every.determinants.occupations.down
    terms = every.determinants.occupations.terms
    k = next(k for k in range(1, len(terms)) if up[terms[k, 0]].tolist() != down[terms[k, 1]].tolist())
    return sum_of(n_up, n_down, np.eye(1, len(terms))[0] + 0.3 * np.eye(1, len(terms), k)[0], np.eye(len(terms)))


def test_sums_must_fit():
    table = np.eye(613)[:3]
    assert sum_of(7, 7, None, table).n_params == 3
    with pytest.raises(ValueError, match=r"sums has the shape \(3, 612\): expected \(n_sums, 613\)"):
        sum_of(7, 7, None, table[:, 1:])
    table[1] = 0.0
    with pytest.raises(ValueError, match=r"sums\[1\] is all zero"):
        sum_of(7, 7, None, table)
    with pytest.raises(ValueError, match="weights has 2 numbers: expected 3, one for each determinant or sum"):
        sum_of(7, 7, [1.0, 2.0], np.eye(613)[:3])
