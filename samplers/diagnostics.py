"""Convergence diagnostics of Markov chains: autocorrelation, effective sample size, split R-hat.

Chains are arrays ``(n_chains, n_draws)``; a one-dimensional array is one chain. All functions raise
`ValueError` for a wrong shape, fewer than `MINIMUM_DRAWS` draws or a value that is not finite, since a
diagnostic of such a chain would look like a number and mean nothing.

Convention: the autocorrelation time is ``tau = 1 + 2 sum_{t>=1} rho_t``, in draws, so that independent draws
have ``tau = 1`` and the error of the mean of n draws is ``sqrt(tau * variance / n)``.

A constant set of chains (spread within rounding of zero) has nothing to decorrelate: tau = 1, ess = number
of draws, R-hat = 1. Chains that are each constant but at different values have R-hat = infinity.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

MINIMUM_DRAWS = 4  # split into halves, a half still needs two draws for a variance
SOKAL_WINDOW = 5.0  # the sum stops at the first lag >= SOKAL_WINDOW * tau
MINIMUM_WINDOW = 10  # lags; an alternating chain (tau < 1) would otherwise stop inside its oscillation


def _as_chains(chains: ArrayLike) -> NDArray[np.float64]:
    """Return chains as a checked float array ``(n_chains, n_draws)``."""
    array = np.atleast_2d(np.asarray(chains, dtype=np.float64))
    if array.ndim != 2 or array.shape[0] == 0:
        raise ValueError(f"chains: expected an array (n_chains, n_draws), got shape {array.shape}")
    if array.shape[1] < MINIMUM_DRAWS:
        raise ValueError(f"chains: expected at least {MINIMUM_DRAWS} draws per chain, got {array.shape[1]}")
    n_bad = int(np.count_nonzero(~np.isfinite(array)))
    if n_bad:
        raise ValueError(f"chains: expected finite values, got {n_bad} that are NaN or infinite")
    return array


def _is_constant(array: NDArray[np.float64]) -> bool:
    """Tell whether all values agree to rounding."""
    return bool(np.ptp(array) <= 8 * np.finfo(np.float64).eps * np.max(np.abs(array)))


def _split(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut every chain into its first and last half; an odd middle draw is dropped."""
    half = array.shape[1] // 2
    return np.concatenate([array[:, :half], array[:, -half:]])


def autocorrelation_function(chains: ArrayLike) -> NDArray[np.float64]:
    """Return the normalised autocorrelation ``rho_t``, t = 0 ... n_draws - 1, averaged over the chains.

    ``rho_t = (C_t + B) / (C_0 + B)``, with C_t the autocovariance (divided by n_draws) of each chain about
    its own mean, averaged over chains, and B the variance between the chain means (Vehtari et al.,
    Bayesian Analysis 16, 667 (2021), eq. 10, up to 1/n_draws). B undoes the bias of subtracting estimated
    means, and chains that disagree show as correlations that never decay. A constant set of chains gives
    1, 0, 0, ...
    """
    array = _as_chains(chains)
    n_chains, n_draws = array.shape
    if _is_constant(array):
        return np.eye(1, n_draws)[0]
    means = array.mean(axis=1)
    size = 1 << (2 * n_draws - 1).bit_length()  # zero padding: no wrap-around
    spectrum = np.fft.rfft(array - means[:, None], size, axis=1)
    power = np.mean(spectrum.real**2 + spectrum.imag**2, axis=0)
    covariance = np.fft.irfft(power, size)[:n_draws] / n_draws
    if n_chains > 1:
        covariance = covariance + means.var(ddof=1)
    return covariance / covariance[0]


def _sokal(rho: NDArray[np.float64], mean_is_estimated: bool) -> float:
    """Sum up to the first lag M with ``M >= SOKAL_WINDOW * tau(M)``, which counts half (signs may alternate).

    A mean estimated from the same single chain lowers every lag; the factor ``1 + (2M+1)/n_draws`` undoes it
    (Wolff, Comput. Phys. Commun. 156, 143 (2004), eq. 49). Where no lag qualifies (a chain much shorter than
    its correlations) the partial sums fall back to zero at the far end whatever the truth, so the largest is
    returned: a lower bound, and never a silent zero.
    """
    tau = 2.0 * np.cumsum(rho) - 1.0
    lags = np.arange(len(rho))
    enough = (lags >= SOKAL_WINDOW * tau) & (lags >= min(MINIMUM_WINDOW, len(rho) - 1))
    if not enough.any():
        return float(tau.max())
    window = int(np.argmax(enough))
    return float(tau[window] - rho[window]) * (1.0 + (2 * window + 1) / len(rho) if mean_is_estimated else 1.0)


