"""Between optimisation and evaluation: a density learns from the walkers and proposes whole configurations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from samplers.independence import Independence, Proposal
from vmc.errors import UserError
from vmc.parallel import on_root

if TYPE_CHECKING:
    from samplers.generative import GenerativeModel
    from vmc.config.schema import ProposalSection
    from vmc.ensemble import Ensemble

#: Draws of the fitted density that tell how good it is.
N_JUDGED = 2000


class Learner(NamedTuple):
    """A model, its density as compiled kernels, and what makes their parameters of the fitted model."""

    model: GenerativeModel
    proposal: Proposal
    parameters: Callable[[Any], np.ndarray]


def learner(section: ProposalSection, n_coordinates: int, seed: int) -> Learner:
    """The model that a configuration describes, not yet fitted.

    Raises
    ------
    UserError
        if scikit-learn is not installed.
    """
    try:
        from samplers.generative import MixtureAutoregressive, SplineFlow
    except ImportError as error:
        raise UserError(f"sampler.proposal: {error}") from error
    common: dict[str, Any] = {"hidden": tuple(section.hidden), "n_epochs": section.epochs, "random_state": seed}
    if section.kind == "flow":
        from samplers.generative.flow.compiled import flow_parameters, flow_proposal

        flow = SplineFlow(section.layers, section.bins, **common)
        return Learner(flow, flow_proposal(flow, n_coordinates), flow_parameters)
    from samplers.generative.autoregressive.compiled import mixture_parameters, mixture_proposal

    mixture = MixtureAutoregressive(section.components, **common)
    return Learner(mixture, mixture_proposal(mixture, n_coordinates), mixture_parameters)


def learn_proposal(ensemble: Ensemble, section: ProposalSection, seed: int) -> str:
    """Fit the proposals of the ensemble's move to its walkers and switch them on; return one line on how good they are.

    The walkers of all ranks go on for as long as it takes to collect the configurations; the root fits.  Collective.
    """
    move = ensemble.measurement.move
    assert isinstance(move, Independence)
    rounds = -(-section.samples // ensemble.partition.n_walkers)
    collected: list[np.ndarray] = []
    for _ in range(rounds):
        ensemble.advance(section.stride)
        rows = ensemble.communicator.gather_rows(ensemble.X)
        if rows is not None:
            collected.append(rows.copy())
    parameters, lines = np.zeros(move.proposal.n_parameters), []
    model, _, parameters_of = learner(section, ensemble.measurement.wave_function.system.n_coordinates, seed)

    def fit() -> None:
        X = np.concatenate(collected)
        try:
            model.fit(X)
        except (ValueError, FloatingPointError) as error:
            raise UserError(f"sampler.proposal: {error}") from error
        parameters[:] = parameters_of(model)
        lines.append(_judge(ensemble, model, X, seed))

    on_root(ensemble.communicator, fit)
    ensemble.communicator.fill_from_root(parameters)
    ensemble.options[:] = move.activated(ensemble.options, parameters)
    return lines[0] if lines else ""


def _judge(ensemble: Ensemble, model: Any, X: np.ndarray, seed: int) -> str:
    """Mean acceptance min(1, w(y) / w(x)) of draws y from configurations x, w = |psi|^2 / q, and the size of the sample
    of independent draws that importance weights would leave of them."""
    rng = np.random.default_rng([seed, 1])
    x, y = X[rng.choice(len(X), min(N_JUDGED, len(X)), replace=False)], model.sample(N_JUDGED, rng)
    here, there = (_log_weights(ensemble, model, rows) for rows in (x, y[: len(x)]))
    acceptance = np.minimum(1.0, np.exp(np.minimum(there - here, 0.0))).mean()
    weights = np.exp(there - there.max())
    effective = weights.sum() ** 2 / (weights**2).sum() / len(weights)
    return (
        f"proposals fitted to {len(X)} configurations: {acceptance:.1%} accepted, "
        f"importance weights would keep {effective:.1%} of a sample"
    )


def _log_weights(ensemble: Ensemble, model: Any, X: np.ndarray) -> np.ndarray:
    log_psi = ensemble.measurement.wave_function.evaluate(X).log_psi
    found = 2.0 * log_psi - model.score_samples(X)
    return np.where(np.isnan(found), -np.inf, found)
