"""How time grows with the number of particles and of parameters: python benchmarks/scaling.py."""

from __future__ import annotations

import clock
import numpy as np

from hamiltonians.interactions import coulomb, hard_sphere
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.random import stream_states
from samplers.metropolis import BlockMetropolis
from vmc.measuring.ensemble import Ensemble
from vmc.measuring.measurement import Measurement
from vmc.optimizers.stochastic_reconfiguration import StochasticReconfiguration
from vmc.parallel import Partition, communicator
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import HardCore
from wavefunctions.product import Product
from wavefunctions.rbm import RBM

PARTICLES = (10, 20, 50, 100, 200, 500)
HIDDEN = (4, 16, 64, 256, 1024)
WALKERS = 16
SOLVER_SAMPLES, SOLVER_BLOCKS = 4096, 16


def fitted_exponent(x: list[float], y: list[float]) -> float:
    """Slope of log y against log x over the largest three points."""
    return float(np.polyfit(np.log(x[-3:]), np.log(y[-3:]), 1)[0])


def particles() -> dict:
    """Sweep of one-particle moves plus one local energy of hard spheres in a trap, per walker."""
    seconds = []
    for n in PARTICLES:
        system = System(n, 3)
        psi = Product(Gaussian(system), HardCore(system, 0.0043))
        measurement = Measurement(psi, HarmonicTrap(system, interaction=hard_sphere(0.0043)), BlockMetropolis(3, 1.0))
        X = np.random.default_rng(1).normal(size=(WALKERS, system.n_coordinates))
        states, options = stream_states(2, 0, WALKERS), measurement.move.options()
        samples = max(1, 20_000 // n**2)

        def call(measurement=measurement, X=X, states=states, options=options, samples=samples):
            return measurement.measure(X, states, options, samples)

        seconds.append(clock.seconds_per_call(call) / (samples * WALKERS))
    return {"n": PARTICLES, "seconds": seconds, "exponent": fitted_exponent(list(PARTICLES), seconds)}


def parameters() -> dict:
    """Full sample (sweep, local energy, row of O) of an RBM for two electrons in the plane, per walker."""
    system = System(2, 2)
    hamiltonian = HarmonicTrap(system, interaction=coulomb())
    n_params, seconds = [], []
    for n_hidden in HIDDEN:
        psi = RBM(system, n_hidden)
        measurement = Measurement(psi, hamiltonian, BlockMetropolis(2, 1.0))
        X = np.random.default_rng(1).normal(size=(WALKERS, 4))
        states, options = stream_states(2, 0, WALKERS), measurement.move.options()
        samples = max(1, 20_000 // n_hidden)

        def call(measurement=measurement, X=X, states=states, options=options, samples=samples):
            return measurement.measure(X, states, options, samples, moments=True)

        n_params.append(psi.n_params)
        seconds.append(clock.seconds_per_call(call) / (samples * WALKERS))
    return {"n": n_params, "seconds": seconds, "exponent": fitted_exponent(n_params, seconds)}


def solvers() -> list[dict]:
    """An iteration's sample and solution of stochastic reconfiguration: S formed, or only applied."""
    rows = []
    system = System(2, 2)
    hamiltonian = HarmonicTrap(system, interaction=coulomb())
    for n_hidden in (16, 64, 256):
        psi = RBM(system, n_hidden)
        measurement = Measurement(psi, hamiltonian, BlockMetropolis(2, 1.0))
        partition = Partition(SOLVER_SAMPLES, SOLVER_BLOCKS, 0, 1)
        ensemble = Ensemble(measurement, communicator(), partition, 1)
        ensemble.advance(50)
        ensemble.follow(ensemble.energies(1, 1))
        times = {}
        for solver in ("cholesky", "cg"):
            metric = StochasticReconfiguration(diagonal_shift=1e-3, solver=solver)
            times[solver] = clock.seconds_per_call(
                lambda metric=metric, ensemble=ensemble: metric.direction(ensemble, 1, 1, {}), 2.0, 3
            )
        rows.append({"n_params": psi.n_params, "samples": SOLVER_SAMPLES, **times})
    return rows


def main() -> None:
    """Measure everything."""
    clock.keep("scaling", {"particles": particles(), "parameters": parameters(), "solvers": solvers()})


if __name__ == "__main__":
    main()
