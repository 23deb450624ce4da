"""A density and a move compiled into one loop, in functional form: `init` makes a state, `step` returns the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from numerics.dense import transpose
from numerics.link import Slot, link
from numerics.random import stream_states
from samplers import watch
from samplers.base import MOVE_STREAM, START_STREAM, TILE, TUNING_INTERVAL, Move, StepTuner
from samplers.density import Density
from samplers.metric import Metric
from samplers.settings import whole_number

#: Draws of a starting point until its density is finite.
ATTEMPTS = 100
#: Shares of the warm-up after which the metric is learnt anew, from the draws since the time before.
METRIC_TIMES = (0.1, 0.25, 0.5, 0.75)

prepare = Slot("prepare", "(p, tile, n)")
begin = Slot("begin", "(p, X, options, memory)")
step = Slot("step", "(p, X, states, options, memory)")
tally = Slot("tally", "(memory, counts)")
record = Slot("record", "(p, U, X)")
copies = 1


@dataclass(frozen=True)
class State:
    """Where the walkers are and all that decides how they go on; arrays only, never changed in place.

    Attributes
    ----------
    X : positions, (n_walkers, copies n); one row below another for replicas at temperatures.
    streams : random streams, uint64 (n_walkers, 4).
    options : of the move; entry 0 is its step.
    factor : of the metric (see :mod:`samplers.metric`).
    U : the positions in coordinates of the metric, as the last draw left them; worked out from X where missing, or
        where X or the factor has been replaced.  X alone gives them to rounding only.
    """

    X: np.ndarray
    streams: np.ndarray
    options: np.ndarray
    factor: np.ndarray
    U: np.ndarray | None = None


@dataclass(frozen=True)
class Info:
    """What happened in some steps.

    Attributes
    ----------
    acceptance : accepted share of the proposals.
    rates : the same by kind, for moves that count several.
    n_undefined : proposals where the log density was no number (NaN), none of which is accepted.
    """

    acceptance: float
    rates: dict[str, float]
    n_undefined: int = 0


class Sampler:
    """Moves walkers of a density.

    Parameters
    ----------
    density : the target.
    move : how walkers move.
    metric : 'none', 'diagonal' or 'dense' (see :mod:`samplers.metric`), learnt by :meth:`warm_up`; 'diagonal' where
        not given, 'none' for moves that take none.

    Raises
    ------
    ValueError
        for an unknown metric, or one the move does not take, or a width of the move that does not divide the number of
        coordinates.
    """

    def __init__(self, density: Density, move: Move, metric: str | None = None) -> None:
        takes_metric = getattr(move, "takes_metric", False)
        self.metric = Metric(metric or ("diagonal" if takes_metric else "none"))
        if self.metric.kind != "none" and not takes_metric:
            raise ValueError(f"metric = {metric!r}: expected 'none', the move {move.name} takes no metric")
        move.proposals(density.n)  # refuses coordinates that are no whole number of blocks; kernels do not look
        self.density = density
        self.move = move
        self._is_watched = not getattr(move, "opens_p", False)
        target = watch.watched(density.kernels) if self._is_watched else density.kernels
        kernels = move.link(self.metric.target(target))
        self.copies = kernels.copies
        self._loop = link(
            _run,
            prepare=kernels.prepare,
            begin=kernels.begin,
            step=kernels.step,
            tally=kernels.tally,
            record=self.metric.recorder(),
            copies=kernels.copies,
        )

    def init(self, start: ArrayLike | None = None, seed: int = 0, n_walkers: int | None = None) -> State:
        """The state at the start.

        Parameters
        ----------
        start : one position (n,) for all walkers or one for each (n_walkers, n); standard normal numbers where not
            given, drawn again where the density vanishes.
        seed : of all random numbers.
        n_walkers : as many rows as start has; 32 where neither is given.

        Raises
        ------
        ValueError
            for a start of the wrong shape, or where the density is not finite, a number of walkers that is not its
            number of rows, or a gradient of the user's that is not n numbers.
        """
        X = self._start(seed, n_walkers) if start is None else self._given(start, n_walkers)
        self.density.require_slopes(X[0])
        log = self.density.log_density(X)
        bad = np.flatnonzero(~np.isfinite(log))
        if len(bad) and start is None:
            raise ValueError(
                f"no start was given, and for walker {bad[0]} the log density is not finite at any of {ATTEMPTS} "
                f"standard normal draws, at the last one {log[bad[0]]}: give `start`, where the density is positive"
            )
        if len(bad):
            raise ValueError(f"start of walker {bad[0]}: log density = {log[bad[0]]}, expected a finite number")
        streams = stream_states(seed, 0, len(X), MOVE_STREAM)
        X = np.tile(X, (1, self.copies))
        return State(X, streams, self.move.options(), self.metric.identity(self.density.n))

    def _given(self, start: ArrayLike, n_walkers: int | None) -> np.ndarray:
        X = np.array(start, dtype=np.float64)
        if X.shape == (self.density.n,):
            X = np.tile(X, (_number(n_walkers), 1))
        if X.ndim != 2 or X.shape[1] != self.density.n or not len(X):
            raise ValueError(f"start has shape {X.shape}: expected ({self.density.n},) or (walkers, {self.density.n})")
        if n_walkers not in (None, len(X)):
            raise ValueError(f"n_walkers = {n_walkers}: expected {len(X)}, the number of rows of start")
        return X

    def _start(self, seed: int, n_walkers: int | None) -> np.ndarray:
        sequences = [np.random.SeedSequence(seed, spawn_key=(START_STREAM, w)) for w in range(_number(n_walkers))]
        generators = [np.random.default_rng(sequence) for sequence in sequences]
        X = np.array([rng.normal(size=self.density.n) for rng in generators])
        for _ in range(ATTEMPTS - 1):
            bad = np.flatnonzero(~np.isfinite(self.density.log_density(X)))
            if not len(bad):
                break
            for w in bad:
                X[w] = generators[w].normal(size=self.density.n)
        return X

    def step(self, state: State, n_steps: int = 1) -> tuple[State, Info]:
        """The state after some steps; the old one is left as it is."""
        state, info, _ = self.draw(state, 1, n_steps)
        return state, info

    def draw(self, state: State, n_draws: int, thin: int = 1) -> tuple[State, Info, np.ndarray]:
        """The state after n_draws times `thin` steps, and the positions after each `thin`: (n_walkers, n_draws, n)."""
        n_draws, thin = whole_number("n_draws", n_draws), whole_number("steps of each draw", thin)
        n, n_walkers = self.density.n, len(state.X)
        U = self._stretched(state)
        streams, path = state.streams.copy(), np.empty((n, n_draws, n_walkers))
        counts = np.zeros(2 * self.copies - 1, np.int64)
        n_undefined = np.zeros(1, np.int64)
        p = watch.arguments(n_undefined, self.density.p) if self._is_watched else self.density.p
        p = self.metric.arguments(state.factor, p)
        accepted = self._loop(p, U, streams, state.options, n_draws, thin, TILE, path, counts)
        X = self._positions(state.factor, U)
        n_steps = n_draws * thin * n_walkers
        rates = {}
        if self.copies > 1:
            share = counts / (n_steps * self.move.decisions(n))  # type: ignore[attr-defined]
            rates = dict(zip(self.move.kinds, share.tolist()))  # type: ignore[attr-defined]
        info = Info(accepted / (n_steps * self.move.proposals(n)), rates, int(n_undefined[0]))
        return replace(state, X=X, streams=streams, U=U), info, path.transpose(2, 1, 0)

    def _positions(self, factor: np.ndarray, U: np.ndarray) -> np.ndarray:
        """X of U, copy by copy."""
        return self.metric.positions(factor, U.reshape(-1, self.density.n)).reshape(U.shape)

    def _stretched(self, state: State) -> np.ndarray:
        """A copy of U that belongs to X: that of the state where it still does, so that chains go on bit for bit."""
        U = state.U
        if U is not None and U.shape == state.X.shape and np.array_equal(self._positions(state.factor, U), state.X):
            return U.copy()
        return self.metric.stretched(state.factor, state.X.reshape(-1, self.density.n)).reshape(state.X.shape)

    def warm_up(self, state: State, n_steps: int, target_acceptance: float | None = None) -> State:
        """The state after steps in which step sizes adapt to the target acceptance (the move's where not given) and
        the metric to the walkers; what is drawn afterwards comes from an ordinary Markov chain.

        Raises
        ------
        ValueError
            for a target acceptance that no step size could have.
        """
        if target_acceptance is not None and not 0.0 < target_acceptance < 1.0:
            raise ValueError(f"target_acceptance = {target_acceptance}: expected a number between 0 and 1")
        target = self.move.target_acceptance if target_acceptance is None else target_acceptance
        tuner = StepTuner(target)
        times = [int(share * n_steps) for share in METRIC_TIMES]
        seen: list[np.ndarray] = []
        done = 0
        while done < n_steps:
            n_now = min(TUNING_INTERVAL, n_steps - done)
            state, info, draws = self.draw(state, n_now)
            state = self._tuned(state, info, tuner)
            done += n_now
            if self.metric.kind == "none":
                continue
            seen.append(draws.reshape(-1, self.density.n))
            if times and done >= times[0]:
                times = [time for time in times if time > done]
                state = replace(state, factor=self.metric.learn(np.concatenate(seen)))
                seen, tuner = [], StepTuner(target)
        return state

    def _tuned(self, state: State, info: Info, tuner: StepTuner) -> State:
        """Options with steps that fit the acceptance rates better, one for each copy."""
        options = state.options.copy()
        rates = np.array(list(info.rates.values())[: self.copies] or [info.acceptance])
        options[: self.copies] = tuner.update(options[: self.copies], rates)
        return replace(state, options=options, U=None)  # what follows a tuning depends on X alone


def _number(n_walkers: int | None) -> int:
    """Walkers where the start does not say how many."""
    return TILE if n_walkers is None else whole_number("n_walkers", n_walkers)


def _run(p, U, states, options, n_draws, thin, tile, path, counts):
    # Every slot is called at one place only: each call may become a copy of what it calls.
    n_walkers, rows = U.shape
    n = rows // copies
    n_accepted = 0
    for first in range(0, n_walkers, tile):
        last = min(first + tile, n_walkers)
        u, s, x = np.empty((rows, last - first)), states[first:last], np.empty((n, last - first))
        transpose(U[first:last], u)
        memory = prepare(p, last - first, n)
        begin(p, u, options, memory)
        for draw in range(n_draws):
            for _ in range(thin):
                n_accepted += step(p, u, s, options, memory)
            record(p, u[:n], x)
            for k in range(n):
                for b in range(last - first):
                    path[k, draw, first + b] = x[k, b]
        tally(memory, counts)
        transpose(u, U[first:last])
    return n_accepted
