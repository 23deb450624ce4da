"""From the averages a run keeps to an estimate and a verdict."""

from collections.abc import Mapping
from dataclasses import replace
from math import isnan, nan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vmc.statistics.block_averages import MINIMUM_LENGTH, blocking
from vmc.statistics.choice import choose_error
from vmc.statistics.diagnostics import Diagnostics
from vmc.statistics.drift import series_drift
from vmc.statistics.estimate import Estimate
from vmc.statistics.judge import Verdict, verdict
from vmc.statistics.walkers import MINIMUM_WALKERS, between_walkers, split_r_hat_from_means, walker_drift

ZERO_VARIANCE = 1e-10  # standard deviation relative to the value: rounding in an eigenstate's local energy


def _check_rows(series: ArrayLike) -> NDArray[np.float64]:
    """Return a finite series with at least one row."""
    rows = np.asarray(series, dtype=np.float64)
    if rows.ndim != 1 or len(rows) == 0:
        raise ValueError(f"series: expected shape (n_rows,) with at least one row, got {rows.shape}")
    n_bad = int(np.count_nonzero(~np.isfinite(rows)))
    if n_bad:
        raise ValueError(f"series: expected finite values, got {n_bad} that are NaN or infinite")
    return rows


def _sample_moments(rows: NDArray[np.float64], variance: float | None, n_samples: int | None) -> tuple[float, int]:
    """Return variance and number of samples; rows are the samples when neither is given."""
    if (variance is None) != (n_samples is None):
        raise ValueError("variance, n_samples: expected both or neither")
    if variance is None or n_samples is None:
        return (float((rows - rows[0]).var(ddof=1)) if len(rows) > 1 else nan), len(rows)
    if not (np.isfinite(variance) and variance >= 0.0):
        raise ValueError(f"variance: expected a finite number that is not negative, got {variance}")
    if n_samples < len(rows):
        raise ValueError(f"n_samples: expected at least one for each of {len(rows)} rows, got {n_samples}")
    return float(variance), int(n_samples)


def drift(rows: NDArray[np.float64], half_means: ArrayLike | None, scale: float = 0.0) -> float:
    """Return the drift in sigmas, from walkers where there are enough of them to tell.

    Rows that scatter by rounding, of their mean or of ``scale``, as the kinetic energy of plane waves does, have none.
    """
    if rows.std() <= ZERO_VARIANCE * max(abs(float(rows.mean())), scale):
        return 0.0
    if half_means is not None and len(np.asarray(half_means)) >= MINIMUM_WALKERS:
        return walker_drift(half_means)
    return series_drift(rows)


def _largest(drifts: Mapping[str, float]) -> dict[str, Any]:
    """Return the part that drifts most and its drift, as `Diagnostics` calls them; nothing where none is known."""
    known = {name: sigmas for name, sigmas in drifts.items() if not isnan(sigmas)}
    if not known:
        return {}
    name = max(known, key=lambda name: abs(known[name]))
    return {"drifting_part": name, "drift_of_part": known[name]}


def _n_over_tau(rows: NDArray[np.float64], ess: float, n_walkers: int) -> float:
    """Return the length of the run in autocorrelation times: per walker, else of the series itself."""
    if n_walkers:
        return ess / n_walkers
    tau = blocking(rows).autocorrelation_time if len(rows) >= MINIMUM_LENGTH else nan
    return len(rows) / tau if tau > 0.0 else nan  # zero: rows that take turns, of which blocks tell nothing


def summarise(
    series: ArrayLike,
    walker_means: ArrayLike | None = None,
    half_means: ArrayLike | None = None,
    variance: float | None = None,
    n_samples: int | None = None,
    n_nonfinite: int = 0,
    variance_error: float = nan,
    drifts_of_parts: Mapping[str, float] | None = None,
    negligible_deviation: float = 0.0,
    unit: str = "",
    **noticed: Any,
) -> tuple[Estimate, Verdict]:
    """Return the estimate of a mean and the verdict on its error bar.

    ``series (n_rows,)``: means over all walkers of consecutive, equally long stretches of sweeps.
    ``walker_means (n_walkers,)``, ``half_means (n_walkers, 2)``: of each walker over the whole run and
    over its halves. ``variance``, ``n_samples``: of the finite single samples, all walkers together;
    without them the rows are taken for the samples. ``n_nonfinite``: samples left out of everything else.
    ``variance_error``: where it is known. ``drifts_of_parts``: the `drift` of other averages of the same run by name,
    which may see walkers on their way where this mean does not. ``noticed``: what else is known of the run, as
    `Diagnostics` has it.

    The error is that of blocking or that of the scatter of walkers, see `choose_error`. The
    autocorrelation time ``tau = standard_error^2 * n_samples / variance`` is in the steps between samples
    of one walker, however long the rows are, since it compares with the variance of single samples.

    Zero variance (standard deviation below 1e-10 of the value, or up to ``negligible_deviation``, which the digits of
    derivatives explain): the error is that standard deviation, since neither rounding nor the bias of differences
    averages out, and tau is 1 by convention. Without enough rows or walkers the
    error is NaN. Raises `ValueError` for wrong shapes and for values that are not finite.
    """
    rows = _check_rows(series)
    variance, n_samples = _sample_moments(rows, variance, n_samples)
    value = float(rows[0] + (rows - rows[0]).mean())
    deviation = variance**0.5
    seen = Diagnostics(
        deviation,
        len(rows),
        n_samples=n_samples,
        n_nonfinite=n_nonfinite,
        variance=variance,
        variance_error=variance_error,
        **_largest(drifts_of_parts or {}),
        **noticed,
    )
    is_zero = deviation <= ZERO_VARIANCE * abs(value)
    if is_zero or deviation <= negligible_deviation:
        estimate = Estimate(value, deviation, variance, n_samples, 1.0, float(n_samples), 1.0, unit, variance_error)
        return estimate, verdict(replace(seen, zero_variance=is_zero, negligible_variance=not is_zero))
    blocked = blocking(rows) if len(rows) >= MINIMUM_LENGTH else None
    n_walkers = 0 if walker_means is None else len(np.asarray(walker_means))
    between = between_walkers(walker_means) if walker_means is not None and n_walkers > 1 else None
    choice = choose_error(blocked, between)
    ess = variance / choice.standard_error**2 if choice.standard_error > 0.0 else nan
    r_hat = nan if half_means is None else split_r_hat_from_means(half_means, variance, n_samples)
    seen = replace(
        seen,
        error=choice.error,
        error_source=choice.source,
        n_over_tau=_n_over_tau(rows, ess, n_walkers),
        plateau_reached=blocked is not None and blocked.plateau_reached,
        n_walkers=n_walkers,
        r_hat=r_hat,
        drift=drift(rows, half_means),
        error_ratio=choice.ratio,
        error_ratio_probability=choice.probability,
    )
    estimate = Estimate(value, choice.error, variance, n_samples, n_samples / ess, ess, r_hat, unit, variance_error)
    return estimate, verdict(seen)
