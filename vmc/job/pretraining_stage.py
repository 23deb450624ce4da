"""The first stage of a job: parameters that follow the wave function of an earlier run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from numerics.random import stream_states
from samplers.base import MOVE_STREAM, TILE, TUNING_INTERVAL, StepTuner
from samplers.metropolis import Metropolis
from vmc.build.physics import Physics
from vmc.config.schema import Config, PretrainingSection
from vmc.errors import UserError
from vmc.measuring.mass_scales import mass_scales
from vmc.measuring.target import density_of
from vmc.measuring.walkers import Spread, start_walkers
from vmc.parallel import Communicator, Request, on_root_watched
from vmc.results.loading import load_for
from vmc.stages.pretraining import Fit, pretrain
from wavefunctions.base import WaveFunction

#: Added to the seed: random numbers of this stage are not those of the walkers.
_STAGE = 2**65
#: Steps of the walk that ends in a configuration.
_WALK = 500
#: What is said of a job that is stopped here.  Half a fit is not kept: L-BFGS would begin anew from it, and the numbers
#: of a job would depend on when it was stopped.
_WHERE = (
    "in pretraining, of which nothing is saved: it begins anew at the next start; fewer pretraining.iterations "
    "or pretraining.configurations make it shorter"
)


def pretrain_on_results(physics: Physics, config: Config, world: Communicator, poll: Callable[[], Request]) -> str:
    """Give a wave function parameters that follow log|psi| of a results file; return what came of it in one line.

    Those that the optimisation must not change stay as they are.  Configurations are drawn from the earlier |psi|^2.
    The root fits, and all ranks get its parameters; `poll` asks all of them whether to stop.  Collective.

    Raises
    ------
    StoppedError
        if the job is to stop.
    UserError
        if the file cannot be read or belongs to another system.
    """
    assert config.pretraining is not None
    section = config.pretraining
    line = on_root_watched(world, poll, lambda look: _line(section, _fit(physics, section, config.seed, look)), _WHERE)
    world.fill_from_root(physics.wave_function.theta)
    return line


def _fit(physics: Physics, section: PretrainingSection, seed: int, look: Callable[[], None]) -> Fit:
    wave_function = physics.wave_function
    target = load_for("pretraining.results", section.results).wave_function()
    if target.system != wave_function.system:
        raise UserError(
            f"pretraining.results = {section.results!r}: of {target.system}, this is {wave_function.system}"
        )
    X = draw_configurations(target, section.configurations, seed + _STAGE, physics.start_spread, look)
    return pretrain(
        wave_function,
        target,
        X,
        l2=section.l2,
        max_iterations=section.iterations,
        fixed=physics.fixed,
        watch=look,
    )


def _line(section: PretrainingSection, fit: Fit) -> str:
    return (
        f"pretrained on {section.results}: {fit.explained:.2%} of the variance of log|psi| explained, "
        f"deviation {fit.deviation:.3g}, {len(fit.losses) - 1} iterations"
    )


def draw_configurations(
    wave_function: WaveFunction, count: int, seed: int, spread: Spread, look: Callable[[], None] = lambda: None
) -> np.ndarray:
    """Configurations (count, N d) of |psi|^2, each the end of a Metropolis walk of its own; `look` may end it."""
    X = start_walkers(wave_function, seed, 0, count, spread)
    states = stream_states(seed, 0, count, MOVE_STREAM)
    scales = mass_scales(wave_function.system)
    move = Metropolis(0.1 * float((X / scales if scales else X).std()), scales)
    kernels, p, options = move.link(density_of(wave_function)), wave_function.arguments(), move.options()
    tuner = StepTuner(move.target_acceptance)
    n = X.shape[1]
    tiles = [slice(first, min(first + TILE, count)) for first in range(0, count, TILE)]
    columns = [np.ascontiguousarray(X[tile].T) for tile in tiles]
    memories = [kernels.prepare(p, x.shape[1], n) for x in columns]
    for _ in range(_WALK // TUNING_INTERVAL):
        accepted = 0
        for tile, x, memory in zip(tiles, columns, memories):
            look()
            kernels.begin(p, x, options, memory)
            accepted += sum(kernels.step(p, x, states[tile], options, memory) for _ in range(TUNING_INTERVAL))
        options[0] = tuner.update(options[0], accepted / (count * TUNING_INTERVAL))
    return np.concatenate([x.T for x in columns])
