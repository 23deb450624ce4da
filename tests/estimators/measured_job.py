"""A small job whose numbers are printed: started with and without the compiler by test_measuring_loop.py."""

import json
import sys

import numpy as np

from numerics.random import stream_states
from samplers.langevin import Langevin
from samplers.metropolis import BlockMetropolis, Metropolis
from tests.contracts import jobs
from vmc.measuring.measurement import Measurement

MOVES = {"metropolis": Metropolis(0.7), "block_metropolis": BlockMetropolis(2, 1.1), "langevin": Langevin(2, 0.4)}


def measured(name):
    """Two tiles, the second not full; energies, sums of moments and O, walkers, streams, accepted moves."""
    wave_function, dot = jobs.dot()
    measurement = Measurement(wave_function, dot, MOVES[name])
    X = np.random.default_rng(1).normal(size=(11, 4))
    states = stream_states(5, 0, 11)
    options = measurement.move.options()
    accepted = measurement.advance(X, states, options, 3)
    first = measurement.measure(X, states, options, 4, 2, 3.0, moments=True)
    second = measurement.measure(X, states, options, 2, 1, O=np.empty((wave_function.n_params, 22)))
    return {
        "accepted": [accepted, first.n_accepted, second.n_accepted],
        "states": states.tolist(),
        "X": X.tolist(),
        "energies": [first.energies.tolist(), second.energies.tolist()],
        "moments": first.moments.tolist(),
        "O": second.O.tolist(),
    }


if __name__ == "__main__":
    json.dump({name: measured(name) for name in sys.argv[1:]}, sys.stdout)
