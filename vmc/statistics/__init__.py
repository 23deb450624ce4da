"""Errors of correlated averages, and the judgement whether to believe them; numpy and scipy only."""

from vmc.statistics.block_averages import BlockingResult, BlockLevel, blocking
from vmc.statistics.diagnostics import Diagnostics
from vmc.statistics.drift import series_drift
from vmc.statistics.equilibration import equilibration_cut
from vmc.statistics.estimate import Estimate
from vmc.statistics.formatting import format_known, format_value
from vmc.statistics.judge import Verdict, verdict
from vmc.statistics.resampling import Resampled, bootstrap, jackknife
from vmc.statistics.summary import summarise
from vmc.statistics.walkers import (
    BetweenWalkers,
    between_walkers,
    refusal_of_a_quarter,
    split_r_hat_from_means,
    standing_walkers,
    walker_drift,
)

__all__ = [
    "BetweenWalkers",
    "BlockLevel",
    "BlockingResult",
    "Diagnostics",
    "Estimate",
    "Resampled",
    "Verdict",
    "between_walkers",
    "blocking",
    "bootstrap",
    "equilibration_cut",
    "format_known",
    "format_value",
    "jackknife",
    "refusal_of_a_quarter",
    "series_drift",
    "split_r_hat_from_means",
    "standing_walkers",
    "summarise",
    "verdict",
    "walker_drift",
]
