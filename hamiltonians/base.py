"""A Hamiltonian is the kinetic energy plus a list of potential terms, each reported by name.

A term's kernel ``energy(c, X, V)`` adds the term's value to V[b] for every configuration of the tile X (N d, tile),
one walker per column; c is the tuple of the term's constants.  Terms are folded at link time into one kernel that
fills one row per term, so that a Hamiltonian of any composition runs as straight compiled code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.link import Slot, as_kernel, link, refuse_text, tried

one_particle = Slot("one_particle", "(c, r)")
pair = Slot("pair", "(c, r)")
whole = Slot("whole", "(c, x)")
first_term = Slot("first_term", "(c, X, V)")
other_terms = Slot("other_terms", "(h, X, V, column)")
n_dim = 3  # bound at link time: loops over two or three coordinates are unrolled


#: What names of terms would be mistaken for, in results.
RESERVED = {
    *("energy", "kinetic", "error", "variance", "acceptance", "n_nonfinite", "gradient_norm", "update_norm", "step"),
    *("iteration", "seconds", "theta"),
}


class Term:
    """One named part of the potential energy.

    Parameters
    ----------
    name : what the energy is reported as.
    energy : kernel (c, X, V) that adds the term to V (tile,).
    constants : arrays and numbers handed to the kernel as c.
    degree : k if the term is homogeneous, V(s x) = s^k V(x), for the virial ratio; None where it is not.
    n_dim : number of space dimensions the kernel was made for; None if it does not matter.
    is_periodic : whether the term repeats itself in the cell of its system; walkers leave it.
    whole : a function (c, x) of the whole configuration that the kernel is made of, to be tried when N is known.
    """

    def __init__(
        self,
        name: str,
        energy: Callable,
        constants: tuple[Any, ...] = (),
        degree: float | None = None,
        n_dim: int | None = None,
        is_periodic: bool = False,
        whole: Callable | None = None,
    ) -> None:
        self.name = name
        self.energy = as_kernel(energy, apart=True)
        self.constants = _handed(constants)
        self.degree = degree
        self.n_dim = n_dim
        self.is_periodic = is_periodic
        self.whole = whole


class Hamiltonian:
    """H = -sum_i laplacian_i / (2 m_i) + sum of terms, in units hbar = 1.

    Parameters
    ----------
    system : the particles, with their masses.
    terms : parts of the potential energy, with different names.
    unit : name of the energy unit, printed with every energy.

    Raises
    ------
    ValueError
        for no terms, two of the same name or one of a name that results have for something else, one made for another
        number of dimensions, a function of the whole configuration that fails, or, in a cell, one that does not repeat
        itself there.
    """

    def __init__(self, system: System, terms: Sequence[Term], unit: str = "") -> None:
        names = [term.name for term in terms]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"terms {names}: expected at least one, with different names")
        for term in terms:
            if term.name in RESERVED:
                raise ValueError(f"term '{term.name}': results have that name for something else, expected another")
            if system.cell is not None and not term.is_periodic:
                raise ValueError(
                    f"term '{term.name}' does not repeat itself in the cell: expected a many_body_term with distances "
                    "of nearest images, or a one_body_term of the cell's period, that says is_periodic = True"
                )
            if term.n_dim not in (None, system.n_dim):
                raise ValueError(f"term '{term.name}' is for n_dim = {term.n_dim}, the system has {system.n_dim}")
            if term.whole is not None:
                example = np.random.default_rng(1).normal(size=(system.n_particles, system.n_dim))
                tried(f"term '{term.name}'", term.whole, term.constants, example)
        self.system = system
        self.terms = tuple(terms)
        self.unit = unit
        self.potential = _fold([term.energy for term in terms])

    @property
    def components(self) -> tuple[str, ...]:
        """Names of the energy components, the kinetic energy first."""
        return ("kinetic", *(term.name for term in self.terms))

    def arguments(self) -> tuple[Any, ...]:
        """Nested constants (c_1, (c_2, (c_3, ...))) for the folded kernel."""
        nested: tuple[Any, ...] = (self.terms[-1].constants,)
        for term in reversed(self.terms[:-1]):
            nested = (term.constants, nested)
        return nested

    def potential_energy(self, X: np.ndarray) -> np.ndarray:
        """Values of the terms at configurations X (n, N d), shape (n, number of terms)."""
        X = np.ascontiguousarray(np.atleast_2d(X), dtype=np.float64)
        if X.shape[1] != self.system.n_coordinates:
            raise ValueError(f"configurations have {X.shape[1]} coordinates, expected {self.system.n_coordinates}")
        V = np.zeros((len(self.terms), X.shape[0]))
        self.potential(self.arguments(), np.ascontiguousarray(X.T), V, 0)
        return V.T

    def virial_ratio(self, component_means: np.ndarray) -> float:
        """2 <T> / sum_t k_t <V_t>: one for an eigenstate, nan if a term is not homogeneous.

        Parameters
        ----------
        component_means : mean of each entry of ``components``.
        """
        degrees = [term.degree for term in self.terms]
        if any(degree is None for degree in degrees):
            return math.nan
        virial = float(np.dot(np.array(degrees, dtype=np.float64), component_means[1:]))
        return 2.0 * float(component_means[0]) / virial if virial != 0.0 else math.nan


def one_body_term(
    name: str,
    function: Callable,
    constants: tuple[Any, ...] = (),
    n_dim: int = 3,
    degree: float | None = None,
    is_periodic: bool = False,
) -> Term:
    """Term sum_i v(c, r_i) of a function of one particle's position, an array of length d.

    The function is tried once as plain Python.

    Raises
    ------
    ValueError
        if it fails, or does not return a number.
    """
    tried(f"term '{name}'", function, _handed(constants), np.linspace(0.5, 0.7, n_dim))
    energy = link(_sum_particles, one_particle=function, n_dim=n_dim)
    return Term(name, energy, constants, degree, n_dim, is_periodic)


def pair_term(
    name: str,
    function: Callable,
    constants: tuple[Any, ...] = (),
    n_dim: int = 3,
    degree: float | None = None,
) -> Term:
    """Term sum_{i<j} v(c, r_ij) of a function of the distance; not for periodic cells, where it is that of images.

    The function is tried once as plain Python.

    Raises
    ------
    ValueError
        if it fails, or does not return a number.
    """
    tried(f"term '{name}'", function, _handed(constants), 0.7)
    return Term(name, link(_sum_pairs, pair=function, n_dim=n_dim), constants, degree, n_dim)


def many_body_term(
    name: str,
    function: Callable,
    constants: tuple[Any, ...] = (),
    n_dim: int = 3,
    degree: float | None = None,
    is_periodic: bool = False,
) -> Term:
    """Term v(c, x) of a function of the whole configuration, an array (N, d), tried once by the Hamiltonian.

    Raises
    ------
    ValueError
        for text among the constants.
    """
    refuse_text(f"term '{name}'", constants)
    energy = link(_whole_configuration, whole=function, n_dim=n_dim)
    return Term(name, energy, constants, degree, n_dim, is_periodic, function)


def _handed(constants: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a kernel gets as c, something in any case."""
    return constants if len(constants) else (0.0,)


