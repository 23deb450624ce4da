"""An observable is a kernel that adds up and a function that turns means into values.

The kernel ``accumulate(o, X, sums)`` adds something of every configuration of the tile X (N d, walkers), one walker per
column, to ``sums`` (n_sums,); o is the tuple of the observable's constants.  X holds the walkers themselves: a kernel
must not change it.  It never meets a configuration whose local energy is not finite.  An observable that compares psi
with its values elsewhere names the wave function; o is then (p, constants), with the parameters p as they are at the
time.  ``values(means)`` turns the sums divided by the number of configurations into one array per quantity.  Nothing
else is asked for: sums, errors, ranks, files and plots are the same for all observables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.link import as_kernel
from samplers.settings import whole_number
from vmc.observables.trial import refuse_wrong_functions
from wavefunctions.base import WaveFunction

#: Unit of length that belongs to a unit of energy, with hbar = m = 1.
LENGTH_UNITS = {"hartree": "bohr", "hbar omega": "a_ho"}

Values = Callable[[np.ndarray], tuple[np.ndarray, ...]]


@dataclass(frozen=True)
class Axis:
    """Bins along a length.

    Attributes
    ----------
    name : of the coordinate, also the dimension in files.
    units : of the edges.
    edges : of the bins, (n_bins + 1,).
    """

    name: str
    units: str
    edges: np.ndarray

    @property
    def centres(self) -> np.ndarray:
        """Middles of the bins, (n_bins,)."""
        return 0.5 * (self.edges[1:] + self.edges[:-1])


@dataclass(frozen=True)
class Points:
    """Single values of a length or wave number, in ascending order.

    Attributes
    ----------
    name : of the coordinate, also the dimension in files.
    units : of the values.
    centres : the values, (n_points,).
    """

    name: str
    units: str
    centres: np.ndarray


@dataclass(frozen=True)
class Quantity:
    """What one array of an observable is.

    Attributes
    ----------
    name : how it is called in files; no two quantities of a run share a name.
    long_name, units : for labels.
    axes : one per dimension of the array; none for a number.
    """

    name: str
    long_name: str
    units: str
    axes: tuple[Axis | Points, ...] = ()


class Observable:
    """Something averaged over |psi|^2.

    Parameters
    ----------
    quantities : what the arrays of `values` are.
    n_sums : length of the sums.
    accumulate : kernel (o, X, sums), which adds to the sums and leaves X alone.
    values : from the mean sums (n_sums,) to one array per quantity; any smooth function.
    constants : arrays and numbers handed to the kernel as o.
    outside : from the mean sums to how many particles or pairs fall outside the axes of each quantity; None where
        nothing can.
    wave_function : whose kernels `accumulate` calls; None where it needs none.
    system : the particles it is made for; None where any will do.

    Raises
    ------
    TypeError
        for quantities that are no tuple of them.
    ValueError
        for a number of sums below one, or functions that do not take such sums or do not return an array of the right
        shape for each quantity.
    """

    def __init__(
        self,
        quantities: tuple[Quantity, ...],
        n_sums: int,
        accumulate: Callable,
        values: Values,
        constants: tuple[Any, ...] = (),
        outside: Callable[[np.ndarray], tuple[float, ...]] | None = None,
        wave_function: WaveFunction | None = None,
        system: System | None = None,
    ) -> None:
        if not isinstance(quantities, tuple) or not all(isinstance(quantity, Quantity) for quantity in quantities):
            raise TypeError(f"quantities = {quantities!r}: expected a tuple of Quantity, (quantity,) say")
        self.quantities = quantities
        self.n_sums = whole_number("n_sums", n_sums)
        self.accumulate = as_kernel(accumulate)
        self.values = values
        self.constants = constants or (0.0,)
        self.outside = outside or (lambda means: (0.0,) * len(quantities))
        self.wave_function = wave_function
        self.system = system
        refuse_wrong_functions(self)

    def arguments(self) -> tuple[Any, ...]:
        """The tuple o handed to the kernel."""
        if self.wave_function is None:
            return self.constants
        return self.wave_function.arguments(), self.constants


def listed(observables: Any) -> tuple[Observable, ...]:
    """The observables of a script.

    Raises
    ------
    TypeError
        for an observable without a list around it, and for what is none, a function say.
    """
    if isinstance(observables, Observable) or not isinstance(observables, Iterable):
        raise TypeError(f"observables = {observables!r}: expected a list of observables, [moments(system)] say")
    found = tuple(observables)
    for position, observable in enumerate(found):
        if not isinstance(observable, Observable):
            raise TypeError(
                f"observables[{position}] = {observable!r}: expected an Observable; of a function (c, x) it is "
                "configuration_average(name, function, system)"
            )
    return found


def length_unit(energy_unit: str) -> str:
    """Name of the unit of length; empty where the unit of energy has no well-known partner."""
    return LENGTH_UNITS.get(energy_unit, "")


def power(unit: str, exponent: int) -> str:
    """A power of a unit as it stands in files: 'bohr^-2'; empty for a unit without a name."""
    return unit if exponent == 1 or not unit else f"{unit}^{exponent}"
