"""Between optimisation and evaluation: a density learns from the walkers and proposes whole configurations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from samplers.independence import Independence, Proposal
from vmc.errors import UserError
from vmc.parallel import on_root
from vmc.stages.importance import acceptance, effective_share, log_weights

if TYPE_CHECKING:
    from samplers.generative import GenerativeModel
    from vmc.config.schema import ProposalSection
    from vmc.measuring.ensemble import Ensemble
    from wavefunctions.base import WaveFunction

#: Configurations, and draws of the fitted density, that tell how good it is.
N_JUDGED = 2000
#: Of the configurations a share is held out, and a fit ends when for so many epochs these have become less likely:
#: a density that knows single configurations by heart proposes little else.
HELD_OUT, PATIENCE = 0.1, 5


class Learner(NamedTuple):
    """A model, what makes compiled kernels of its settings and a number of coordinates, and what makes their parameters
    of the fitted model."""

    model: GenerativeModel
    proposal: Callable[[Any, int], Proposal]
    parameters: Callable[[Any], np.ndarray]


def learner(section: ProposalSection, seed: int) -> Learner:
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
    common: dict[str, Any] = {
        "hidden": tuple(section.hidden),
        "n_epochs": section.epochs,
        "validation_fraction": HELD_OUT,
        "patience": PATIENCE,
        "random_state": seed,
    }
    if section.kind == "flow":
        from samplers.generative.flow.compiled import flow_parameters, flow_proposal

        return Learner(SplineFlow(section.layers, section.bins, **common), flow_proposal, flow_parameters)
    from samplers.generative.autoregressive.compiled import mixture_parameters, mixture_proposal

    mixture = MixtureAutoregressive(section.components, **common)
    return Learner(mixture, mixture_proposal, mixture_parameters)


def learn_proposal(ensemble: Ensemble, section: ProposalSection, seed: int) -> str:
    """Fit the proposals of the ensemble's move to its walkers and switch them on; return one line on how good they are.

    The walkers of all ranks go on for as long as it takes to collect the configurations, and some more to judge the fit
    by; the root fits.  Collective.
    """
    move, wave_function = ensemble.measurement.move, ensemble.measurement.wave_function
    assert isinstance(move, Independence)
    X, Y = (_collect(ensemble, n, section.stride) for n in (section.samples, N_JUDGED))
    parameters, lines = np.zeros(move.proposal.n_parameters), []
    model, _, parameters_of = learner(section, seed)

    def fit() -> None:
        try:
            model.fit(X)
        except (ValueError, FloatingPointError) as error:
            raise UserError(f"sampler.proposal: {error}") from error
        parameters[:] = parameters_of(model)
        lines.append(f"proposals fitted to {len(X)} configurations: {_judge(wave_function, model, Y, seed)}")

    on_root(ensemble.communicator, fit)
    ensemble.communicator.fill_from_root(parameters)
    ensemble.options[:] = move.activated(ensemble.options, parameters)
    return lines[0] if lines else ""


def _collect(ensemble: Ensemble, n: int, stride: int) -> np.ndarray:
    """N configurations of all walkers, `stride` steps apart, on the root; none elsewhere.  Collective."""
    collected: list[np.ndarray] = []
    for _ in range(-(-n // ensemble.partition.n_walkers)):
        ensemble.advance(stride)
        rows = ensemble.communicator.gather_rows(ensemble.X)
        if rows is not None:
            collected.append(rows.copy())
    return np.concatenate(collected)[:n] if collected else np.empty((0, ensemble.X.shape[1]))


def _judge(wave_function: WaveFunction, model: GenerativeModel, X: np.ndarray, seed: int) -> str:
    """What share of draws would be accepted from configurations X that the model has not seen, and what importance
    weights would leave of a sample of draws."""
    Y = model.sample(len(X), np.random.default_rng([seed, 1]))
    here, there = (log_weights(wave_function, model, rows) for rows in (X, Y))
    kept = effective_share(there)
    return f"{acceptance(here, there):.1%} accepted, importance weights would keep {kept:.1%} of a sample"
