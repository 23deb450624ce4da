"""Orbitals of the isotropic harmonic oscillator: products of Hermite functions, shell after shell."""

from __future__ import annotations

import itertools
import math

import numpy as np

from numerics.elementary import exp
from numerics.link import Slot, link
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.parameters import ParameterLayout

fill_tables = Slot("fill_tables", "(omega, x, h, slope)")
values = Slot("values", "(p, x, value)")
laplacians = Slot("laplacians", "(p, x, value, gradient, laplacian)")
n_dim = 3  # bound at link time: loops over two or three coordinates are unrolled


class Oscillator(Orbitals):
    """phi = prod_k h_{n_k}(sqrt(omega) x_k), closed shells only, docs/theory.md eq. (43).

    Parameters
    ----------
    n_dim : number of space dimensions, 1 to 3.
    n_orbitals : how many, filled in the order of n_1 + ... + n_d.
    omega : mass times frequency (1 / length^2).
    learn_omega : whether log(omega) is a parameter: no step makes omega negative.
    name : what the number of orbitals is called in the error message.

    Raises
    ------
    ValueError
        for an open shell, or a frequency that is not positive.
    """

    def __init__(
        self, n_dim: int, n_orbitals: int, omega: float = 1.0, learn_omega: bool = False, name: str = "n_orbitals"
    ) -> None:
        if not 0.0 < omega < math.inf:
            raise ValueError(f"omega = {omega}: expected a positive frequency")
        numbers = _quantum_numbers(n_dim, n_orbitals, name)
        tables = link(_fill_tables, n_dim=n_dim)
        own = link(_values, fill_tables=tables, n_dim=n_dim)
        derivatives = link(_laplacians, fill_tables=tables, n_dim=n_dim)
        kernels = {
            "values": own,
            "laplacians": derivatives,
            "hessians": link(_hessians, fill_tables=tables, values=own, n_dim=n_dim),
            "parameter_derivatives": link(_parameter_derivatives, laplacians=derivatives, n_dim=n_dim),
        }
        layout = ParameterLayout((("log_omega", (1,)),) if learn_omega else ())
        frequency = np.array([math.log(omega)])
        super().__init__(
            n_dim,
            n_orbitals,
            layout,
            frequency if learn_omega else np.empty(0),
            kernels,
            (numbers,) if learn_omega else (frequency, numbers),
        )


def closed_count(n_dim: int, n_shells: int) -> int:
    """Orbitals in the first shells: n, n (n + 1) / 2 or n (n + 1) (n + 2) / 6."""
    return math.comb(n_shells + n_dim - 1, n_dim)


def _quantum_numbers(n_dim: int, n_orbitals: int, name: str) -> np.ndarray:
    """The numbers (n_orbitals, d) of complete shells."""
    n_shells = 0
    while closed_count(n_dim, n_shells) < n_orbitals:
        n_shells += 1
    if closed_count(n_dim, n_shells) != n_orbitals:
        below, above = closed_count(n_dim, n_shells - 1), closed_count(n_dim, n_shells)
        raise ValueError(
            f"{name} = {n_orbitals}: an open shell of the {n_dim}-D oscillator; expected a closed one, "
            f"next are {below} and {above}"
        )
    found = [n for n in itertools.product(range(n_shells), repeat=n_dim) if sum(n) < n_shells]
    found.sort(key=lambda n: (sum(n), tuple(-a for a in n)))
    return np.array(found, dtype=np.int64).reshape(n_orbitals, n_dim)