def _fold(energies: list[Callable]) -> Callable:
    folded = link(_last_term, first_term=energies[-1])
    for energy in reversed(energies[:-1]):
        folded = link(_term_and_others, first_term=energy, other_terms=folded)
    return folded


def _last_term(h, X, V, column):
    first_term(h[0], X, V[column])


def _term_and_others(h, X, V, column):
    first_term(h[0], X, V[column])
    other_terms(h[1], X, V, column + 1)


def _sum_particles(c, X, V):
    r = np.empty(n_dim)
    for i in range(X.shape[0] // n_dim):
        for b in range(X.shape[1]):
            for k in range(n_dim):
                r[k] = X[i * n_dim + k, b]
            V[b] += one_particle(c, r)


def _sum_pairs(c, X, V):
    # A particle's pairs, of all walkers of the tile, lie in one flat buffer: the loop over it vectorises.
    n, tile = X.shape
    square = np.empty((n // n_dim, tile))
    flat = square.reshape(square.size)
    for i in range(1, n // n_dim):
        for j in range(i):
            out = square[j]
            for b in range(tile):
                total = 0.0
                for k in range(n_dim):
                    delta = X[i * n_dim + k, b] - X[j * n_dim + k, b]
                    total += delta * delta
                out[b] = total
        for m in range(i * tile):
            flat[m] = pair(c, math.sqrt(flat[m]))
        for j in range(i):
            for b in range(tile):
                V[b] += square[j, b]


def _whole_configuration(c, X, V):
    n, tile = X.shape
    x = np.empty((n // n_dim, n_dim))
    for b in range(tile):
        for i in range(n // n_dim):
            for k in range(n_dim):
                x[i, k] = X[i * n_dim + k, b]
        V[b] += whole(c, x)
