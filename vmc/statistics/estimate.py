"""A measured number with everything needed to judge it."""

from dataclasses import asdict, dataclass
from math import isfinite, nan
from typing import Any

from vmc.statistics.formatting import format_value


def json_fields(record: Any) -> dict[str, Any]:
    """Return the fields of a dataclass for JSON, which has no NaN or infinity: those become None."""
    return {
        key: None if isinstance(item, float) and not isfinite(item) else item for key, item in asdict(record).items()
    }


@dataclass(frozen=True)
class Estimate:
    """Mean of an observable with its error; prints as ``3.0000(12) hartree``.

    ``error``: half width of the 68.27 % interval of the mean, corrected for autocorrelation, widened by
    Student's t. ``variance``: of the observable over samples (of one local energy; it is not error
    squared), ``variance_error`` its own 68.27 % half width. ``n_samples``: finite samples, all walkers
    together. ``autocorrelation_time``: 1 + 2 sum(rho), in the steps that separate two samples of one walker.
    ``ess``: n_samples / autocorrelation_time. NaN where unknown.
    """

    value: float
    error: float
    variance: float = nan
    n_samples: int = 0
    autocorrelation_time: float = nan
    ess: float = nan
    r_hat: float = nan
    unit: str = ""
    variance_error: float = nan

    def __str__(self) -> str:
        return format_value(self.value, self.error, self.unit)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON, with None for what is not known."""
        return json_fields(self)
