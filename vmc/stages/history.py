"""The record of an optimisation: one row per iteration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vmc.measuring.estimators import EnergyMoments
from vmc.stages.growing import Growing

#: Columns before the energy components.
COLUMNS = ("energy", "error", "variance", "acceptance", "n_nonfinite", "gradient_norm", "update_norm", "step")
#: Parameters are recorded iteration by iteration up to this number of them.
MAX_TRACED_PARAMETERS = 256


def rolled_back(iterations: Mapping[str, np.ndarray]) -> np.ndarray:
    """Which iterations were taken back, (n_iterations,): no update followed."""
    return np.isnan(iterations["update_norm"])


class History:
    """Rows of energies, diagnostics, parameters and wall times."""

    def __init__(self, components: tuple[str, ...], n_params: int) -> None:
        self.columns = (*COLUMNS, *components)
        self.n_traced = n_params if n_params <= MAX_TRACED_PARAMETERS else 0
        self._rows = Growing(np.empty((0, len(self.columns))))
        self._parameters = Growing(np.empty((0, self.n_traced)))
        self._seconds = Growing(np.empty(0))

    @property
    def rows(self) -> np.ndarray:
        """One row per iteration, (n_iterations, len(columns))."""
        return self._rows.array

    @property
    def parameters(self) -> np.ndarray:
        """Theta at which each row was measured, (n_iterations, n_params), or (n_iterations, 0) where not traced."""
        return self._parameters.array

    @property
    def seconds(self) -> np.ndarray:
        """Wall time of each iteration, (n_iterations,); the one thing here that differs between two equal runs."""
        return self._seconds.array

    def restore(self, rows: np.ndarray, parameters: np.ndarray, seconds: np.ndarray) -> None:
        """Put an earlier record in the place of this one."""
        self._rows, self._parameters, self._seconds = map(Growing, (rows, parameters, seconds))

    def add(
        self,
        energies: EnergyMoments,
        gradient_norm: float,
        update_norm: float,
        step: float,
        theta: np.ndarray,
        seconds: float,
    ) -> None:
        """Append the row of one iteration."""
        row = [
            energies.energy,
            energies.error,
            energies.variance,
            energies.acceptance,
            energies.n_nonfinite,
            gradient_norm,
            update_norm,
            step,
            *energies.components,
        ]
        self._rows.add(np.array([row]))
        self._parameters.add(theta[None, : self.n_traced])
        self._seconds.add(np.array([seconds]))

    def column(self, name: str) -> np.ndarray:
        """One column by name, (n_iterations,); KeyError for one there is not."""
        if name not in self.columns:
            raise KeyError(f"column {name!r}: expected one of {', '.join(self.columns)}")
        return self.rows[:, self.columns.index(name)]
