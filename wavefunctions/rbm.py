"""Gaussian-binary restricted Boltzmann machine as a wave function."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.dense import add_product
from numerics.elementary import exp, log, sigmoid
from numerics.link import INLINE_OPTIONS, inlined, kernel, link
from wavefunctions.base import WaveFunction
from wavefunctions.parameters import ParameterLayout

AMPLITUDES = {"F": 1.0, "sqrt(F)": 0.5}
#: Number of factors 1 < 1 + exp(-|t|) <= 2 multiplied before a logarithm is taken; the product cannot overflow.
FACTORS = 512
n_dim = 3  # bound at link time: loops over two or three coordinates are unrolled


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
    spread : standard deviation of the initial biases and weights; of visible biases and weights, which are lengths, in
        units of sigma.
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
        theta[:n] *= sigma
        theta[n + H :] *= sigma
        if learn_sigma:
            shapes.append(("log_sigma", (1,)))
            theta = np.append(theta, np.log(sigma))
        self.n_hidden = H
        self._fixed_log_sigma = np.array([np.log(sigma)])
        self._learn_sigma = learn_sigma
        kernels = {
            **KERNELS,
            "workspace": link(workspace, n_dim=system.n_dim),
            "ratio": link(_ratio, options=INLINE_OPTIONS, n_dim=system.n_dim),
        }
        super().__init__(system, ParameterLayout(tuple(shapes)), theta, kernels, (AMPLITUDES[amplitude],))

    def arguments(self) -> tuple:
        """(theta, a, b, W, log sigma, exponent of F)."""
        views = self.layout.views(self.theta)
        log_sigma = views[3] if self._learn_sigma else self._fixed_log_sigma
        return (self.theta, *views[:3], log_sigma, *self.constants)


# Arrays of hidden units have the shape (H, tile); functions of all their entries run over a flat view.


@kernel
def workspace(p, tile, n):
    """Hidden inputs (current, trial) and scratch; flat views; sums and factors of each walker, displacements;
    numbers made of theta once for the tile: |W_j / sigma^2|^2, W^T / sigma^2, W / sigma^2 times the exponent of F,
    1 / sigma^2."""
    _, _, b, W, log_sigma, exponent = p
    H = b.size
    precision = exp(-2.0 * log_sigma[0])
    scaled = np.empty((H, n))
    back = np.empty((n, H))
    square = np.zeros(H)
    for i in range(n):
        for j in range(H):
            scaled[j, i] = W[i, j] * precision
            back[i, j] = exponent * scaled[j, i]
            square[j] += scaled[j, i] * scaled[j, i]
    current, trial, scratch = np.empty((H, tile)), np.empty((H, tile)), np.empty((H, tile))
    tiles = (current, trial, scratch)
    flat = (trial.reshape(H * tile), scratch.reshape(H * tile))
    sums = (np.empty(tile), np.empty(tile), np.empty(tile), np.empty((n_dim, tile)))
    return tiles, flat, sums, (square, scaled, back, precision)


@kernel
def _hidden_inputs(b, scaled, X, t):
    """t_j = b_j + sum_i x_i W_ij / sigma^2 of every walker of the tile."""
    for j in range(b.size):
        bias = b[j]
        for w in range(X.shape[1]):
            t[j, w] = bias
    add_product(scaled, X, t)


@inlined
def _softplus_sums(t, products, sums):
    """sums[w] = sum_j log(1 + exp(t_j)) = sum_j max(t_j, 0) + log prod_j (1 + exp(-|t_j|))."""
    for w in range(sums.size):
        sums[w] = 0.0
    for start in range(0, t.shape[0], FACTORS):
        for w in range(sums.size):
            products[w] = 1.0
        for j in range(start, min(start + FACTORS, t.shape[0])):
            inputs = t[j]
            for w in range(sums.size):
                products[w] *= 1.0 + exp(-abs(inputs[w]))
                sums[w] += max(inputs[w], 0.0)
        for w in range(sums.size):
            sums[w] += log(products[w])


@kernel
def log_psi(p, X, log, sign, ws):
    """Add the logarithm of F, times its exponent."""
    _, a, b, _, _, exponent = p
    tiles, _, sums, (_, scaled, _, precision) = ws
    _hidden_inputs(b, scaled, X, tiles[1])
    _softplus_sums(tiles[1], sums[2], sums[1])
    for w in range(X.shape[1]):
        log[w] += exponent * sums[1][w]
    for i in range(a.size):
        centre = a[i]
        for w in range(X.shape[1]):
            log[w] -= 0.5 * exponent * precision * ((X[i, w] - centre) * (X[i, w] - centre))


@kernel
def _sigmoids(p, X, ws):
    """Hidden inputs and their sigmoids, the mean values of the hidden units, into the second and third tile."""
    tiles, flat, _, (_, scaled, _, _) = ws
    _hidden_inputs(p[2], scaled, X, tiles[1])
    for m in range(flat[0].size):
        flat[1][m] = sigmoid(flat[0][m])


@kernel
def grad_laplacian(p, X, G, L, ws):
    """Add gradient and Laplacian: s = sigmoid(t) carries both."""
    _, a, _, _, _, exponent = p
    tiles, _, _, (square, _, back, precision) = ws
    s = tiles[2]
    _sigmoids(p, X, ws)
    for w in range(X.shape[1]):
        L[w] -= exponent * precision * a.size
    for j in range(square.size):
        weight = exponent * square[j]
        for w in range(X.shape[1]):
            L[w] += weight * (s[j, w] * (1.0 - s[j, w]))
    for i in range(a.size):
        centre = a[i]
        for w in range(X.shape[1]):
            G[i, w] += exponent * precision * (centre - X[i, w])
    add_product(back, s, G)


@kernel
def shared_log_derivatives(p, X, O, first, ws):
    """Add derivatives from the inputs and sigmoids that lie in the workspace already."""
    theta, a, b, _, _, exponent = p
    tiles, _, sums, (_, scaled, _, precision) = ws
    t, s, weighted = tiles[1], tiles[2], sums[1]
    H, n = scaled.shape
    for j in range(H):
        hidden = O[first + n + j]
        for w in range(X.shape[1]):
            hidden[w] += exponent * s[j, w]
    for i in range(n):
        visible, centre = O[first + i], a[i]
        for w in range(X.shape[1]):
            visible[w] += exponent * precision * (X[i, w] - centre)
            weighted[w] = exponent * precision * X[i, w]
        for j in range(H):
            coupling = O[first + n + H + i * H + j]
            for w in range(X.shape[1]):
                coupling[w] += weighted[w] * s[j, w]
    if theta.size > n + H + n * H:
        width = O[first + n + H + n * H]
        for i in range(n):
            centre = a[i]
            for w in range(X.shape[1]):
                width[w] += exponent * precision * ((X[i, w] - centre) * (X[i, w] - centre))
        for j in range(H):
            bias = b[j]
            for w in range(X.shape[1]):
                width[w] -= 2.0 * exponent * (s[j, w] * (t[j, w] - bias))


@kernel
def log_derivatives(p, X, O, first, ws):
    """Add derivatives with respect to a, b, W and, where learnt, log sigma."""
    _sigmoids(p, X, ws)
    shared_log_derivatives(p, X, O, first, ws)


@inlined
def refresh(p, X, ws):
    """Hidden inputs and their softplus sums of every walker."""
    tiles, _, sums, (_, scaled, _, _) = ws
    _hidden_inputs(p[2], scaled, X, tiles[0])
    _softplus_sums(tiles[0], sums[2], sums[0])


def _ratio(p, X, i, Y, log_ratio, ws):
    """Add the logarithm of the ratio from hidden inputs shifted by d rows of W: O(H d)."""
    _, a, b, _, _, exponent = p
    tiles, _, sums, (_, scaled, _, precision) = ws
    current, trial, shift = tiles[0], tiles[1], sums[3]
    for k in range(n_dim):
        twice = 2.0 * a[i * n_dim + k]
        for w in range(X.shape[1]):
            old, new = X[i * n_dim + k, w], Y[k, w]
            shift[k, w] = new - old
            log_ratio[w] -= 0.5 * exponent * precision * ((new - old) * (new + old - twice))
    for j in range(b.size):
        inputs, out = current[j], trial[j]
        for w in range(X.shape[1]):
            out[w] = inputs[w]
        for k in range(n_dim):
            weight = scaled[j, i * n_dim + k]
            for w in range(X.shape[1]):
                out[w] += weight * shift[k, w]
    _softplus_sums(trial, sums[2], sums[1])
    for w in range(X.shape[1]):
        log_ratio[w] += exponent * (sums[1][w] - sums[0][w])


@inlined
def accept(p, X, i, Y, accepted, ws):
    """Keep the trial inputs of accepted walkers."""
    current, trial = ws[0][0], ws[0][1]
    sums, trial_sums = ws[2][0], ws[2][1]
    for w in range(accepted.size):  # both loaded, then one chosen: a branch would be mispredicted every second time
        yes, no = trial_sums[w], sums[w]
        sums[w] = yes if accepted[w] else no
    for j in range(current.shape[0]):
        inputs, trial_inputs = current[j], trial[j]
        for w in range(accepted.size):
            yes, no = trial_inputs[w], inputs[w]
            inputs[w] = yes if accepted[w] else no


KERNELS = {
    "log_psi": log_psi,
    "grad_laplacian": grad_laplacian,
    "log_derivatives": log_derivatives,
    "shared_log_derivatives": shared_log_derivatives,
    "refresh": refresh,
    "accept": accept,
}
