"""Parameters in one flat vector that other objects may hold a piece of."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np


def address(array: np.ndarray) -> int:
    """Where the first number of an array lies."""
    return int(array.__array_interface__["data"][0])


class Parametrised:
    """Something with parameters ``theta``, in memory of its own or in a piece of a larger vector.

    An assignment writes into that memory: kernels are handed views of it, as are the parts of a product.
    """

    _theta: np.ndarray

    @property
    def theta(self) -> np.ndarray:
        """The parameters, in place, (n_params,).

        Raises
        ------
        ValueError
            on an assignment of another shape, or of values that are not finite.
        """
        return self._theta

    @theta.setter
    def theta(self, values: np.ndarray) -> None:
        given = np.asarray(values, dtype=np.float64)
        if not np.isfinite(given).all():
            raise ValueError("theta holds values that are not finite")
        if "_theta" not in self.__dict__:
            self._theta = np.array(given, order="C")
            return
        if given.shape != self._theta.shape:
            raise ValueError(f"theta has shape {given.shape}, the parameters need {self._theta.shape}")
        self._theta[:] = given

    def attach(self, theta: np.ndarray) -> None:
        """Move the parameters into `theta`, a contiguous piece of a larger vector, keeping their values."""
        theta[:] = self._theta
        self._theta = theta

    def __copy__(self) -> Any:
        """A copy with parameters of its own: those of a part can lie in one place only."""
        return copy.deepcopy(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Parts of a copy were copied apart: their parameters come into the whole vector again."""
        self.__dict__.update(state)
        self.attach(self._theta.copy())
