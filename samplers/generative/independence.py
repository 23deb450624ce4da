"""Metropolised independence sampling: a model proposes, the target decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from numerics.random import stream_states
from samplers.acceptance import decide
from samplers.density import Density
from samplers.generative.model import GenerativeModel, one_thread
from samplers.generative.nearby import swept
from samplers.missed import most_missed
from samplers.sampler import ATTEMPTS
from samplers.settings import whole_number
from samplers.summary import Summary, is_heavy, summarise
from samplers.tails import tail_shape

#: Rows that a model draws at once.
MOST_ROWS = 20000
#: Fewest effective terms, (sum w^2)^2 / sum w^4, of the variance of the weights of two-valued features.
LEAST_TERMS = 20.0
#: A step of the user's own: rows and random numbers to rows, leaving the target as it is.
LocalMove = Callable[[np.ndarray, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class IndependenceChains:
    """What :func:`sample_by_independence` drew.

    Attributes
    ----------
    draws : positions, (n_walkers, n_draws, n_features).
    log_weights : log p - log q of every draw, (n_walkers, n_draws), up to the norm of the target.
    acceptance : share of the proposals that was accepted.
    names : of the features; those of the target where it is a density.
    proposed : log p - log q of every proposal, as log_weights.
    has_local_moves : whether anything but proposals moved the walkers.
    elsewhere : log p - log q of rows that the model has not drawn: those of a given start and, for a model of
        two-valued features without local moves, those where a sweep of the target leads from draws.
    is_binary : whether features take two values.
    """

    draws: np.ndarray
    log_weights: np.ndarray
    acceptance: float
    names: tuple[str, ...]
    proposed: np.ndarray
    has_local_moves: bool = False
    elsewhere: np.ndarray = field(default_factory=lambda: np.empty(0))
    is_binary: bool = False

    def summary(self) -> Summary:
        """Mean, error, spread, correlation and convergence of every feature; ``print`` shows a table."""
        found = summarise(self.draws, self.names)
        return found if self.has_local_moves else replace(found, others=self._doubts())

    def _doubts(self) -> tuple[str, ...]:
        """Whether the model misses parts of the target, where chains seldom come and then stay long."""
        few = self._carried_by_few() if self.is_binary else self._heavy()
        return tuple(filter(None, (few, self._missed())))

    def _heavy(self) -> str | None:
        """Of real features: the weights p / q of its draws have no variance then."""
        tail = tail_shape(np.exp(self.proposed - self.proposed.max()).ravel())
        if not is_heavy(tail):
            return None
        return (
            f"the tail of the weights p / q is heavy, shape {tail.k:.2f} +- {tail.error:.2f}: the model misses tails "
            "of the target"
        )

    def _carried_by_few(self) -> str | None:
        """Of two-valued ones: weights are bounded and of few different values, which no density of tails describes."""
        squares = np.exp(2.0 * (self.proposed - self.proposed.max())).ravel()
        terms = squares.sum() ** 2 / (squares @ squares)
        if terms >= LEAST_TERMS:
            return None
        return f"{terms:.0f} proposals make up the variance of the weights p / q: the model misses parts of the target"

    def _missed(self) -> str | None:
        """Rows that others have found and that weigh more than any proposal; one of them may be chance."""
        larger = int((self.elsewhere > self.proposed.max()).sum())
        if larger < 2 or larger <= most_missed(self.proposed.size) * self.elsewhere.size:
            return None
        return (
            f"{larger} of {self.elsewhere.size} rows that the model has not drawn have larger weights p / q than all "
            "proposals: the model misses parts of the target"
        )


def sample_by_independence(
    target: Density | Callable[[np.ndarray], np.ndarray],
    model: GenerativeModel,
    n_draws: int = 1000,
    n_walkers: int = 32,
    *,
    seed: int,
    local_move: LocalMove | None = None,
    start: ArrayLike | None = None,
) -> IndependenceChains:
    """Draw from a target by independent proposals of a fitted model, accepted with min(1, w(y) / w(x)), w = p / q.

    L. Tierney, Ann. Stat. 22, 1701 (1994).  Exact whatever the model, as long as q is the very density it draws from;
    efficient where w varies little, and only if it is bounded does the chain forget fast.

    Parameters
    ----------
    target : a density of real numbers, or a function of rows (rows, n_features) that gives log p (rows,) up to a
        constant.
    model : fitted, and with an exact density.
    n_draws, n_walkers : draws of each walker, and walkers.
    seed : of all random numbers.
    local_move : what else happens before each draw: a function (rows, generator) -> rows of the same shape
        that leaves the target invariant.
    start : (n_walkers, n_features); draws of the model where not given.

    Raises
    ------
    TypeError
        if the model has no exact density, or is one of two-valued features and the target a density of real ones.
    ValueError
        for counts below one, a target of another number of coordinates than the model, a start of the wrong shape, or
        where the target or the model vanishes; without a start, if that is so at a hundred draws of a walker; for a
        target that does not give one number for each row; for a local move that does not give rows.
    """
    check_is_fitted(model)
    require_exact_density(model)
    n_draws, n_walkers = whole_number("n_draws", n_draws), whole_number("n_walkers", n_walkers)
    names = tuple(f"x{k}" for k in range(model.n_features_in_))
    if isinstance(target, Density):
        require_real_features(model)
        if target.n != model.n_features_in_:
            raise ValueError(f"the model has {model.n_features_in_} features, the target {target.n} coordinates")
        names = target.names
    log_density = target.log_density if isinstance(target, Density) else target
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    states = stream_states(seed, 0, n_walkers)
    source = _Proposals(model, log_density, n_walkers, rng)
    elsewhere = np.empty(0)
    if start is None:
        x, log_w = source.start()
    else:
        x = np.array(start, dtype=np.float64)
        if x.shape != (n_walkers, model.n_features_in_):
            raise ValueError(f"start has shape {x.shape}: expected {(n_walkers, model.n_features_in_)}")
        log_w = _log_weights(model, log_density, x)
        if not np.isfinite(log_w).all():
            raise ValueError("start: the target or the model vanishes there, or is not a number; give another start")
        elsewhere = log_w
    draws, log_weights, proposed = np.empty((n_draws, *x.shape)), *np.empty((2, n_draws, n_walkers))
    accepted, n_accepted = np.empty(n_walkers, dtype=np.bool_), 0
    for draw in range(n_draws):
        if local_move is not None:
            x = _moved(local_move, x, rng)
            log_w = _log_weights(model, log_density, x)
        y, log_w_new = source.next()
        n_accepted += decide(log_w_new - log_w, states, accepted)
        x[accepted], log_w = y[accepted], np.where(accepted, log_w_new, log_w)
        draws[draw], log_weights[draw], proposed[draw] = x, log_w, log_w_new
    share = n_accepted / (n_draws * n_walkers)
    if local_move is None and model.is_binary:
        rows = swept(log_density, _spread_over(draws), -1.0 if getattr(model, "spins", False) else 0.0, seed)
        elsewhere = np.concatenate([elsewhere, _log_weights(model, log_density, rows)])
    draws, log_weights, proposed = (
        np.ascontiguousarray(draws.transpose(1, 0, 2)),
        log_weights.T.copy(),
        proposed.T.copy(),
    )
    return IndependenceChains(
        draws, log_weights, share, names, proposed, local_move is not None, elsewhere, model.is_binary
    )


def _spread_over(draws: np.ndarray) -> np.ndarray:
    """Rows of draws (n_draws, n_walkers, n_features), so many that a sweep asks the target no more than they did."""
    rows = draws.reshape(-1, draws.shape[2])
    n = min(len(rows), max(1, max(len(rows), MOST_ROWS) // draws.shape[2]))
    return rows[len(rows) - 1 - np.arange(n) * len(rows) // n]


def require_exact_density(model: Any) -> None:
    """Refuse, by name, what cannot be a proposal: the decision needs the density that proposals are drawn from."""
    if not getattr(model, "has_exact_density", False):
        raise TypeError(
            f"{type(model).__name__} is no proposal: it does not have the exact density of what it draws; "
            "expected an autoregressive model, a flow, ProbabilisticPCA, or a Boltzmann machine of up to 20 hidden "
            "units or two-valued features"
        )


def require_real_features(model: Any) -> None:
    """Refuse, by name, what draws two values of each feature: a density of real ones has no weights there."""
    if getattr(model, "is_binary", False):
        raise TypeError(
            f"{type(model).__name__} is no proposal for real coordinates: it draws features of two values; "
            "expected a model of real ones, or as target a function of rows that are two-valued too"
        )


def _moved(local_move: LocalMove, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A copy of what the user's move makes of the rows, float64: proposals are written into it."""
    found = np.asarray(local_move(x, rng))
    if found.shape != x.shape or found.dtype.kind not in "biuf":
        raise ValueError(
            f"local_move gave an array of the shape {found.shape} and type {found.dtype}: expected real numbers of the "
            f"shape {x.shape}, one row for each walker"
        )
    return np.array(found, dtype=np.float64)


