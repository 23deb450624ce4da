"""Two particles meet: what psi and the potential do there decides whether local energies average to the energy.

With psi ~ r^p and V ~ r^-s at the distance r of a pair in d dimensions, <V> is finite for s < 2 p + d, and <T> for
2 p + d > 2 where p is not zero.  In one dimension a psi that does not vanish must have no kink, docs/theory.md
section 3.  Configurations themselves hardly tell: walkers seldom come that near.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from hamiltonians.base import Hamiltonian
from hamiltonians.electron_gas import ElectronGas
from vmc.errors import UserError
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_psi

#: Configurations that are looked at.
_N_LOOKS = 8
#: The shortest distance, in units of the spread of the walkers; further ones are two, four and eight times as long.
_NEAR = 1e-4
#: By how much a power may change from one distance to the next, and how near to a limit it counts as the limit.
_TOLERANCE, _AT_LIMIT = 0.02, 2e-3


def refuse_infinite_contact(wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray) -> None:
    """Bring two particles together in a few of the configurations X (n, N d), of opposite spins where there are some.

    Not electrons of a gas: what repels there goes as 1 / r, in two dimensions or three.

    Raises
    ------
    UserError
        where psi has a kink or too weak a zero, or the potential a pole that psi does not make up for.
    """
    system = wave_function.system
    if isinstance(hamiltonian, ElectronGas) or system.n_particles < 2:
        return
    X = X[:_N_LOOKS]
    X = X[np.isfinite(hamiltonian.potential_energy(X).sum(axis=1))]  # one particle alone may stand where it is infinite
    if not len(X):
        return
    for pair in dict.fromkeys([(0, 1), (0, system.n_particles - 1)]):
        looks = _Looks(wave_function, hamiltonian, X, pair)
        where = f"where particles {pair[0]} and {pair[1]} meet"
        if system.n_dim == 1:
            _refuse_kink(looks, where)
        _refuse_powers(looks, where, system.n_dim)


class _Looks:
    """log|psi| and V at distances r, 2 r, 4 r and 8 r of a pair.

    Attributes
    ----------
    r : the shortest distance.
    log, potential : (4, n) each.
    other_side : log|psi| with the pair on the other side of each other, (4, n), in one dimension.
    """

    def __init__(
        self, wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray, pair: tuple[int, int]
    ) -> None:
        n, d = len(X), wave_function.system.n_dim
        spread = float(np.sqrt(np.mean((X - X.mean()) ** 2)))
        self.r = _NEAR * spread if spread > 0.0 else _NEAR
        direction = np.full(d, 1.0 / math.sqrt(d))
        log_psi = link_log_psi(wave_function.kernels)

        def at(distance: float) -> np.ndarray:
            moved = X.reshape(n, -1, d).copy()
            moved[:, pair[1]] = moved[:, pair[0]] + distance * direction
            return moved.reshape(n, -1)

        def log_at(distance: float) -> np.ndarray:
            return log_psi(wave_function.arguments(), np.ascontiguousarray(at(distance).T))[0]

        distances = [self.r * 2.0**k for k in range(4)]
        self.log = np.array([log_at(r) for r in distances])
        self.other_side = np.array([log_at(-r) for r in distances] if d == 1 else [])
        self.potential = np.array([hamiltonian.potential_energy(at(r)).sum(axis=1) for r in distances])


def _refuse_kink(looks: _Looks, where: str) -> None:
    """A jump of the slope from one side to the other is the same at half the distance; of a smooth psi it is half."""

    def jump(k: int) -> np.ndarray:
        step = looks.r * 2.0**k
        return (looks.log[k + 1] - looks.log[k] + looks.other_side[k + 1] - looks.other_side[k]) / step

    with np.errstate(invalid="ignore", divide="ignore"):
        near, far = jump(0), jump(1)
        is_kink = (np.abs(far - near) < 0.2 * np.abs(near)) & (np.abs(near) * looks.r > 1e-2 * _NEAR)
    if np.mean(is_kink) > 0.5:
        raise UserError(
            f"log|psi| has a kink {where}, of slope {0.5 * float(np.median(near[is_kink])):.3g}: in one dimension its "
            "kinetic energy is concentrated in one point, which no walker ever meets, and averages are no energies: "
            "expected a psi that is smooth there (cusp = 0), or vanishes"
        )


def _refuse_powers(looks: _Looks, where: str, n_dim: int) -> None:
    p = _typical(looks.log, lambda near, far: (far - near) / math.log(2.0))
    if not math.isfinite(p):  # psi is zero as far as can be seen
        return
    if abs(p) > _TOLERANCE and p <= 1.0 - 0.5 * n_dim + _AT_LIMIT:
        raise UserError(
            f"psi goes as r^{p:.2g} {where}: in {n_dim} dimension{'s' if n_dim > 1 else ''} its kinetic energy is "
            f"infinite there, which no walker ever meets; expected a power above {1.0 - 0.5 * n_dim:.2g}, or zero"
        )
    if np.mean(np.isfinite(looks.potential)) < 0.5:
        raise UserError(f"psi does not vanish {where}, where the potential is not finite: expected one that does")
    with np.errstate(invalid="ignore"):
        differences = looks.potential[:-1] - looks.potential[1:]
        if not np.median(np.abs(differences[0])) > 1e-6 * (1.0 + np.median(np.abs(looks.potential))):
            return
    s = _typical(differences, lambda near, far: np.log2(near / far))
    if s >= 2.0 * p + n_dim - _AT_LIMIT:
        needed = 0.5 * (s - n_dim)
        faster = f" faster than r^{needed:.2g}" if needed > _TOLERANCE else ""
        raise UserError(
            f"the potential goes as r^-{s:.2g} {where}, and psi as r^{max(p, 0.0):.2g}: in {n_dim} "
            f"dimension{'s' if n_dim > 1 else ''} its energy is infinite, expected a psi that vanishes there{faster}"
        )


def _typical(rows: np.ndarray, compare: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> float:
    """The median over configurations of what neighbouring rows say of a power; nan where the nearest two disagree."""
    with np.errstate(invalid="ignore", divide="ignore"):
        near, far = (float(np.median(compare(rows[k], rows[k + 1]))) for k in (0, 1))
    return near if abs(near - far) < _TOLERANCE else math.nan
