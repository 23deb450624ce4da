"""Ways for particles to go far out, from where walkers stand, and log|psi| on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hamiltonians.system import System
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_values

#: Configurations that are looked at.
_N_LOOKS = 8
#: Distances in units of the spread of the walkers, each twice the one before.
_DISTANCES = 8.0 * 2.0 ** np.arange(14)
#: Share by which the powers of two places may differ where psi is said to go as a power.
_TOLERANCE = 0.02


@dataclass(frozen=True)
class Way:
    """What moves, and how.

    Attributes
    ----------
    what : who goes where, in words.
    start, direction : (n, N d) each, or (N d,) the same for all; configurations at the distance r are
        start + r direction.
    n_out : coordinates that grow with r: the volume grows as r^(n_out - 1) dr about most ways beside this one too.
    """

    what: str
    start: np.ndarray
    direction: np.ndarray
    n_out: int


@dataclass(frozen=True)
class Outlook:
    """log|psi| on one way out.

    Attributes
    ----------
    way : the way.
    places : (n_distances, n, N d) configurations, each twice as far out as the one before.
    log : (n_distances, n) log|psi| at them.
    """

    way: Way
    places: np.ndarray
    log: np.ndarray


def outlooks(wave_function: WaveFunction, X: np.ndarray) -> Iterator[Outlook]:
    """Look out from a few of the configurations X (n, N d), as far as 2^16 times their spread; nowhere in a cell."""
    if wave_function.system.cell is not None:
        return
    X = X[:_N_LOOKS]
    distances = (spread(X) * _DISTANCES)[:, None, None]
    log_psi, p = link_log_values(wave_function.kernels), wave_function.arguments()
    for way in _ways(wave_function.system, X):
        places = way.start + distances * way.direction
        rows = np.ascontiguousarray(places.reshape(-1, X.shape[1]).T)
        yield Outlook(way, places, log_psi(p, rows).reshape(places.shape[:2]))


def spread(X: np.ndarray) -> float:
    """Standard deviation of the coordinates of the configurations X (n, N d) that are looked at; one if it is zero."""
    X = X[:_N_LOOKS]
    return float(np.sqrt(np.mean((X - X.mean()) ** 2))) or 1.0


def farthest(X: np.ndarray) -> float:
    """The largest distance that is looked at from configurations X (n, N d)."""
    return spread(X) * float(_DISTANCES[-1])


def power_of_fall(log: np.ndarray) -> float | None:
    """q of log|psi| = -q log r at the last of the distances, each twice the one before; None for no power.

    Parameters
    ----------
    log : (n_distances,) finite log|psi|.
    """
    powers = -np.diff(log[-3:]) / np.log(2.0)
    if len(powers) < 2 or not abs(powers[1] - powers[0]) < _TOLERANCE * powers[1]:
        return None
    return float(powers[1])


def _ways(system: System, X: np.ndarray) -> Iterator[Way]:
    """Along every axis: one particle, two that go apart, all together; then the same across them, and all that grows.

    A way along an axis is one coordinate, whatever psi does beside it; across all axes it is in the midst of d.
    """
    n, d = system.n_particles, system.n_dim
    across = [("", np.cos(0.4 + 0.5 * np.arange(d)), d)] if d > 1 else []
    for along, vector, n_out in [*((f" along axis {k + 1} of {d}", np.eye(d)[k], 1) for k in range(d)), *across]:
        for what, shares in _movers(system):
            yield Way(f"where {what}{along}", X, _unit(n, vector, shares), n_out)
    if n > 1:
        masses = system.coordinate_masses.reshape(n, d)
        relative = X.reshape(-1, n, d)
        centre = (masses * relative).sum(axis=1, keepdims=True) / masses.sum(axis=0)
        away = (relative - centre).reshape(len(X), -1)
        yield Way("where all go away from their centre of mass", X - away, _of_length(away), (n - 1) * d)
    if n * d > 1:
        yield Way("where all coordinates grow", np.zeros_like(X), _of_length(X), n * d)


def _movers(system: System) -> Iterator[tuple[str, dict[int, float]]]:
    """Who moves, and each particle's share of the displacement."""
    n = system.n_particles
    first_down = system.n_up if system.n_up is not None and system.n_up < n else 0
    for particle in dict.fromkeys([0, first_down, n - 1]):
        yield f"particle {particle} goes far out", {particle: 1.0}
    if n > 1:
        yield "the centre of mass goes far out", dict.fromkeys(range(n), 1.0)
    for other in dict.fromkeys([1, n - 1]) if n > 1 else ():
        yield f"particles 0 and {other} go far apart", {0: 1.0 / _mass(system, 0), other: -1.0 / _mass(system, other)}


def _mass(system: System, particle: int) -> float:
    return float(system.coordinate_masses[particle * system.n_dim])


def _unit(n: int, vector: np.ndarray, shares: dict[int, float]) -> np.ndarray:
    """Displacement (N d,) along a vector (d,), one for the coordinate that moves most."""
    direction = np.zeros((n, len(vector)))
    for particle, share in shares.items():
        direction[particle] = share * vector
    return (direction / np.abs(direction).max()).ravel()


def _of_length(away: np.ndarray) -> np.ndarray:
    """The same (n, N d) with a mean square of one in each row."""
    length = np.sqrt((away**2).mean(axis=1, keepdims=True))
    return away / np.where(length > 0.0, length, 1.0)
