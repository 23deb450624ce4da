"""The Gross-Pitaevskii energy of a dilute Bose gas in an axially symmetric trap.

Units of the radial trap: hbar = m = omega = 1, axial frequency `aspect`.  Per particle

    E = min integral [1/2 |grad phi|^2 + 1/2 (rho^2 + aspect^2 z^2) phi^2 + 2 pi coupling phi^4],

over functions phi of norm one, with coupling = N a (or (N - 1) a, see :mod:`hamiltonians.reference`).
F. Dalfovo, S. Giorgini, L. P. Pitaevskii and S. Stringari, Rev. Mod. Phys. 71, 463 (1999), section III.

phi is expanded in even oscillator functions without angular momentum; the integral of phi^4 is then exact on
a Gauss-Laguerre times Gauss-Hermite grid, and the energy an upper bound.
"""

from __future__ import annotations

import math

import numpy as np

#: Largest change of the coupling between two Newton solutions.
_COUPLING_STEP = 0.25
_MAX_NEWTON_STEPS = 50


def gross_pitaevskii_energy(coupling: float, aspect: float = 1.0, n_basis: int = 14) -> float:
    """Energy per particle for a repulsion `coupling` = N a.

    Parameters
    ----------
    coupling : number of particles times scattering length in units of the radial trap length, not negative.
    aspect : axial over radial frequency, positive.
    n_basis : oscillator functions in either direction; 14 reach 1e-7 up to a coupling of 2.

    Raises
    ------
    ValueError
        for values out of range.
    ArithmeticError
        if Newton's method fails, which a larger basis cures.
    """
    if not 0.0 <= coupling < math.inf:
        raise ValueError(f"coupling = {coupling}: expected a repulsion, zero or positive")
    if not 0.0 < aspect < math.inf:
        raise ValueError(f"aspect = {aspect}: expected a positive ratio of frequencies")
    if n_basis < 1:
        raise ValueError(f"n_basis = {n_basis}: expected at least 1")
    levels, values, weights = _oscillator_basis(aspect, n_basis)
    state = np.zeros(len(levels))
    state[0] = 1.0
    n_steps = math.ceil(coupling / _COUPLING_STEP)
    for step in range(1, n_steps + 1):
        state = _solve(levels, values, weights, 4.0 * math.pi * coupling * step / n_steps, state)
    quartic = float(weights @ (values @ state) ** 4)
    return float(levels @ state**2) + 2.0 * math.pi * coupling * quartic


def _oscillator_basis(aspect: float, n_basis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Energies of the basis, its values on the grid without exponentials (points, basis), and weights."""
    from numpy.polynomial.hermite import hermgauss, hermval
    from scipy.special import eval_laguerre, roots_laguerre

    # Four functions carry exp(-2 rho^2) and exp(-2 aspect z^2): the Gauss weights at u = 2 rho^2, v^2 = 2 aspect z^2.
    u, weight_u = roots_laguerre(2 * n_basis)
    v, weight_v = hermgauss(4 * n_basis)
    radial = np.array([eval_laguerre(k, 0.5 * u) for k in range(n_basis)]) / math.sqrt(math.pi)
    axial = np.empty((n_basis, len(v)))
    for k in range(n_basis):
        norm = math.exp(0.5 * (2 * k * math.log(2.0) + math.lgamma(2 * k + 1)))
        axial[k] = hermval(v / math.sqrt(2.0), [0.0] * (2 * k) + [1.0]) / norm
    axial *= (aspect / math.pi) ** 0.25
    values = np.einsum("ip,jq->pqij", radial, axial).reshape(u.size * v.size, n_basis**2)
    weights = np.outer(0.5 * math.pi * weight_u, weight_v / math.sqrt(2.0 * aspect)).ravel()
    n = np.arange(n_basis)
    levels = np.add.outer(2.0 * n + 1.0, aspect * (2.0 * n + 0.5)).ravel()
    return levels, values, weights


def _solve(
    levels: np.ndarray, values: np.ndarray, weights: np.ndarray, strength: float, state: np.ndarray
) -> np.ndarray:
    """Newton's method for (h + strength phi^2 - mu) phi = 0 with phi of norm one, from a nearby state."""
    n = len(levels)
    mu = float(levels @ state**2)
    matrix = np.zeros((n + 1, n + 1))
    for _ in range(_MAX_NEWTON_STEPS):
        density = strength * weights * (values @ state) ** 2
        mean_field = values.T @ (density[:, None] * values)
        residual = levels * state + mean_field @ state - mu * state
        matrix[:n, :n] = 3.0 * mean_field + np.diag(levels - mu)
        matrix[:n, n] = -state
        matrix[n, :n] = -state
        change = np.linalg.solve(matrix, np.append(-residual, 0.5 * (state @ state - 1.0)))
        state = state + change[:n]
        mu += change[n]
        if np.abs(change).max() < 1e-12 * (1.0 + abs(mu)):
            return state
    raise ArithmeticError(f"the Gross-Pitaevskii equation did not converge at strength {strength:g}")
