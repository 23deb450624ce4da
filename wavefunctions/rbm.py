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
        kernels = {**KERNELS, "ratio": link(_ratio, options=INLINE_OPTIONS, n_dim=system.n_dim)}
        super().__init__(system, ParameterLayout(tuple(shapes)), theta, kernels, (AMPLITUDES[amplitude],))

    def arguments(self) -> tuple:
        """(theta, a, b, W, log sigma, exponent of F)."""
        views = self.layout.views(self.theta)
        log_sigma = views[3] if self._learn_sigma else self._fixed_log_sigma
        return (self.theta, *views[:3], log_sigma, *self.constants)


# Transcendental functions run over whole tiles in one flat loop: with few hidden units a loop over one walker's
# would be too short for vector registers.  The workspace holds the flat views beside the (tile, H) arrays.


@kernel
def workspace(p, tile, n):
    """Hidden inputs (current, trial), scratch; their flat views; sums; numbers made of theta once for the tile:
    |W_j / sigma^2|^2, W / sigma^2, its transpose times the exponent of F, 1 / sigma^2."""
    _, _, b, W, log_sigma, exponent = p
    H = b.size
    precision = exp(-2.0 * log_sigma[0])
    scaled = np.empty((n, H))
    back = np.empty((H, n))
    square = np.zeros(H)
    for i in range(n):
        for j in range(H):
            scaled[i, j] = W[i, j] * precision
            back[j, i] = exponent * scaled[i, j]
            square[j] += scaled[i, j] * scaled[i, j]
    current, trial, scratch = np.empty((tile, H)), np.empty((tile, H)), np.empty((tile, H))
    tiles = (current, trial, scratch)
    flat = (current.reshape(tile * H), trial.reshape(tile * H), scratch.reshape(tile * H))
    return tiles, flat, (np.empty(tile), np.empty(tile), np.empty(tile)), (square, scaled, back, precision)


@kernel
def _hidden_inputs(b, scaled, X, t):
    """t_j = b_j + sum_i x_i W_ij / sigma^2 of every walker of the tile."""
    for row in range(X.shape[0]):
        for j in range(b.size):
            t[row, j] = b[j]
    add_product(X, scaled, t)


@inlined
def _softplus_sums(t, t_flat, scratch, scratch_flat, products, sums):
    """sums[row] = sum_j log(1 + exp(t_j)) = sum_j max(t_j, 0) + log prod_j (1 + exp(-|t_j|))."""
    for m in range(t_flat.size):
        scratch_flat[m] = exp(-abs(t_flat[m]))
    for row in range(t.shape[0]):
        sums[row] = 0.0
    for start in range(0, t.shape[1], FACTORS):
        for row in range(t.shape[0]):
            # Slices, because Numba vectorises no loop in which it must allow for negative indices.
            inputs, factors = t[row, start : start + FACTORS], scratch[row, start : start + FACTORS]
            product = 1.0
            positive = 0.0
            for j in range(inputs.size):
                product *= 1.0 + factors[j]
                positive += max(inputs[j], 0.0)
            products[row] = product
            sums[row] += positive
        for row in range(t.shape[0]):
            sums[row] += log(products[row])


@kernel
def log_psi(p, X, log, sign, ws):
    """Add the logarithm of F, times its exponent."""
    _, a, b, _, _, exponent = p
    tiles, flat, sums, (_, scaled, _, precision) = ws
    _hidden_inputs(b, scaled, X, tiles[1])
    _softplus_sums(tiles[1], flat[1], tiles[2], flat[2], sums[2], sums[1])
    for row in range(X.shape[0]):
        square = 0.0
        for i in range(a.size):
            square += (X[row, i] - a[i]) * (X[row, i] - a[i])
        log[row] += exponent * (sums[1][row] - 0.5 * precision * square)


@kernel
def _sigmoids(p, X, ws):
    """Hidden inputs and their sigmoids, the mean values of the hidden units, into the second and third tile."""
    tiles, flat, _, (_, scaled, _, _) = ws
    _hidden_inputs(p[2], scaled, X, tiles[1])
    for m in range(flat[1].size):
        flat[2][m] = sigmoid(flat[1][m])