def _fill_tables(omega, x, h, slope):
    """h[k, n] = h_n(sqrt(omega) x_k) and its derivative with respect to x_k; the exponentials stand in k = 0.

    h_n is normalised up to a constant common to all n, and so the recursion is stable:
    h_{n+1} = t sqrt(2 / (n + 1)) h_n - sqrt(n / (n + 1)) h_{n-1},  h_n' = sqrt(2 n) h_{n-1} - t h_n.
    """
    root = math.sqrt(omega)
    tile = x.shape[1]
    for b in range(tile):
        total = 0.0
        for k in range(n_dim):
            total += x[k, b] * x[k, b]
        h[0, 0, b] = exp(-0.5 * omega * total)
    for k in range(n_dim):
        if k > 0:
            for b in range(tile):
                h[k, 0, b] = 1.0
        for b in range(tile):
            slope[k, 0, b] = -omega * x[k, b] * h[k, 0, b]
        for n in range(h.shape[1] - 1):
            up = math.sqrt(2.0 / (n + 1)) * root
            down = math.sqrt(n / (n + 1)) if n > 0 else 0.0
            steep = math.sqrt(2.0 * (n + 1)) * root
            last, here, out, rise = h[k, max(n - 1, 0)], h[k, n], h[k, n + 1], slope[k, n + 1]
            for b in range(tile):
                new = up * x[k, b] * here[b] - down * last[b]
                out[b] = new
                rise[b] = steep * here[b] - omega * x[k, b] * new


def _values(p, x, value):
    omega, numbers = math.exp(p[-2][0]), p[-1]
    h = np.empty((n_dim, numbers.max() + 1, x.shape[1]))
    fill_tables(omega, x, h, np.empty_like(h))
    for mu in range(value.shape[0]):
        out = value[mu]
        for b in range(out.size):
            factor = 1.0
            for k in range(n_dim):
                factor *= h[k, numbers[mu, k], b]
            out[b] = factor


def _laplacians(p, x, value, gradient, laplacian):
    omega, numbers = math.exp(p[-2][0]), p[-1]
    tile = x.shape[1]
    h, slope = np.empty((2, n_dim, numbers.max() + 1, tile))
    fill_tables(omega, x, h, slope)
    for mu in range(value.shape[0]):
        # h_n'' = (t^2 - 2 n - 1) h_n, summed over the axes
        level = n_dim
        for k in range(n_dim):
            level += 2 * numbers[mu, k]
        for b in range(tile):
            factor, total = 1.0, 0.0
            for k in range(n_dim):
                factor *= h[k, numbers[mu, k], b]
                total += x[k, b] * x[k, b]
            value[mu, b] = factor
            laplacian[mu, b] = omega * (omega * total - level) * factor
        for axis in range(n_dim):
            for b in range(tile):
                factor = slope[axis, numbers[mu, axis], b]
                for k in range(n_dim):
                    if k != axis:
                        factor *= h[k, numbers[mu, k], b]
                gradient[mu, axis, b] = factor


def _hessians(p, x, value, gradient, hessian):
    omega, numbers = math.exp(p[-2][0]), p[-1]
    tile = x.shape[1]
    h, slope = np.empty((2, n_dim, numbers.max() + 1, tile))
    fill_tables(omega, x, h, slope)
    values(p, x, value)
    for mu in range(value.shape[0]):
        entry = 0
        for axis in range(n_dim):
            for b in range(tile):
                factor = slope[axis, numbers[mu, axis], b]
                for k in range(n_dim):
                    if k != axis:
                        factor *= h[k, numbers[mu, k], b]
                gradient[mu, axis, b] = factor
            for other in range(axis):
                for b in range(tile):
                    factor = slope[axis, numbers[mu, axis], b] * slope[other, numbers[mu, other], b]
                    for k in range(n_dim):
                        if k != axis and k != other:
                            factor *= h[k, numbers[mu, k], b]
                    hessian[mu, entry, b] = factor
                entry += 1
            level = 2 * numbers[mu, axis] + 1
            for b in range(tile):
                hessian[mu, entry, b] = omega * (omega * (x[axis, b] * x[axis, b]) - level) * value[mu, b]
            entry += 1


def _parameter_derivatives(p, x, weights, O, first):
    if p[0].size == 0:
        return
    tile = x.shape[1]
    value, laplacian = np.empty((2, weights.shape[0], tile))
    gradient = np.empty((weights.shape[0], n_dim, tile))
    laplacians(p, x, value, gradient, laplacian)
    # phi depends on sqrt(omega) x only: d phi / d log(omega) = x . grad phi / 2
    out = O[first]
    for mu in range(weights.shape[0]):
        for axis in range(n_dim):
            for b in range(tile):
                out[b] += weights[mu, b] * gradient[mu, axis, b] * x[axis, b] / 2.0