class _Proposals:
    """Rows of the model with their weights, drawn many at a time."""

    def __init__(self, model: GenerativeModel, log_density: Callable, n_walkers: int, rng: np.random.Generator) -> None:
        self.model, self.log_density, self.n_walkers, self.rng = model, log_density, n_walkers, rng
        self.rounds = max(1, MOST_ROWS // n_walkers)
        self.used = self.rounds

    def start(self) -> tuple[np.ndarray, np.ndarray]:
        """One row for every walker where the target does not vanish, and log w."""
        rows, log_w = (array.copy() for array in self.next())
        for _ in range(ATTEMPTS - 1):
            bad = ~np.isfinite(log_w)
            if not bad.any():
                return rows, log_w
            again, weights = self.next()
            rows[bad], log_w[bad] = again[bad], weights[bad]
        raise ValueError(f"the target vanishes, or is not a number, at {ATTEMPTS} draws of the model: give a start")

    def next(self) -> tuple[np.ndarray, np.ndarray]:
        """One row for every walker, and log w; where both densities vanish it is -inf."""
        if self.used == self.rounds:
            self.rows = self.model.sample(self.rounds * self.n_walkers, self.rng)
            self.weights = _log_weights(self.model, self.log_density, self.rows)
            self.used = 0
        part = slice(self.used * self.n_walkers, (self.used + 1) * self.n_walkers)
        self.used += 1
        return self.rows[part], self.weights[part]


def _log_weights(model: GenerativeModel, log_density: Callable, rows: np.ndarray) -> np.ndarray:
    with one_thread():
        log_p, log_q = np.asarray(log_density(rows)), model.scores(rows).values
    if log_p.shape != (len(rows),):
        raise ValueError(
            f"the target gave an array of the shape {log_p.shape} for {len(rows)} rows: expected {(len(rows),)}, "
            "log p of every row"
        )
    wrong = np.flatnonzero(np.isnan(log_p))
    if wrong.size:
        raise ValueError(
            f"the target gave {log_p[wrong[0]]} at {rows[wrong[0]]}: expected log p, or -inf where it vanishes"
        )
    with np.errstate(invalid="ignore"):
        found = log_p - log_q
    return np.where(np.isnan(found), -np.inf, found)
