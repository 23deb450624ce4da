"""A generative model that learns |psi|^2 of a run: how close it comes, and the energy that its own samples give."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from samplers.missed import most_missed
from samplers.tails import tail_shape
from vmc.build.physics import build
from vmc.errors import UserError
from vmc.job.pretraining_stage import draw_configurations
from vmc.measuring.local_energy import local_energies
from vmc.results.loading import Results, load
from vmc.stages.importance import acceptance, log_weights, parts_of
from vmc.stages.proposal_stage import HELD_OUT, PATIENCE
from vmc.statistics import Estimate

if TYPE_CHECKING:
    from samplers.generative import GenerativeModel

#: Configurations, beside those to learn from, by which the model is judged.
N_JUDGED = 2000
#: Shape of the tail of weighted energies, less its error, from which on their average is of little use.
LARGEST_SHAPE = 0.5


@dataclass(frozen=True)
class DensityFit:
    """What :func:`fit_density` found.

    Attributes
    ----------
    model : fitted to configurations of |psi|^2.
    energy : of psi, from independent draws of the model with weights |psi|^2 / q.
    effective_share : (sum w)^2 / (n sum w^2), one for a perfect model: what weights leave of a sample.
    acceptance : of the model's draws as independent Metropolis proposals, from configurations of |psi|^2 that the model
        has not learnt from.
    missed : share of those configurations whose weight is larger than that of any draw: what the draws know nothing of.
    doubts : what speaks against the error of the energy; nothing if it can be believed.
    """

    model: GenerativeModel
    energy: Estimate
    effective_share: float
    acceptance: float
    missed: float
    doubts: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """One line on whether the error of the energy can be believed."""
        return f"error bar NOT reliable: {'; '.join(self.doubts)}" if self.doubts else "error bar reliable"

    def __str__(self) -> str:
        shares = f"{self.effective_share:.0%} of the sample left, {self.acceptance:.1%} accepted"
        return f"energy      {self.energy}   {shares}\nverdict     {self.verdict}"


def fit_density(
    results: str | Path | Results,
    model: GenerativeModel | None = None,
    *,
    n_configurations: int = 20000,
    n_draws: int = 20000,
    seed: int = 1,
) -> DensityFit:
    """Fit a model to |psi|^2 of a results file, and correct it by importance weights.

    Parameters
    ----------
    results : a results file, or what `vmc.load` made of one.
    model : a generative model with an exact density; an autoregressive mixture where not given.
    n_configurations : drawn from |psi|^2, each at the end of a walk of its own, to learn from.
    n_draws : of the fitted model, for the energy.
    seed : of all random numbers.

    Raises
    ------
    UserError
        for a file that cannot be read, electrons in a cell, or fewer than 100 configurations or draws.
    TypeError
        for a model without an exact density, whose draws have no weights, or of features of two values.
    """
    from samplers.generative import MixtureAutoregressive
    from samplers.generative.independence import require_exact_density, require_real_features

    if model is not None:
        require_exact_density(model)
        require_real_features(model)
    found = results if isinstance(results, Results) else load(results)
    if min(n_configurations, n_draws) < 100:
        raise UserError(f"n_configurations = {n_configurations}, n_draws = {n_draws}: expected at least 100")
    physics = build(found.config)
    psi = physics.wave_function
    psi.theta[:] = found.theta
    if psi.system.cell is not None:
        raise UserError(f"{found.path}: particles in a cell, whose coordinates go round; a model of them does not")
    if model is None:
        model = MixtureAutoregressive(validation_fraction=HELD_OUT, patience=PATIENCE, random_state=seed)
    X = draw_configurations(psi, n_configurations + N_JUDGED, seed, physics.start_spread)
    model.fit(X[:n_configurations])
    Y = model.sample(n_draws, np.random.default_rng([seed, 1]))
    energies = np.concatenate([local_energies(psi, physics.hamiltonian, part).sum(axis=1) for part in parts_of(Y)])
    log_w = log_weights(psi, model, Y)
    of_unseen = log_weights(psi, model, X[n_configurations:])
    energy = _weighted(energies, log_w, found.unit)
    missed = float(np.mean(of_unseen > log_w.max()))
    doubts = _doubts(missed, np.exp(log_w - log_w.max()) * np.abs(energies - energy.value))
    return DensityFit(model, energy, energy.ess / n_draws, acceptance(of_unseen, log_w), missed, doubts)


def _doubts(missed: float, terms: np.ndarray) -> tuple[str, ...]:
    """What speaks against an average of `terms`, whose tails the draws may not have reached."""
    found = []
    if missed > most_missed(len(terms)):
        found.append(
            f"{missed:.1%} of configurations of |psi|^2 have larger weights than all draws: the model misses tails of "
            "it, learn from more configurations"
        )
    tail = tail_shape(terms[np.isfinite(terms)])
    if tail.k - tail.error > LARGEST_SHAPE:
        found.append(f"the tail of weighted energies is heavy, shape {tail.k:.2f} +- {tail.error:.2f}")
    return tuple(found)


def _weighted(energies: np.ndarray, log_w: np.ndarray, unit: str) -> Estimate:
    """Mean and error of a ratio of sums: value = sum w E / sum w, error^2 = sum w^2 (E - value)^2 / (sum w)^2.

    T. Hesterberg, Technometrics 37, 185 (1995).  Where psi vanishes the weight does, and the energy does not count.
    """
    w = np.where(np.isfinite(log_w), np.exp(log_w - log_w[np.isfinite(log_w)].max()), 0.0)
    counts = (w > 0.0) & np.isfinite(energies)
    w, E = w[counts], energies[counts]
    value = float(w @ E / w.sum())
    error = float(np.sqrt((w**2) @ (E - value) ** 2) / w.sum())
    effective = float(w.sum() ** 2 / (w @ w))
    variance = float(w @ (E - value) ** 2 / w.sum())
    return Estimate(value, error, variance, int(counts.sum()), 1.0, effective, unit=unit)
