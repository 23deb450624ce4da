"""Gaussian-binary restricted Boltzmann machine as a wave function."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.elementary import exp, sigmoid, softplus
from numerics.link import kernel
from wavefunctions.base import WaveFunction
from wavefunctions.parameters import ParameterLayout

AMPLITUDES = {"F": 1.0, "sqrt(F)": 0.5}


class RBM(WaveFunction):
    """psi = F or sqrt(F) with the marginal F of a Gaussian-binary Boltzmann machine, docs/theory.md eq. (12).

    F = exp(-sum_i (x_i - a_i)^2 / (2 sigma^2)) prod_j (1 + exp(b_j + sum_i x_i W_ij / sigma^2)),
    Carleo and Troyer, Science 355, 602 (2017) carried over to continuous coordinates.

    Parameters
    ----------
    system : the particles.
    n_hidden : number of hidden units H; N d where not given.
    amplitude : 'F' or 'sqrt(F)' (then |psi|^2 = F is the machine's own distribution).
    sigma : width of the visible Gaussians, a length.
    learn_sigma : whether log sigma is a parameter.
    spread : standard deviation of the initial biases and weights.
    seed : of the initial parameters.

    Raises
    ------
    ValueError
        for values out of range.
    """

    def __init__(
        self,
        system: System,
        n_hidden: int | None = None,
        amplitude: str = "F",
        sigma: float = 1.0,
        learn_sigma: bool = False,
        spread: float = 0.05,
        seed: int = 0,
    ) -> None:
        n = system.n_coordinates
        H = n if n_hidden is None else n_hidden
        if H < 1:
            raise ValueError(f"n_hidden = {n_hidden}: expected at least 1")
        if amplitude not in AMPLITUDES:
            raise ValueError(f"amplitude = {amplitude!r}: expected 'F' or 'sqrt(F)'")
        if not sigma > 0:
            raise ValueError(f"sigma = {sigma}: expected a positive length")
        shapes = [("visible_bias", (n,)), ("hidden_bias", (H,)), ("weights", (n, H))]
        theta = np.random.default_rng(seed).normal(0.0, spread, n + H + n * H)
        if learn_sigma:
            shapes.append(("log_sigma", (1,)))
            theta = np.append(theta, np.log(sigma))
        self.n_hidden = H
        self._fixed_log_sigma = np.array([np.log(sigma)])
        self._learn_sigma = learn_sigma
        super().__init__(system, ParameterLayout(tuple(shapes)), theta, KERNELS, (AMPLITUDES[amplitude],))

    def arguments(self) -> tuple:
        """(theta, a, b, W, log sigma, exponent of F)."""
        views = self.layout.views(self.theta)
        log_sigma = views[3] if self._learn_sigma else self._fixed_log_sigma
        return (self.theta, *views[:3], log_sigma, *self.constants)


@kernel
def workspace(p, tile, n):
    """Hidden inputs and a scratch copy, |W_j|^2, softplus sums (current, trial), W / sigma^2."""
    _, _, b, W, log_sigma, _ = p
    H = b.size
    precision = exp(-2.0 * log_sigma[0])
    scaled = np.empty((n, H))
    square = np.zeros(H)
    for i in range(n):
        for j in range(H):
            scaled[i, j] = W[i, j] * precision
            square[j] += scaled[i, j] * scaled[i, j]
    return np.empty((tile, H)), np.empty(H), square, np.empty(tile), np.empty(tile), scaled, precision


@kernel
def _hidden_inputs(b, scaled, X, row, t):
    """t_j = b_j + sum_i x_i W_ij / sigma^2."""
    for j in range(b.size):
        t[j] = b[j]
    for i in range(scaled.shape[0]):
        x = X[row, i]
        for j in range(b.size):
            t[j] += x * scaled[i, j]


@kernel
def _softplus_sum(t):
    total = 0.0
    for j in range(t.size):
        total += softplus(t[j])
    return total


@kernel
def log_psi(p, X, log, sign, ws):
    """Add the logarithm of F, times its exponent."""
    _, a, b, _, _, exponent = p
    t, scaled, precision = ws[1], ws[5], ws[6]
    for row in range(X.shape[0]):
        _hidden_inputs(b, scaled, X, row, t)
        square = 0.0
        for i in range(a.size):
            square += (X[row, i] - a[i]) * (X[row, i] - a[i])
        log[row] += exponent * (_softplus_sum(t) - 0.5 * precision * square)


@kernel
def grad_laplacian(p, X, G, L, ws):
    """Add gradient and Laplacian: s = sigmoid(t) carries both."""
    _, a, b, _, _, exponent = p
    t, square, scaled, precision = ws[1], ws[2], ws[5], ws[6]
    for row in range(X.shape[0]):
        _hidden_inputs(b, scaled, X, row, t)
        laplacian = -precision * a.size
        for j in range(b.size):
            s = sigmoid(t[j])
            t[j] = s
            laplacian += square[j] * s * (1.0 - s)
        L[row] += exponent * laplacian
        for i in range(a.size):
            gradient = precision * (a[i] - X[row, i])
            for j in range(b.size):
                gradient += scaled[i, j] * t[j]
            G[row, i] += exponent * gradient


@kernel
def log_derivatives(p, X, O, first, ws):
    """Add derivatives with respect to a, b, W and, where learnt, log sigma."""
    theta, a, b, _, _, exponent = p
    t, scaled, precision = ws[1], ws[5], ws[6]
    n, H = scaled.shape
    for row in range(X.shape[0]):
        _hidden_inputs(b, scaled, X, row, t)
        coupling = 0.0
        for j in range(H):
            s = sigmoid(t[j])
            coupling += s * (t[j] - b[j])
            t[j] = exponent * s
            O[row, first + n + j] += t[j]
        square = 0.0
        for i in range(n):
            x = X[row, i]
            square += (x - a[i]) * (x - a[i])
            O[row, first + i] += exponent * precision * (x - a[i])
            start = first + n + H + i * H
            for j in range(H):
                O[row, start + j] += precision * x * t[j]
        if theta.size > n + H + n * H:
            O[row, first + n + H + n * H] += exponent * (precision * square - 2.0 * coupling)


@kernel
def refresh(p, X, ws):
    """Hidden inputs and their softplus sums of every walker."""
    b, hidden, current, scaled = p[2], ws[0], ws[3], ws[5]
    for row in range(X.shape[0]):
        _hidden_inputs(b, scaled, X, row, hidden[row])
        current[row] = _softplus_sum(hidden[row])


@kernel
def ratio(p, X, i, Y, log_ratio, ws):
    """Add the logarithm of the ratio from hidden inputs shifted by d rows of W: O(H d)."""
    _, a, _, _, _, exponent = p
    hidden, t, _, current, trial, scaled, precision = ws
    d = Y.shape[1]
    for row in range(X.shape[0]):
        square = 0.0
        for j in range(t.size):
            t[j] = hidden[row, j]
        for k in range(d):
            old, new = X[row, i * d + k], Y[row, k]
            shift = new - old
            square += shift * (new + old - 2.0 * a[i * d + k])
            for j in range(t.size):
                t[j] += shift * scaled[i * d + k, j]
        trial[row] = _softplus_sum(t)
        log_ratio[row] += exponent * (trial[row] - current[row] - 0.5 * precision * square)


@kernel
def accept(p, X, i, Y, accepted, ws):
    """Shift the hidden inputs of accepted walkers."""
    hidden, current, trial, scaled = ws[0], ws[3], ws[4], ws[5]
    d = Y.shape[1]
    for row in range(X.shape[0]):
        if accepted[row]:
            current[row] = trial[row]
            for k in range(d):
                shift = Y[row, k] - X[row, i * d + k]
                for j in range(scaled.shape[1]):
                    hidden[row, j] += shift * scaled[i * d + k, j]


KERNELS = {
    "workspace": workspace,
    "log_psi": log_psi,
    "grad_laplacian": grad_laplacian,
    "log_derivatives": log_derivatives,
    "refresh": refresh,
    "ratio": ratio,
    "accept": accept,
}
