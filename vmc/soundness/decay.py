"""Whether psi falls on the way out: one that grows in any direction cannot be normalised, and has no energy.

Walkers hardly tell: they follow it outwards at the pace of their steps, and their averages look like those of a state.
The integral of |psi|^2 needs more than a fall; what is looked for is growth, a constant, and a fall as r^-p that is too
slow in a direction by itself, p <= d / 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hamiltonians.system import System
from vmc.errors import UserError
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_values
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import GaussianPair
from wavefunctions.product import Product

#: Configurations that are looked at.
_N_LOOKS = 8
#: Distances in units of the spread of the walkers, each twice the one before.
_DISTANCES = 8.0 * 2.0 ** np.arange(14)
#: Change of log|psi| that is rounding, as a share of it where that is larger than one.
_ROUNDING = 1e-6
#: Share by which the powers of two places may differ where psi is said to go as a power.
_TOLERANCE = 0.02


def refuse_growth(wave_function: WaveFunction, X: np.ndarray) -> None:
    """Look as :func:`growth` does.

    Raises
    ------
    UserError
        where it has something to say.
    """
    if message := growth(wave_function, X):
        raise UserError(message)


def growth(wave_function: WaveFunction, X: np.ndarray) -> str:
    """In which direction psi does not fall, in one line; nothing where it falls, and in a periodic cell.

    From a few of the configurations X (n, N d) the look goes far out along every axis: with one particle, with two that
    go apart, with all together, and with all away from their centre of mass.  Most configurations have to agree.
    Places where psi is zero, or no number, do not count: determinants underflow.
    """
    system = wave_function.system
    if system.cell is not None:
        return ""
    X = X[:_N_LOOKS]
    spread = float(np.sqrt(np.mean((X - X.mean()) ** 2))) or 1.0
    log_psi, p = link_log_values(wave_function.kernels), wave_function.arguments()
    for what, start, direction in _ways(system, X):
        places = start + (spread * _DISTANCES)[:, None, None] * direction
        log = log_psi(p, np.ascontiguousarray(places.reshape(-1, X.shape[1]).T)).reshape(len(_DISTANCES), -1)
        verdicts = [found for rows in log.T if (found := _does_not_fall(rows, system.n_dim)) is not None]
        if verdicts and np.mean([bool(found) for found in verdicts]) > 0.5:
            return (
                f"psi cannot be normalised: {what}, log|psi| {next(filter(None, verdicts))} as far as a distance of "
                f"{spread * _DISTANCES[-1]:.3g} from where walkers stand, and averages are no energies: expected a psi "
                f"that vanishes far out in every direction{_condition(wave_function)} (no further was looked, from "
                f"walkers spread over {spread:.3g}: is start_spread the width of psi?)"
            )
    return ""


def _ways(system: System, X: np.ndarray) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """What moves, from where (n, N d), and the displacement at a distance of one (n, N d) or (N d,)."""
    n, d = system.n_particles, system.n_dim
    first_down = system.n_up if system.n_up is not None and system.n_up < n else 0
    for axis in range(d):
        along = f"along axis {axis + 1} of {d}"
        for particle in dict.fromkeys([0, first_down, n - 1]):
            yield f"where particle {particle} goes far out {along}", X, _unit(n, d, axis, {particle: 1.0})
        if n > 1:
            together = dict.fromkeys(range(n), 1.0)
            yield f"where the centre of mass goes far out {along}", X, _unit(n, d, axis, together)
        for other in dict.fromkeys([1, n - 1]) if n > 1 else ():
            apart = {0: 1.0 / _mass(system, 0), other: -1.0 / _mass(system, other)}
            yield f"where particles 0 and {other} go far apart {along}", X, _unit(n, d, axis, apart)
    if n > 1:
        masses = system.coordinate_masses.reshape(n, d)
        relative = X.reshape(-1, n, d)
        centre = (masses * relative).sum(axis=1, keepdims=True) / masses.sum(axis=0)
        away = (relative - centre).reshape(len(X), -1)
        length = np.sqrt((away**2).mean(axis=1, keepdims=True))
        yield "where all go away from their centre of mass", X - away, away / np.where(length > 0.0, length, 1.0)


def _mass(system: System, particle: int) -> float:
    return float(system.coordinate_masses[particle * system.n_dim])


def _unit(n: int, d: int, axis: int, shares: dict[int, float]) -> np.ndarray:
    """Displacement (N d,) along an axis, one for what moves most."""
    direction = np.zeros((n, d))
    for particle, share in shares.items():
        direction[particle, axis] = share
    return (direction / np.abs(direction).max()).ravel()


def _does_not_fall(log: np.ndarray, n_dim: int) -> str | None:
    """What log|psi| at the distances does instead of falling, '' if it falls; None where it cannot be seen."""
    log = log[: int(np.argmin(np.isfinite(log))) if not np.isfinite(log).all() else len(log)]
    if len(log) < 2:
        return None
    near, far = log[-2:]
    if far - near > -_ROUNDING * (1.0 + abs(far)):
        return "grows" if far - near > _ROUNDING * (1.0 + abs(far)) else "does not fall"
    powers = -np.diff(log) / math.log(2.0)
    if len(powers) > 1 and abs(powers[-1] - powers[-2]) < _TOLERANCE * powers[-1] and powers[-1] <= 0.5 * n_dim:
        return f"falls as -{powers[-1]:.2g} log r, not faster than -{0.5 * n_dim:g} log r"
    return ""


def _condition(wave_function: WaveFunction) -> str:
    """What the coefficients of a Gaussian and a Gaussian of pairs have to fulfil, where psi has both."""
    factors = list(_factors(wave_function))
    gaussian = next((factor for factor in factors if isinstance(factor, Gaussian)), None)
    pair = next((factor for factor in factors if isinstance(factor, GaussianPair)), None)
    if gaussian is None or pair is None:
        return ""
    n, alpha, gamma = wave_function.system.n_particles, float(gaussian.theta.min()), float(pair.theta[0])
    mass = "" if wave_function.system.common_mass == 1.0 else "m "
    return (
        f"; gaussian times gaussian_pair by itself needs {mass}alpha > 0 and {mass}alpha + N gamma > 0, here "
        f"alpha = {alpha:g}, gamma = {gamma:g}, N = {n}"
    )


def _factors(wave_function: WaveFunction) -> Iterator[WaveFunction]:
    if isinstance(wave_function, Product):
        for factor in wave_function.factors:
            yield from _factors(factor)
    else:
        yield wave_function
