"""A sequential procedure on the root that needs all ranks for its function values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmc.parallel.communicators import Communicator

Evaluate = Callable[[np.ndarray], np.ndarray]


def drive_from_root(
    communicator: Communicator, n: int, evaluate: Evaluate, procedure: Callable[[Evaluate], np.ndarray]
) -> np.ndarray:
    """Run ``procedure(evaluate)`` on the root, where each call of `evaluate` is made by all ranks together.

    Only the root decides when to stop, so ranks on unequal processors cannot disagree about it.

    Parameters
    ----------
    n : length of the vectors that are evaluated, and of the procedure's result.
    evaluate : collective function of a float64 vector (n,).
    procedure : sequential code, run on the root alone; an exception in it ends the job on all ranks.

    Returns
    -------
    What the procedure returned, a float64 vector (n,), on every rank.
    """
    if communicator.size == 1:
        return procedure(evaluate)
    message = np.empty(1 + n)  # whether this is the end, and a vector
    if communicator.is_root:

        def tell(end: float, x: np.ndarray) -> None:
            message[0], message[1:] = end, x
            communicator.fill_from_root(message)

        def call(x: np.ndarray) -> np.ndarray:
            tell(0.0, x)
            return evaluate(x)

        result = procedure(call)
        tell(1.0, result)
        return result
    while True:
        communicator.fill_from_root(message)
        if message[0] == 1.0:
            return message[1:].copy()
        evaluate(message[1:].copy())
