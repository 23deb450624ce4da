"""The whole state of a run as plain arrays and numbers, and back: what a checkpoint holds.

Walkers are stored in the order of their global numbers, so that a run may go on with another number of ranks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vmc.output.tree import Dataset, get_array
from vmc.stages.driver import Driver

#: Scalars of the driver's parts that a continuation needs.
_SAFEGUARD = ("damping", "strikes")


def take_snapshot(driver: Driver) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """(tree, attributes) on the root, None elsewhere.  Collective."""
    ensemble = driver.ensemble
    gather = ensemble.communicator.gather_rows
    X, states = gather(ensemble.X), gather(ensemble.states)
    walker_sums, block_sums = gather(driver.evaluation.walker_sums), driver.evaluation.all_block_sums()
    if X is None or states is None or walker_sums is None or block_sums is None:
        return None
    tree = {
        "theta": Dataset(driver.theta),
        "optimizer": {name: Dataset(array) for name, array in driver.optimizer_state.items()},
        "walkers": {"X": Dataset(X), "states": Dataset(states), "options": Dataset(ensemble.options)},
        "history": {
            "rows": Dataset(driver.history.rows),
            "parameters": Dataset(driver.history.parameters),
            "seconds": Dataset(driver.history.seconds),
        },
        "safeguard": {
            "good_theta": Dataset(driver.safeguard.good_theta),
            "good": Dataset(np.array(driver.safeguard.good)),
            "quiet_theta": Dataset(driver.safeguard.quiet_theta),
            "quiet": Dataset(np.array(driver.safeguard.quiet)),
        },
        "best": {"theta": Dataset(driver.best.theta)},
        "average": {"mean": Dataset(driver.average.mean)},
        "evaluation": {
            "series": Dataset(driver.evaluation.series),
            "moments": Dataset(driver.evaluation.moments),
            "totals": Dataset(driver.evaluation.totals),
            "walker_sums": Dataset(walker_sums),
            **({"block_sums": Dataset(block_sums)} if block_sums.size else {}),
        },
    }
    attributes: dict[str, Any] = {
        "phase": driver.phase,
        "position": driver.position,
        "reference": ensemble.reference,
        "n_tuned": driver.tuner.n_updates,
        "best_bound": driver.best.bound,
        "best_iteration": driver.best.iteration,
        "n_averaged": driver.average.count,
        "mean_taken": driver.mean_taken,
        **{name: getattr(driver.safeguard, name) for name in _SAFEGUARD},
    }
    return tree, attributes


def restore_snapshot(driver: Driver, tree: dict[str, Any], attributes: dict[str, Any]) -> None:
    """Put a run where it was; every rank passes the same tree.

    Raises
    ------
    ValueError, KeyError
        if an array is missing or has another shape than this run needs.
    """
    ensemble = driver.ensemble
    mine = ensemble.partition.walkers
    n_walkers = ensemble.partition.n_walkers
    n, P = ensemble.X.shape[1], driver.theta.size
    n_columns, n_series = len(driver.history.columns), driver.evaluation.series.shape[1]
    driver.theta[:] = get_array(tree, "theta", "<f8", (P,))
    for name, array in driver.optimizer_state.items():
        array[...] = get_array(tree, f"optimizer/{name}", array.dtype.str, array.shape)
    ensemble.X[:] = get_array(tree, "walkers/X", "<f8", (n_walkers, n))[mine]
    ensemble.states[:] = get_array(tree, "walkers/states", "<u8", (n_walkers, 4))[mine]
    ensemble.options[:] = get_array(tree, "walkers/options", "<f8", ensemble.options.shape)
    ensemble.reference = float(attributes["reference"])
    driver.history.restore(
        get_array(tree, "history/rows", "<f8", (None, n_columns)),
        get_array(tree, "history/parameters", "<f8", (None, driver.history.n_traced)),
        get_array(tree, "history/seconds", "<f8", (None,)),
    )
    driver.safeguard.good_theta[:] = get_array(tree, "safeguard/good_theta", "<f8", (P,))
    driver.safeguard.good = tuple(get_array(tree, "safeguard/good", "<f8", (4,)).tolist())
    driver.safeguard.quiet_theta[:] = get_array(tree, "safeguard/quiet_theta", "<f8", (P,))
    driver.safeguard.quiet = tuple(get_array(tree, "safeguard/quiet", "<f8", (4,)).tolist())
    for name in _SAFEGUARD:
        setattr(driver.safeguard, name, attributes[name])
    driver.best.theta[:] = get_array(tree, "best/theta", "<f8", (P,))
    driver.best.bound, driver.best.iteration = float(attributes["best_bound"]), int(attributes["best_iteration"])
    driver.average.mean[:] = get_array(tree, "average/mean", "<f8", (P,))
    driver.average.count = int(attributes["n_averaged"])
    driver.mean_taken = bool(attributes["mean_taken"])
    driver.evaluation.restore(
        get_array(tree, "evaluation/series", "<f8", (None, n_series)),
        get_array(tree, "evaluation/moments", "<f8", (None, 2)),
    )
    driver.evaluation.totals = get_array(tree, "evaluation/totals", "<f8", driver.evaluation.totals.shape)
    shape = (n_walkers, *driver.evaluation.walker_sums.shape[1:])
    driver.evaluation.walker_sums[:] = get_array(tree, "evaluation/walker_sums", "<f8", shape)[mine]
    shape = (ensemble.partition.n_blocks, *driver.evaluation.block_sums.shape[1:])
    if shape[-1] and attributes["phase"] in ("evaluate", "done"):  # before they are zero, and observables may change
        own = slice(ensemble.partition.blocks.start, ensemble.partition.blocks.stop)
        driver.evaluation.block_sums[:] = get_array(tree, "evaluation/block_sums", "<f8", shape)[own]
    driver.tuner.n_updates = int(attributes["n_tuned"])
    driver.phase = str(attributes["phase"])
    driver.position = int(attributes["position"])