def _geyer(rho: NDArray[np.float64]) -> float:
    """Sum pairs ``rho_2k + rho_2k+1`` while positive, each made no larger than the one before."""
    n_pairs = len(rho) // 2
    pairs = rho[: 2 * n_pairs].reshape(n_pairs, 2).sum(axis=1)
    negative = np.flatnonzero(pairs <= 0.0)
    stop = int(negative[0]) if len(negative) else n_pairs
    tail = max(float(rho[2 * stop]), 0.0) if stop > 0 and 2 * stop < len(rho) else 0.0  # half of a last pair
    return float(2.0 * np.minimum.accumulate(pairs[:stop]).sum() - 1.0 + tail)


def autocorrelation_time(chains: ArrayLike, method: str = "sokal") -> float:
    """Return the integrated autocorrelation time ``tau = 1 + 2 sum_t rho_t`` in draws (1 if independent).

    ``method="sokal"``: self-consistent window M >= 5 tau(M) and at least 10 lags (Sokal, in "Functional
    Integration" (1997), p. 131; his tau is half of ours, so the window is the wide end of his advice).
    ``method="geyer"``: initial monotone sequence (Geyer, Statistical Science 7, 473 (1992)), for reversible
    chains. The result is positive; below n_draws/tau of about 50 both are biased low.
    """
    if method not in ("sokal", "geyer"):
        raise ValueError(f"method: expected 'sokal' or 'geyer', got {method!r}")
    array = _as_chains(chains)
    if _is_constant(array):
        return 1.0
    rho = autocorrelation_function(array)
    tau = _sokal(rho, mean_is_estimated=len(array) == 1) if method == "sokal" else _geyer(rho)
    # An alternating chain may sum to nothing or less, but its mean still errs by 1/n_draws.
    return max(tau, 1.0 / len(rho))


def ess(chains: ArrayLike) -> float:
    """Return the effective sample size ``n_chains * n_draws / tau`` for the mean.

    tau is Geyer's on split chains, so that drifting or disagreeing chains count as few draws (Vehtari et al.,
    Bayesian Analysis 16, 667 (2021), section 3.2). Anticorrelated draws may count as more than their number,
    up to ``size * log10(size)`` as in Stan, beyond which noise decides. A constant set of chains gives the
    number of draws.
    """
    array = _as_chains(chains)
    halves = _split(array)
    if halves.shape[1] < MINIMUM_DRAWS:
        raise ValueError(f"chains: expected at least {2 * MINIMUM_DRAWS} draws, got {array.shape[1]}")
    return min(array.size / autocorrelation_time(halves, "geyer"), array.size * float(np.log10(array.size)))


def _r_hat(array: NDArray[np.float64]) -> float:
    """Return ``sqrt(((n-1)/n W + B) / W)``; B is the variance of the chain means, W the mean variance."""
    if _is_constant(array):
        return 1.0
    n_draws = array.shape[1]
    within = float(array.var(axis=1, ddof=1).mean())
    between = float(array.mean(axis=1).var(ddof=1))
    if within <= 0.0:
        return float("inf")
    return float(np.sqrt((n_draws - 1) / n_draws + between / within))


def _normal_scores(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replace values by the normal quantiles of their ranks over all chains (Blom's 3/8 offset)."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.asarray(ndtri((rankdata(array).reshape(array.shape) - 0.375) / (array.size + 0.25)))


def split_r_hat(chains: ArrayLike, rank_normalised: bool = False) -> float:
    """Return R-hat over the half chains; close to 1 when all halves of all chains agree.

    Plain split R-hat as in Gelman et al., "Bayesian Data Analysis" (3rd ed., 2013), section 11.4; with
    ``rank_normalised`` the larger of the rank-normalised and the folded one (Vehtari et al., Bayesian
    Analysis 16, 667 (2021)), which also sees different widths and survives heavy tails. Independent chains
    are meant: coupled ones (ensemble moves) make it meaningless. For correlation time tau its size at
    equilibrium is about ``sqrt(1 + 2 tau / n_draws)``, so many short chains exceed 1.01 without fault.
    """
    halves = _split(_as_chains(chains))
    if not rank_normalised:
        return _r_hat(halves)
    folded = np.abs(halves - np.median(halves))
    return max(_r_hat(_normal_scores(halves)), _r_hat(_normal_scores(folded)))
