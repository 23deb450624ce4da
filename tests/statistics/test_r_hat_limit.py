"""The limit of R-hat in the verdict: how often sound runs of few walkers exceed it."""

import numpy as np
import pytest

from tests.statistics.test_summary import ar1, half_means
from vmc.statistics import Diagnostics, split_r_hat_from_means, verdict
from vmc.statistics.judge import R_HAT_LIMIT

N_RUNS = 1500


@pytest.mark.parametrize("n_walkers", [1, 2, 4])
def test_false_alarms_of_few_walkers(n_walkers):
    """1 in 1000 runs of 200 tau: more than 8 of 1500 has p < 2e-4.  The control: above 1.01 are 2 % at least."""
    rho, tau = 0.5, 3.0
    samples = ar1(np.random.default_rng(41), N_RUNS * n_walkers, round(200 * tau), rho)
    r_hats = [
        split_r_hat_from_means(half_means(run), float(run.var()), run.size)
        for run in samples.reshape(N_RUNS, n_walkers, -1)
    ]
    seen = [
        Diagnostics(0.1, 600, n_over_tau=200.0, plateau_reached=True, n_walkers=n_walkers, r_hat=r_hat)
        for r_hat in r_hats
    ]
    alarms = sum(any("R-hat" in reason for reason in verdict(one).reasons) for one in seen)
    assert alarms <= 8
    assert sum(r_hat > R_HAT_LIMIT for r_hat in r_hats) > 0.02 * N_RUNS


def test_long_runs_have_the_limit_of_the_books():
    seen = Diagnostics(0.1, 4000, n_over_tau=1000.0, plateau_reached=True, n_walkers=4, r_hat=1.0101)
    assert verdict(seen).reasons == ["split R-hat 1.010 (limit 1.01)"]
