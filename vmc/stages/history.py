"""The record of an optimisation: one row per iteration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vmc.measuring.estimators import EnergyMoments

#: Columns before the energy components.
COLUMNS = ("energy", "error", "variance", "acceptance", "n_nonfinite", "gradient_norm", "update_norm", "step")
#: Parameters are recorded iteration by iteration up to this number of them.
MAX_TRACED_PARAMETERS = 256


def rolled_back(iterations: Mapping[str, np.ndarray]) -> np.ndarray:
    """Which iterations were taken back, (n_iterations,): no update followed."""
    return np.isnan(iterations["update_norm"])


class History:
    """Rows of energies, diagnostics, parameters and wall times.

    Attributes
    ----------
    rows : (n_iterations, len(COLUMNS) + n_components).
    parameters : theta at which each row was measured, (n_iterations, n_params or 0).
    seconds : wall time of each iteration; the one thing here that differs between two equal runs.
    """

    def __init__(self, components: tuple[str, ...], n_params: int) -> None:
        self.columns = (*COLUMNS, *components)
        self.n_traced = n_params if n_params <= MAX_TRACED_PARAMETERS else 0
        self.rows = np.empty((0, len(self.columns)))
        self.parameters = np.empty((0, self.n_traced))
        self.seconds = np.empty(0)

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
        self.rows = np.vstack([self.rows, row])
        self.parameters = np.vstack([self.parameters, theta[: self.n_traced]])
        self.seconds = np.append(self.seconds, seconds)

    def column(self, name: str) -> np.ndarray:
        """One column by name, (n_iterations,); KeyError for one there is not."""
        if name not in self.columns:
            raise KeyError(f"column {name!r}: expected one of {', '.join(self.columns)}")
        return self.rows[:, self.columns.index(name)]
