"""The same chains through other people's programs: arviz-stats and emcee.

Definitions differ in known ways. All three use tau = 1 + 2 sum rho_t in draws. emcee sums up to and with the
first lag M >= 5 tau(M), as samplers.diagnostics does, but counts that lag in full, does not correct the bias
of an estimated mean, and averages the normalised functions of several chains, not the covariances; it has
nothing between chains. arviz-stats takes Geyer's sequence on split chains, so its standard error of the mean
needs no blocks.
"""

import emcee
import numpy as np
import pytest
from arviz_stats.base import array_stats

from samplers.diagnostics import autocorrelation_function, autocorrelation_time, ess
from tests.statistics.test_blocking import ar1
from tests.statistics.test_summary import half_means
from vmc.statistics import blocking, jackknife, split_r_hat_from_means, summarise


@pytest.mark.parametrize("rho", [0.5, 0.9, 0.98])
def test_tau_is_that_of_emcee(rho):
    """To rounding, once the two differences are undone; as they stand to 3 %."""
    chain = ar1(np.random.default_rng(70), rho, 1, round(1000 * (1 + rho) / (1 - rho)))[0]
    theirs = float(emcee.autocorr.integrated_time(chain, c=5)[0])
    correlation = emcee.autocorr.function_1d(chain)
    np.testing.assert_allclose(autocorrelation_function(chain)[:100], correlation[:100], atol=1e-10)
    window = emcee.autocorr.auto_window(2.0 * np.cumsum(correlation) - 1.0, 5)
    ours = autocorrelation_time(chain)
    assert ours == pytest.approx((theirs - correlation[window]) * (1 + (2 * window + 1) / len(chain)), rel=1e-9)
    assert ours == pytest.approx(theirs, rel=0.03)


def test_tau_of_several_chains_is_that_of_emcee():
    """8 chains of 500 autocorrelation times: 3 %, of which the differences of definition make 1 to 2."""
    chains = ar1(np.random.default_rng(71), 0.9, 8, 9500)
    theirs = float(emcee.autocorr.integrated_time(chains.T, c=5, has_walkers=False).mean())
    walkers = float(emcee.autocorr.integrated_time(chains.T[:, :, None], c=5)[0])
    assert autocorrelation_time(chains) == pytest.approx(walkers, rel=0.03)
    assert autocorrelation_time(chains) == pytest.approx(theirs, rel=0.05)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_standard_error_is_that_of_arviz(rho):
    """Mean over 40 sets of 4 chains of 500 tau each: blocking, jackknife and summary within 5 % (3 sigma: each
    blocking error scatters by 10 %). The error of independent draws must not agree for rho > 0."""
    tau = (1.0 + rho) / (1.0 - rho)
    rng = np.random.default_rng(72)
    ratios = []
    for _ in range(40):
        chains = ar1(rng, rho, 4, round(500 * tau))
        theirs = float(array_stats.mcse(chains, method="mean"))
        mean = chains.mean(axis=0)
        n = chains.size
        summary, _ = summarise(mean, chains.mean(axis=1), half_means(chains), float(chains.var()), n)
        naive = chains.std() / np.sqrt(n)
        found = (blocking(chains).standard_error, jackknife(mean).standard_error, summary.error, naive)
        ratios.append(np.array(found) / theirs)
    blocked, knifed, summarised, naive = np.mean(ratios, axis=0)
    assert blocked == pytest.approx(1.0, abs=0.05)
    assert knifed == pytest.approx(1.0, abs=0.05)
    assert summarised == pytest.approx(1.0, abs=0.06)  # widened by Student's t
    assert (abs(naive - 1.0) < 0.05) == (rho == 0.0)


@pytest.mark.parametrize("shift", [0.0, 0.3])
def test_r_hat_from_half_means_is_that_of_arviz(shift):
    """Plain split R-hat, to rounding."""
    chains = ar1(np.random.default_rng(73), 0.9, 6, 1000)
    chains[0] += shift
    ours = split_r_hat_from_means(half_means(chains), float(chains.var()), chains.size)
    assert ours == pytest.approx(float(array_stats.rhat(chains, method="split")), rel=1e-12)


def test_effective_sample_size_is_that_of_arviz_and_emcee():
    """4 chains of 500 autocorrelation times: arviz, same estimator, 0.5 %; emcee, another sequence, 5 %."""
    chains = ar1(np.random.default_rng(74), 0.9, 4, 9500)
    assert ess(chains) == pytest.approx(float(array_stats.ess(chains, method="mean")), rel=0.005)
    tau = float(emcee.autocorr.integrated_time(chains.T[:, :, None], c=5)[0])
    assert ess(chains) == pytest.approx(chains.size / tau, rel=0.05)
