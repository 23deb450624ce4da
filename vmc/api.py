"""Energies of objects made in a script or a notebook: a wave function, a Hamiltonian, a move, no files.

The functions are collective: under mpirun every rank calls them with the same arguments, all ranks share the
walkers, and every rank gets the same result, bit for bit that of a serial run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from hamiltonians.base import Hamiltonian
from hamiltonians.trap import HarmonicTrap, ground_state_widths
from numerics.optimizers import Adam, Constant
from samplers.base import Move
from samplers.metropolis import Metropolis
from samplers.settings import whole_number
from vmc.measuring.ensemble import Ensemble
from vmc.measuring.measurement import Measurement
from vmc.measuring.walkers import Spread
from vmc.observables import Axis, Measured, Observable, Points
from vmc.observables.base import listed
from vmc.optimizers import FirstOrder, Optimizer
from vmc.parallel import Communicator, Partition, communicator, end_scripts_together
from vmc.parallel.agreement import refuse_disagreement
from vmc.soundness.looks import refuse_unsound
from vmc.soundness.parameters import refuse_parameters
from vmc.stages.driver import Driver, Plan
from vmc.stages.energy_summary import EnergySummary
from vmc.stages.history import History
from vmc.stages.safeguard import GaveUpError
from vmc.statistics import Diagnostics, Estimate, Verdict
from wavefunctions.base import WaveFunction

#: Added to the seed of an evaluation: its random numbers are not those the parameters were chosen with.
_EVALUATION = 2**64


def optimise(
    wave_function: WaveFunction,
    hamiltonian: Hamiltonian,
    move: Move | None = None,
    optimizer: Optimizer | None = None,
    *,
    iterations: int = 100,
    discard: int = 10,
    n_walkers: int = 512,
    n_blocks: int = 16,
    thermalise: int = 500,
    start_spread: Spread = None,
    seed: int = 1,
    fixed: str | Sequence[str] = (),
) -> History:
    """Lower the energy: ``wave_function.theta`` becomes the best parameters, lowest in energy + 3 errors.

    Of the second half of the iterations, see :class:`vmc.stages.best.BestParameters`; or the mean of the last quarter
    where that is better, see :mod:`vmc.stages.choosing`.

    Parameters
    ----------
    move : how walkers move; Metropolis moves of all particles where not given.
    optimizer : how theta changes; Adam at a learning rate of 0.02 where not given.
    iterations : parameter updates.
    discard : steps after each update that are not measured.
    n_walkers, n_blocks : walkers of all ranks together, and their canonical blocks, a power of two.
    thermalise : steps before the first iteration, in which the step size adapts.
    start_spread : standard deviation of the starting coordinates of a mass of one, a length, of all axes or of each;
        not used in a cell. That of the ground state of a trap where not given, of other Hamiltonians 1.
    seed : of all random numbers.
    fixed : names of parameters that stay as they are ('pade.beta'), or what stands before their dot ('pade').

    Returns
    -------
    One row per iteration: energies, diagnostics and parameters, e.g. ``history.column('energy')``.

    Raises
    ------
    UserError
        if walkers, blocks and ranks do not fit together, a parameter is not finite, or not positive as it must be, the
        wave function is symmetric in electrons, its energy is infinite or seen by no walker where two particles meet,
        its numerical derivatives are too noisy, or more than one per cent of the local energies are not finite.
    GaveUpError
        a UserError with the iterations as ``history``, if the optimisation blows up three times in a row, or ten in
        all; theta is what it was before.
    ValueError
        for counts that are no whole numbers or too small, or names of no parameter.
    TypeError
        for a move, optimizer, wave function or Hamiltonian that is none.
    """
    iterations, discard = whole_number("iterations", iterations), whole_number("discard", discard, least=0)
    if optimizer is not None and not hasattr(optimizer, "iterate"):
        raise TypeError(
            f"optimizer = {optimizer!r}: expected one of vmc.optimizers, FirstOrder(Adam(), Constant(0.02)) say"
        )
    plan = Plan(
        thermalise=whole_number("thermalise", thermalise, least=0), iterations=iterations, discard=discard, samples=0
    )
    optimizer = optimizer or _default_optimizer()
    ensemble = _ensemble(
        wave_function,
        hamiltonian,
        move,
        n_walkers,
        n_blocks,
        start_spread,
        seed,
        fixed=fixed,
        plan=plan,
        optimizer=optimizer,
    )
    driver = Driver(ensemble, optimizer, plan)
    try:
        for _ in driver.run():
            if driver.phase not in ("thermalise", "optimise", "choose"):
                break
    except GaveUpError as error:
        error.history = driver.history
        raise
    return driver.history


def evaluate(
    wave_function: WaveFunction,
    hamiltonian: Hamiltonian,
    move: Move | None = None,
    *,
    samples: int = 1000,
    stride: int = 1,
    target_error: float | None = None,
    equilibration: int | None = None,
    n_walkers: int = 512,
    n_blocks: int = 16,
    thermalise: int = 500,
    start_spread: Spread = None,
    seed: int = 1,
    observables: Sequence[Observable] = (),
) -> EnergySummary:
    """Energy of a wave function at its present parameters, with its parts and a verdict on the error bar.

    Parameters
    ----------
    move : how walkers move; Metropolis moves of all particles where not given.
    samples, stride : measurements per walker, and steps before each.
    target_error : stop before `samples` when the error bar is at most this and reliable, an energy; looked at
        after 100 measurements, 125, 156, and so on, whenever a hundred are full.
    equilibration : measurements left out at the start; None: none, unless a test sees a start.
    n_walkers, n_blocks : walkers of all ranks together, and their canonical blocks, a power of two.
    thermalise : steps before the first measurement, in which the step size adapts.
    start_spread : standard deviation of the starting coordinates of a mass of one, a length, of all axes or of each;
        not used in a cell. That of the ground state of a trap where not given, of other Hamiltonians 1.
    seed : of all random numbers; those of :func:`optimise` with the same seed are others.
    observables : averages beside the energy, see :mod:`vmc.observables`; their errors want 8 blocks or more.

    Returns
    -------
    ``energy`` (value, error, variance, ...), ``components``, ``verdict``, ``target_reached``; energies in the
    Hamiltonian's unit; ``observables`` by name.

    Raises
    ------
    UserError
        if walkers, blocks and ranks do not fit together, a parameter is not finite, or not positive as it must be, the
        wave function is symmetric in electrons, its energy is infinite or seen by no walker where two particles meet,
        its numerical derivatives are too noisy, more than one per cent of the local energies are not finite, or the
        kernel of an observable of one's own changes what it is handed.
    ValueError
        for counts that are no whole numbers or too small, no measurements left after `equilibration`, or a target that
        is not positive.
    TypeError
        for a move, wave function, Hamiltonian or observable that is none.
    """
    samples, stride = whole_number("samples", samples), whole_number("stride", stride)
    if equilibration is not None and not 0 <= equilibration < samples:
        raise ValueError(f"equilibration = {equilibration}: expected 0 to {samples - 1}, less than samples")
    if target_error is not None and not target_error > 0.0:
        raise ValueError(f"target_error = {target_error}: expected a positive energy")
    plan = Plan(
        thermalise=whole_number("thermalise", thermalise, least=0),
        iterations=0,
        samples=samples,
        stride=stride,
        equilibration=equilibration,
        target_error=target_error,
    )
    seed = whole_number("seed", seed, least=0) + _EVALUATION
    chosen = listed(observables)
    ensemble = _ensemble(wave_function, hamiltonian, move, n_walkers, n_blocks, start_spread, seed, chosen, plan=plan)
    driver = Driver(ensemble, _default_optimizer(), plan)
    for _ in driver.run():
        pass
    return _on_all_ranks(ensemble.communicator, driver.evaluation.summary())


def _default_optimizer() -> Optimizer:
    return FirstOrder(Adam(), Constant(0.02))


def _require_kind(name: str, value: Any, kind: type, example: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name} = {value!r}: expected {example}")


def _ensemble(
    wave_function: WaveFunction,
    hamiltonian: Hamiltonian,
    move: Move | None,
    n_walkers: int,
    n_blocks: int,
    start_spread: Spread,
    seed: int,
    observables: Sequence[Observable] = (),
    fixed: str | Sequence[str] = (),
    **told: Any,
) -> Ensemble:
    """All walkers, for what all ranks were told alike, of which some does not concern the walkers (`told`)."""
    _require_kind("wave_function", wave_function, WaveFunction, "a wave function, Gaussian(system) say")
    _require_kind("hamiltonian", hamiltonian, Hamiltonian, "a Hamiltonian, HarmonicTrap(system) say")
    move = Metropolis() if move is None else move
    if isinstance(move, type) or not hasattr(move, "link"):
        raise TypeError(f"move = {move!r}: expected a move, samplers.metropolis.Metropolis() say")
    n_walkers, seed = whole_number("n_walkers", n_walkers), whole_number("seed", seed, least=0)
    if start_spread is None:
        start_spread = ground_state_widths(hamiltonian.frequencies) if isinstance(hamiltonian, HarmonicTrap) else 1.0
    world = communicator()
    end_scripts_together(world)
    refuse_disagreement(
        world,
        system=repr(wave_function.system),
        theta=wave_function.theta,
        hamiltonian=hamiltonian.arguments(),
        move=move.options(),
        settings=(n_walkers, n_blocks, start_spread, seed),
        observables=_written(observables),
        fixed=_written(fixed),
        **{name: _written(value) for name, value in told.items()},
    )
    refuse_parameters("wave_function", wave_function.layout, wave_function.theta)
    partition = Partition(n_walkers, n_blocks, world.rank, world.size)
    measurement = Measurement(wave_function, hamiltonian, move, observables=observables)
    if world.is_root:  # first and alone, so that the others find its cache
        measurement.compile()
    world.barrier()
    ensemble = Ensemble(measurement, world, partition, seed, start_spread, fixed)
    refuse_unsound(ensemble)
    return ensemble


def _written(value: Any) -> str:
    """A value as text that is the same in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def _on_all_ranks(world: Communicator, summary: EnergySummary | None) -> EnergySummary:
    data = world.broadcast(None if summary is None else asdict(summary))
    return EnergySummary(
        **{
            **data,
            "energy": Estimate(**data["energy"]),
            "verdict": Verdict(**{**data["verdict"], "diagnostics": Diagnostics(**data["verdict"]["diagnostics"])}),
            "virial_ratio": Estimate(**data["virial_ratio"]),
            "components": {name: Estimate(**part) for name, part in data["components"].items()},
            "observables": {name: _measured(part) for name, part in data["observables"].items()},
        }
    )


def _measured(data: dict[str, Any]) -> Measured:
    axes = tuple(Axis(**axis) if "edges" in axis else Points(**axis) for axis in data["axes"])
    return Measured(**{**data, "axes": axes})
