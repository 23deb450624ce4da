"""A sequential procedure on the root that needs all ranks for its function values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmc.parallel.communicators import Communicator

Evaluate = Callable[[np.ndarray], np.ndarray]


def drive_from_root(
    communicator: Communicator, evaluate: Evaluate, procedure: Callable[[Evaluate], np.ndarray]
) -> np.ndarray:
    """Run ``procedure(evaluate)`` on the root, where each call of `evaluate` is made by all ranks together.

    Only the root decides when to stop, so ranks on unequal processors cannot disagree about it.

    Parameters
    ----------
    evaluate : collective function of a float64 vector.
    procedure : sequential code, run on the root alone; an exception in it ends the job on all ranks.

    Returns
    -------
    What the procedure returned, a float64 vector, on every rank.
    """
    if communicator.size == 1:
        return procedure(evaluate)
    if communicator.is_root:

        def call(x: np.ndarray) -> np.ndarray:
            communicator.broadcast({"x": x})
            return evaluate(x)

        result = procedure(call)
        communicator.broadcast({"result": result})
        return result
    while True:
        message = communicator.broadcast(None)
        if "result" in message:
            return message["result"]
        evaluate(message["x"])
