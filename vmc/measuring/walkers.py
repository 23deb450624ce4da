"""Where the walkers start."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from samplers.base import START_STREAM
from vmc.errors import UserError
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_values

#: Draws of a walker before the spread is doubled, and how often it is.
_ATTEMPTS, _DOUBLINGS = 100, 5
#: Standard deviation of starting coordinates of a mass of one, of all axes or of each; None in a cell.
Spread = float | tuple[float, ...] | None


def start_walkers(wave_function: WaveFunction, seed: int, first: int, n_walkers: int, spread: Spread) -> np.ndarray:
    """Configurations (n_walkers, N d) of the walkers first, first + 1, ..., each from its own random stream.

    Coordinates are normal with standard deviation `spread` / sqrt(mass), one for all axes or one for each; in a cell,
    where no spread is needed, particles start anywhere.  A walker that starts where psi vanishes (inside a hard core)
    is drawn again, all of it, a hundred times, then from twice the spread, and so on up to 32 times it.

    Raises
    ------
    UserError
        if psi vanishes at every one of these draws of a walker.
    """
    system = wave_function.system
    sequences = (np.random.SeedSequence(seed, spawn_key=(START_STREAM, first + w)) for w in range(n_walkers))
    generators = [np.random.default_rng(sequence) for sequence in sequences]
    X = np.array([_draw(system, generator, spread) for generator in generators]).reshape(n_walkers, -1)
    p = wave_function.arguments()
    log_values = link_log_values(wave_function.kernels)
    redraw = np.arange(n_walkers)
    n_draws = _ATTEMPTS * (1 if system.cell is not None else 1 + _DOUBLINGS)
    for draw in range(n_draws):
        redraw = redraw[~np.isfinite(log_values(p, np.ascontiguousarray(X[redraw].T)))]
        if not len(redraw):
            return X
        for w in redraw:
            X[w] = _draw(system, generators[w], spread, 2.0 ** (draw // _ATTEMPTS))
    raise UserError(
        f"the wave function vanishes at all {n_draws} starting points of walker {first + redraw[0]}: "
        "use another sampler.start_spread, about the width of psi, or a smaller core"
    )


def _draw(system: System, generator: np.random.Generator, spread: Spread, widening: float = 1.0) -> np.ndarray:
    """One configuration (N d,)."""
    if system.cell is None:
        widths = np.tile(np.broadcast_to(1.0 if spread is None else spread, system.n_dim), system.n_particles)
        return widening * generator.normal(0.0, widths) / np.sqrt(system.coordinate_masses)
    fractions = generator.random((system.n_particles, system.n_dim))
    return (fractions @ system.cell.lattice).ravel()
