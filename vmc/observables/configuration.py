"""The mean of a function of the whole configuration: the way to an observable of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hamiltonians.images import difference_between_images
from hamiltonians.system import System
from numerics.link import Slot, link, tried
from vmc.observables.base import Observable, Quantity
from vmc.observables.bins import total
from vmc.observables.names import refuse_taken_name

function = Slot("function", "(c, x)")
n_dim = 3  # bound at link time

#: Configurations that are looked at in a periodic cell.
_N_LOOKS = 6
#: Lengths over which the coordinates spread of those at which a function may raise.
_SPREADS = (1e-2, 1e-1, 1.0, 1e1, 1e2, 1e3)


def configuration_average(
    name: str,
    function: Callable,
    system: System,
    constants: tuple[Any, ...] = (),
    units: str = "",
    long_name: str = "",
) -> Observable:
    """<f(c, x)> of a function of the positions x, an array (N, d), and the constants c.

    Parameters
    ----------
    name : what it is called in files.
    function : jitted or plain, returns a number.
    units, long_name : for labels.

    Raises
    ------
    ValueError
        for a function that does not take a configuration or raises wherever it is tried, or in a periodic cell is
        another one where a particle moves by lattice vectors: walkers leave the cell; for a name that results have for
        something else.
    """
    refuse_taken_name(name)
    quantity = Quantity(name, long_name or name, units)
    tried(f"observable '{name}'", function, constants or (0.0,), np.full((system.n_particles, system.n_dim), 0.5))
    _refuse_what_always_raises(name, function, constants or (0.0,), system)
    _refuse_what_does_not_repeat(name, function, constants or (0.0,), system)
    kernel = link(_add_values, apart=True, function=function, n_dim=system.n_dim)
    return Observable((quantity,), 1, kernel, lambda means: (means[0:1].reshape(()),), constants, system=system)


def _refuse_what_always_raises(name: str, function: Callable, constants: tuple[Any, ...], system: System) -> None:
    """Call the function, as plain Python, at configurations of any size: one that always raises does not compile."""
    plain, rng = getattr(function, "py_func", function), np.random.default_rng(1)
    for spread in _SPREADS:
        try:
            with np.errstate(all="ignore"):
                plain(constants, spread * rng.normal(size=(system.n_particles, system.n_dim)))
        except Exception as error:
            raised = error
        else:
            return
    said = f"{type(raised).__name__}: {raised}".rstrip(": ")
    raise ValueError(f"observable '{name}': the function raises {said} wherever it is tried") from raised


def _refuse_what_does_not_repeat(name: str, function: Callable, constants: tuple[Any, ...], system: System) -> None:
    """Compare the function, as plain Python, at configurations in the cell and far from it."""
    if system.cell is None:
        return
    plain, shape = getattr(function, "py_func", function), (system.n_particles, system.n_dim)
    X = (np.random.default_rng(1).uniform(size=(_N_LOOKS, *shape)) @ system.cell.lattice).reshape(_N_LOOKS, -1)

    def values(X: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.array([[float(plain(constants, x.reshape(shape)))] for x in X])

    if difference := difference_between_images(system, X, values):
        raise ValueError(f"observable '{name}' {difference}, since walkers leave the cell")


def _add_values(o, X, sums):
    n, tile = X.shape
    x, found = np.empty((n // n_dim, n_dim)), np.empty(tile)
    for b in range(tile):
        for i in range(n // n_dim):
            for k in range(n_dim):
                x[i, k] = X[i * n_dim + k, b]
        found[b] = function(o, x)
    sums[0] += total(found)
