"""The mean of a function of the whole configuration: the way to an observable of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.link import Slot, link, tried
from vmc.observables.base import Observable, Quantity
from vmc.observables.bins import total

function = Slot("function", "(c, x)")
n_dim = 3  # bound at link time


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
    """
    quantity = Quantity(name, long_name or name, units)
    tried(f"observable '{name}'", function, constants or (0.0,), np.full((system.n_particles, system.n_dim), 0.5))
    kernel = link(_add_values, apart=True, function=function, n_dim=system.n_dim)
    return Observable((quantity,), 1, kernel, lambda means: (means[0:1].reshape(()),), constants, system=system)


def _add_values(o, X, sums):
    n, tile = X.shape
    x, found = np.empty((n // n_dim, n_dim)), np.empty(tile)
    for b in range(tile):
        for i in range(n // n_dim):
            for k in range(n_dim):
                x[i, k] = X[i * n_dim + k, b]
        found[b] = function(o, x)
    sums[0] += total(found)