@kernel
def grad_laplacian(p, X, G, L, ws):
    """Add gradient and Laplacian: s = sigmoid(t) carries both."""
    _, a, _, _, _, exponent = p
    tiles, _, _, (square, _, back, precision) = ws
    s = tiles[2]
    _sigmoids(p, X, ws)
    for row in range(X.shape[0]):
        laplacian = -precision * a.size
        for j in range(square.size):
            laplacian += square[j] * s[row, j] * (1.0 - s[row, j])
        L[row] += exponent * laplacian
        for i in range(a.size):
            G[row, i] += exponent * precision * (a[i] - X[row, i])
    add_product(s, back, G)


@kernel
def shared_log_derivatives(p, X, O, first, ws):
    """The same from the sigmoids that lie in the workspace already."""
    theta, a, b, _, _, exponent = p
    tiles, _, _, (_, scaled, _, precision) = ws
    t, s = tiles[1], tiles[2]
    n, H = scaled.shape
    for row in range(X.shape[0]):
        visible, hidden = O[row, first : first + n], O[row, first + n : first + n + H]
        coupling = 0.0
        for j in range(H):
            coupling += s[row, j] * (t[row, j] - b[j])
            hidden[j] += exponent * s[row, j]
        square = 0.0
        for i in range(n):
            x = X[row, i]
            square += (x - a[i]) * (x - a[i])
            visible[i] += exponent * precision * (x - a[i])
            weights = O[row, first + n + H + i * H : first + n + H + i * H + H]
            for j in range(H):
                weights[j] += exponent * precision * x * s[row, j]
        if theta.size > n + H + n * H:
            O[row, first + n + H + n * H] += exponent * (precision * square - 2.0 * coupling)


@kernel
def log_derivatives(p, X, O, first, ws):
    """Add derivatives with respect to a, b, W and, where learnt, log sigma."""
    _sigmoids(p, X, ws)
    shared_log_derivatives(p, X, O, first, ws)


@inlined
def refresh(p, X, ws):
    """Hidden inputs and their softplus sums of every walker."""
    tiles, flat, sums, (_, scaled, _, _) = ws
    _hidden_inputs(p[2], scaled, X, tiles[0])
    _softplus_sums(tiles[0], flat[0], tiles[2], flat[2], sums[2], sums[0])


def _ratio(p, X, i, Y, log_ratio, ws):
    """Add the logarithm of the ratio from hidden inputs shifted by d rows of W: O(H d)."""
    _, a, b, _, _, exponent = p
    tiles, flat, sums, (_, scaled, _, precision) = ws
    current, trial = tiles[0], tiles[1]
    for row in range(X.shape[0]):
        square = 0.0
        for k in range(n_dim):
            old, new = X[row, i * n_dim + k], Y[row, k]
            square += (new - old) * (new + old - 2.0 * a[i * n_dim + k])
        for j in range(b.size):
            t = current[row, j]
            for k in range(n_dim):
                t += (Y[row, k] - X[row, i * n_dim + k]) * scaled[i * n_dim + k, j]
            trial[row, j] = t
        log_ratio[row] -= 0.5 * exponent * precision * square
    _softplus_sums(trial, flat[1], tiles[2], flat[2], sums[2], sums[1])
    for row in range(X.shape[0]):
        log_ratio[row] += exponent * (sums[1][row] - sums[0][row])


@inlined
def accept(p, X, i, Y, accepted, ws):
    """Keep the trial inputs of accepted walkers."""
    current, trial = ws[0][0], ws[0][1]
    sums, trial_sums, _ = ws[2]
    for row in range(X.shape[0]):
        moved = accepted[row]  # chosen without a branch: half of the branches would be mispredicted
        sums[row] = trial_sums[row] if moved else sums[row]
        for j in range(current.shape[1]):
            old, new = current[row, j], trial[row, j]
            current[row, j] = new if moved else old


KERNELS = {
    "workspace": workspace,
    "log_psi": log_psi,
    "grad_laplacian": grad_laplacian,
    "log_derivatives": log_derivatives,
    "shared_log_derivatives": shared_log_derivatives,
    "refresh": refresh,
    "accept": accept,
}
