"""What a verdict is based on."""

from dataclasses import dataclass
from math import nan

from vmc.statistics.walkers import MINIMUM_WALKERS

# Autocorrelation times in a series. At 200 the error is known to 15 %; a shorter series does not show its
# slow modes, so that tau itself is doubtful.
MINIMUM_LENGTH_IN_TAU = 200.0
# The same for one of many walkers, whose scatter needs no time series; leaves ten tau in each half for the
# drift test, and bounds what slow modes can hide.
MINIMUM_WALKER_LENGTH_IN_TAU = 20.0
UNSEEN_LIMIT = 6.0  # errors; ten samples of a pair of their own, as many as are expected, make it about three


@dataclass(frozen=True)
class Diagnostics:
    """What a verdict is based on; NaN means not measured.

    ``n_over_tau`` is per walker. ``error_ratio`` is the error between walkers over the blocking error, and
    ``error_ratio_probability`` how likely so unequal a pair is by chance. ``n_nonfinite`` samples are missing
    from all averages. ``n_standing`` walkers stood still for long, see `standing_walkers`. ``error_source``:
    'blocking', or 'walkers' for the scatter between them; empty where there is neither. ``drifting_part`` is the other
    average of the run that drifts most, by ``drift_of_part`` sigmas, and ``slow_part`` one of which a walker is at most
    ``length_of_slow_part`` autocorrelation times long. ``derivative_noise`` is the standard deviation of local energies
    that comes of rounding in numerical derivatives. ``unseen_energy`` is what pairs, or ``unseen_together``
    particles, add that are closer than ``unseen_distance``, where hardly a sample is expected; NaN for no more than
    rounding. ``infinite_variance`` says where psi and the potential make the variance infinite; empty for nowhere.
    """

    error: float
    n_rows: int
    n_over_tau: float = nan
    plateau_reached: bool = False
    n_walkers: int = 0
    r_hat: float = nan
    drift: float = nan
    error_ratio: float = nan
    error_ratio_probability: float = nan
    n_samples: int = 0
    n_nonfinite: int = 0
    n_standing: int = 0
    variance: float = nan
    variance_error: float = nan
    zero_variance: bool = False
    negligible_variance: bool = False
    error_source: str = ""
    drifting_part: str = ""
    drift_of_part: float = nan
    slow_part: str = ""
    length_of_slow_part: float = nan
    derivative_noise: float = nan
    unseen_energy: float = nan
    unseen_distance: float = nan
    unseen_together: int = 2
    infinite_variance: str = ""

    @property
    def many_walkers(self) -> bool:
        """Tell whether the scatter of walkers can carry the error bar alone."""
        return self.n_walkers >= MINIMUM_WALKERS

    @property
    def needed_n_over_tau(self) -> float:
        """Return how long a walker must be, in autocorrelation times."""
        return MINIMUM_WALKER_LENGTH_IN_TAU if self.many_walkers else MINIMUM_LENGTH_IN_TAU

    @property
    def is_eigenstate(self) -> bool:
        """Tell whether all local energies are the same but for what computing them does."""
        return self.no_variance and not self.contact_unseen

    @property
    def no_variance(self) -> bool:
        """Tell whether the local energies of the samples are the same but for what computing them does."""
        return self.zero_variance or self.negligible_variance

    @property
    def contact_unseen(self) -> bool:
        """Tell whether pairs closer than samples come matter to the energy."""
        return abs(self.unseen_energy) > UNSEEN_LIMIT * self.error

    @property
    def nonfinite_share(self) -> float:
        """Return the share of all samples that was not finite."""
        return self.n_nonfinite / max(self.n_samples + self.n_nonfinite, 1)
