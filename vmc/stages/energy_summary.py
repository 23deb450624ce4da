"""What an evaluation tells: the energy and all that was measured with it, and whether its error bar can be believed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from vmc.measuring.estimators import energy_scale
from vmc.observables.measured import Measured
from vmc.statistics import Estimate, Verdict, format_value


@dataclass(frozen=True, repr=False)
class EnergySummary:
    """Energy, its components and the observables as estimates, and the verdict on the energy's error bar.

    Attributes
    ----------
    components, virial_ratio : variance, n_samples and ess of a component are of the series of means over the walkers,
        and not to be compared with the energy's; errors are NaN where no walker moved.
    virial_ratio : 2 <T> / sum_t k_t <V_t>, NaN where a term of the potential has no degree.
    acceptance, n_nonfinite : of the whole run.
    n_measurements : of each walker, in the whole run.
    equilibration : how many of them were left out of all estimates, at the start.
    target_reached : whether the error is the wanted one and can be believed; None where none was wanted.
    observables : by name, of the whole run, what was left out of the energy among it.
    walker_means : mean local energy of each walker that has finite ones, (n_walkers,); None without a measurement
        that is not left out.
    half_means : of either half of its path, (n_walkers, 2); None in a short run.
    walker_means_of_parts : mean of each component of each of these walkers, (n_walkers,) by name.
    """

    energy: Estimate
    verdict: Verdict
    components: dict[str, Estimate]
    virial_ratio: Estimate
    acceptance: float
    n_nonfinite: int
    n_measurements: int
    equilibration: int
    target_reached: bool | None
    observables: dict[str, Measured] = field(default_factory=dict)
    walker_means: np.ndarray | None = None
    half_means: np.ndarray | None = None
    walker_means_of_parts: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def scale(self) -> float:
        """What changes of the energy are measured by, see :func:`vmc.measuring.estimators.energy_scale`."""
        kinetic = next((part.value for part in self.components.values()), 0.0)
        return energy_scale(kinetic, self.energy.variance)

    def energy_lines(self) -> list[str]:
        """The energy, and what its local energies are like, a line each."""
        energy = self.energy
        return [
            f"energy      {energy}",
            f"variance    {format_value(energy.variance, energy.variance_error)}   "
            f"autocorrelation time {energy.autocorrelation_time:.2f}   acceptance {self.acceptance:.3f}",
        ]

    def __str__(self) -> str:
        parts = [f"{name:<12}{estimate}" for name, estimate in self.components.items()]
        return "\n".join([*self.energy_lines(), *parts, f"verdict     {self.verdict.line}"])

    __repr__ = __str__  # arrays of all walkers are nothing to read
