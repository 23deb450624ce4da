"""The course of a run: thermalise, optimise, choose, settle, evaluate; one unit of work at a time.

The driver is a generator of reports.  Between two reports everything a continuation needs is in its state
(:mod:`vmc.job.snapshot`), so a run may be stopped, stored and resumed there without leaving a trace.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from samplers.base import TUNING_INTERVAL, StepTuner
from vmc.errors import UserError
from vmc.measuring.ensemble import Ensemble
from vmc.measuring.estimators import EnergyMoments
from vmc.measuring.measurement import Measurement
from vmc.optimizers.base import Optimizer, State
from vmc.stages.averaging import ParameterAverage
from vmc.stages.best import BestParameters
from vmc.stages.boundary import driven_to_zero, kept_positive
from vmc.stages.choosing import Choosing, n_compared
from vmc.stages.evaluation import Evaluation
from vmc.stages.history import History
from vmc.stages.safeguard import Safeguard
from vmc.stages.stopping import next_look

PHASES = ("thermalise", "optimise", "choose", "settle", "evaluate", "done")


@dataclass(frozen=True)
class Plan:
    """How much of everything.

    Parameters
    ----------
    thermalise : steps before the first measurement, and again before the evaluation.
    iterations : parameter updates.
    discard : steps between a parameter update and the next measurement.
    samples, stride : measurements per walker in the evaluation, and steps before each.
    chunk : measurements per report and possible stop in the evaluation.
    tune : whether the step size is adapted during steps that are not measured.
    parameters : 'best' (lowest energy + 3 errors in the second half of the iterations, or the average if that is
        better, see :mod:`vmc.stages.choosing`), 'last' or 'average' (of the last quarter), for the evaluation.
    equilibration : measurements left out at the start of the evaluation; None to let a test decide.
    target_error : error bar at which the evaluation stops before `samples` are full; None for never.
    proposal : what is done to the ensemble before the evaluation, once; it returns a line for the user.
    """

    thermalise: int = 500
    iterations: int = 100
    discard: int = 10
    samples: int = 1000
    stride: int = 1
    chunk: int = 100
    tune: bool = True
    parameters: str = "best"
    equilibration: int | None = None
    target_error: float | None = None
    proposal: Callable[[Ensemble], str] | None = None


@dataclass(frozen=True)
class Report:
    """What one unit of work brought.

    Attributes
    ----------
    phase : what was done; ``done`` of ``total`` units of it are finished.
    energies : None while thermalising.
    note : something the user should know (a roll-back, a choice), or empty.
    """

    phase: str
    done: int
    total: int
    energies: EnergyMoments | None = None
    note: str = ""


class Driver:
    """Runs a plan on an ensemble.

    Attributes
    ----------
    phase, position : where the run stands; position counts steps, iterations or measurements.
    history : one row per iteration.
    evaluation : the evaluation run so far.
    mean_taken : whether the mean of the last parameters was taken where the best were planned.
    """

    def __init__(self, ensemble: Ensemble, optimizer: Optimizer, plan: Plan) -> None:
        self.ensemble = ensemble
        self.optimizer = optimizer
        self.plan = plan
        wave_function = ensemble.measurement.wave_function
        self.phase = "thermalise"
        self.position = 0
        self._must_be_positive = wave_function.layout.must_be_positive()
        self.optimizer_state: State = optimizer.init(wave_function.n_params)
        self.tuner = StepTuner(ensemble.measurement.move.target_acceptance, largest=largest_step(ensemble.measurement))
        self.history = History(ensemble.measurement.hamiltonian.components, wave_function.n_params)
        self.safeguard = Safeguard(wave_function.theta)
        self.best = BestParameters(wave_function.theta)
        self.average = ParameterAverage(wave_function.n_params)
        self.mean_taken = False
        self.evaluation = Evaluation(ensemble, plan.stride, plan.equilibration, plan.target_error)

    @property
    def evaluated(self) -> str:
        """Which parameters are evaluated: 'best', 'last' or 'average', as planned until there is a choice."""
        return "average" if self.mean_taken else self.plan.parameters

    @property
    def theta(self) -> np.ndarray:
        """The parameters, in place."""
        return self.ensemble.measurement.wave_function.theta

    def run(self) -> Iterator[Report]:
        """Work until done, reporting after every unit.

        Raises
        ------
        GaveUpError
            after the report of the last of too many steps that blew up; the state is that after its roll-back.
        """
        work = {
            "thermalise": self._thermalise,
            "optimise": self._optimise,
            "choose": self._choose,
            "settle": self._thermalise,
            "evaluate": self._evaluate,
        }
        self._skip_empty_phases()
        while self.phase != "done":
            report = work[self.phase]()
            self._skip_empty_phases()
            yield report
            if report.phase == "optimise":
                self.safeguard.give_up(report.note)

    def take_up_evaluation(self) -> None:
        """Go on with an evaluation that has ended, if the plan asks for more of it by now.  Collective.

        Raises
        ------
        UserError
            if the plan asks for less than there is.
        """
        wanted, made = self.plan.samples, self.evaluation.n_done
        if wanted < made:
            raise UserError(f"evaluation.samples = {wanted}: {made} are made, expected at least these")
        if self.phase != "done" or wanted == made:
            return
        if made and self.plan.target_error is not None and self.evaluation.reached_target():
            return
        self.phase, self.position = "evaluate", made

    def _totals(self) -> dict[str, int]:
        plan = self.plan
        settle = plan.thermalise if plan.iterations else 0
        return {
            "thermalise": plan.thermalise,
            "optimise": plan.iterations,
            "choose": 1 if plan.iterations and plan.parameters == "best" else 0,
            "settle": settle,
            "evaluate": plan.samples,
        }

    def _skip_empty_phases(self) -> None:
        """Go to the next phase while there is nothing left to do in this one."""
        totals = self._totals()
        while self.phase != "done" and self.position >= totals[self.phase]:
            self._leave(self.phase)
            self.phase = PHASES[PHASES.index(self.phase) + 1]
            self.position = 0

    def _leave(self, phase: str) -> None:
        if phase in ("thermalise", "settle"):
            self.ensemble.follow(self.ensemble.energies(1, 1))
        elif phase == "optimise" and self.plan.iterations:
            if self.plan.parameters == "best":
                self.theta[:] = self.best.theta
            elif self.plan.parameters == "average":
                self.theta[:] = self.average.mean

    def _thermalise(self) -> Report:
        total = self._totals()[self.phase]
        n_steps = min(TUNING_INTERVAL, total - self.position)
        self._relax(n_steps)
        self.position += n_steps
        return Report(self.phase, self.position, total)

    def _relax(self, n_steps: int) -> None:
        """Steps that are not measured, in which the step size may adapt."""
        acceptance = self.ensemble.advance(n_steps)
        if self.plan.tune:
            options = self.ensemble.options
            options[0] = self.tuner.update(options[0], acceptance)

    def _optimise(self) -> Report:
        started = time.monotonic()
        if self.plan.discard:
            self._relax(self.plan.discard)
        damping = self.safeguard.damping
        iteration = self.optimizer.iterate(self.ensemble, self.position, self.optimizer_state, damping)
        energies = iteration.energies
        note = self.safeguard.judge(energies, iteration.update, self.theta)
        theta, update_norm = self.theta.copy(), math.nan
        if note:
            self._roll_back()
        else:
            self.best.add(energies, self.theta, self.position, self.plan.iterations)
            self.ensemble.follow(energies)
            update = kept_positive(theta, iteration.update, self._must_be_positive)
            self.ensemble.communicator.fill_from_root(update)
            self.theta[:] += update
            update_norm = float(np.linalg.norm(update))
        self.average.add(self.theta, self.position, self.plan.iterations)
        step = float(self.ensemble.options[0])
        elapsed = time.monotonic() - started
        self.history.add(energies, iteration.gradient_norm, update_norm, step, theta, elapsed)
        self.position += 1
        return Report("optimise", self.position, self.plan.iterations, energies, note)

    def _choose(self) -> Report:
        plan = self.plan
        choosing = Choosing(self.ensemble, plan.thermalise, n_compared(plan.chunk, plan.samples), plan.stride)
        note = choosing.mean_is_better(self.best.theta, self.average.mean)
        if note:
            self.theta[:], self.mean_taken = self.average.mean, True
        self.position = 1
        return Report("choose", 1, 1, note=note)

    def _roll_back(self) -> None:
        """Good parameters again, walkers at new starting points, and an optimiser without memory."""
        self.theta[:] = self.safeguard.good_theta
        self.optimizer_state = self.optimizer.init(self.theta.size)
        self.ensemble.restart()
        self.ensemble.advance(max(self.plan.thermalise, 1))
        self.ensemble.follow(self.ensemble.energies(1, 1))

    def _evaluate(self) -> Report:
        before, notes = self.position, []
        if not before and self.plan.iterations:
            names = self.ensemble.measurement.wave_function.layout.names()
            notes.append(driven_to_zero(names, self.theta, self._must_be_positive))
        if not before and self.plan.proposal is not None:
            notes.append(self.plan.proposal(self.ensemble))
        # Chunks end at multiples of their length: who asks for more later sees the error at the same places.
        begun = before - before % self.plan.chunk
        energies = self.evaluation.run(min(begun + self.plan.chunk, self.plan.samples) - before)
        done = self.evaluation.n_done
        enough = self.plan.target_error is not None and done >= next_look(begun) and self.evaluation.reached_target()
        self.position = self.plan.samples if enough else done
        note = "; ".join(filter(None, notes))
        return Report("evaluate", done, done if enough else self.plan.samples, energies, note)


def largest_step(measurement: Measurement) -> float:
    """Step at which tuning stops to grow it: the longest vector of a cell, or for a time step its square.

    Beyond it nothing is new, and a nearly constant psi would let steps grow until coordinates lose their digits.
    """
    cell = measurement.wave_function.system.cell
    if cell is None:
        return math.inf
    side = float(np.linalg.norm(cell.reduced.lattice, axis=1).max())
    return side**2 if measurement.move.name == "langevin" else side
