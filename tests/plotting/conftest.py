"""A finished job, and what other jobs would have left in its place."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import vmc
from vmc.results.loading import Results


@pytest.fixture(scope="session")
def finished(dot) -> Results:
    """Twelve iterations of stochastic reconfiguration and an evaluation of the two-dimensional dot."""
    return vmc.load(dot.path / "dot.h5")


@pytest.fixture(scope="session")
def jobs(finished) -> dict[str, Results]:
    """Results of jobs by what is special about them."""
    return {name: make(finished) for name, make in MAKERS.items()}


@pytest.fixture
def axes():
    """Axes of a figure of no window."""
    from matplotlib.figure import Figure

    return Figure().add_subplot()


def _without(attributes: dict, phase: str, *gone: str) -> dict:
    return {**{key: value for key, value in attributes.items() if key not in gone}, "phase": phase}


def unevaluated(results: Results, phase: str = "optimise") -> Results:
    """Stopped before the evaluation, or one of no samples."""
    attributes = _without(results.attributes, phase, "estimates")
    empty = {name: series[:0] for name, series in results.evaluation.items()}
    return replace(results, attributes=attributes, evaluation=empty, blocking={}, estimates={}, observables={})


def first_iterations(results: Results, n: int) -> Results:
    return replace(results, optimization={name: column[:n] for name, column in results.optimization.items()})


def untouched(results: Results) -> Results:
    """Stopped while the walkers thermalised."""
    return first_iterations(unevaluated(results, "thermalise"), 0)


def eigenstate(results: Results) -> Results:
    """Every local energy the same number: no variance, no error, no blocking."""
    columns = {
        **results.optimization,
        "energy": np.full(12, 3.0),
        "error": np.zeros(12),
        "variance": np.zeros(12),
    }
    evaluation = {**results.evaluation, "energy": np.full(40, 3.0)}
    estimates = {**results.estimates, "energy": replace(results.energy, value=3.0, error=0.0, variance=0.0)}
    return replace(results, optimization=columns, evaluation=evaluation, estimates=estimates, blocking={})


def converging_to_an_eigenstate(results: Results) -> Results:
    """A variance that falls over thirty decades to exactly zero."""
    energy = 3.0 + 0.1 ** np.arange(2, 26, 2.0)
    variance = np.append(0.1 ** np.linspace(0.0, 30.0, 10), [0.0, 0.0])
    columns = {**results.optimization, "energy": energy, "error": 0.1 * np.sqrt(variance), "variance": variance}
    return replace(results, optimization=columns)


def many_parameters(results: Results) -> Results:
    """More than are recorded iteration by iteration, with too many names for an attribute."""
    columns = {name: column for name, column in results.optimization.items() if name != "theta"}
    return replace(results, optimization=columns, theta=np.linspace(-1.0, 1.0, 2000), parameter_names=[])


def no_parameters(results: Results) -> Results:
    """A determinant alone."""
    columns = {name: column for name, column in results.optimization.items() if name != "theta"}
    return replace(results, optimization=columns, theta=np.empty(0), parameter_names=[])


def hostile_texts(results: Results) -> Results:
    """Texts that Matplotlib would take for mathematics, or that are longer than any plot."""
    attributes = {
        **results.attributes,
        "title": r"a $\frac{1}$ and \undefined " + 40 * "long ",
        "unit": "meV$^2",
        "reference_source": "$ _ ^ {\n" + 40 * "source ",
    }
    return replace(results, attributes=attributes)


def foreign_texts(results: Results) -> Results:
    """A title in letters that Matplotlib's own font does not have."""
    return replace(results, attributes={**results.attributes, "title": "量子点"})


def blown_up(results: Results) -> Results:
    """One iteration whose energies were not finite."""
    energy, error = results.optimization["energy"].copy(), results.optimization["error"].copy()
    energy[5] = error[5] = np.nan
    return replace(results, optimization={**results.optimization, "energy": energy, "error": error})


def rolled_back(results: Results) -> Results:
    """One iteration that was taken back, far beyond all others."""
    columns = {name: column.copy() for name, column in results.optimization.items()}
    for name, value in (
        ("energy", -1e15),
        ("error", 1e14),
        ("variance", 1e30),
        ("update_norm", np.nan),
        ("theta", 1e9),
    ):
        columns[name][5] = value
    return replace(results, optimization=columns)


def without_observables(results: Results) -> Results:
    """As of a configuration that asks for none."""
    return replace(results, observables={})


def too_few_blocks(results: Results) -> Results:
    """Densities without errors, some of them beyond the bins."""
    without = {
        name: replace(measured, error=np.full_like(measured.error, np.nan), outside=0.5, n_blocks=4)
        for name, measured in results.observables.items()
    }
    return replace(results, observables=without)


def all_outside(results: Results) -> Results:
    """Densities over bins that nothing fell into."""
    empty = {
        name: replace(measured, value=0.0 * measured.value, error=np.full_like(measured.error, np.nan), outside=2.0)
        for name, measured in results.observables.items()
    }
    return replace(results, observables=empty)


MAKERS: dict[str, Callable[[Results], Results]] = {
    "finished": lambda results: results,
    "stopped while optimising": unevaluated,
    "no evaluation": lambda results: unevaluated(results, "done"),
    "evaluation only": lambda results: first_iterations(results, 0),
    "one iteration": lambda results: first_iterations(results, 1),
    "untouched": untouched,
    "eigenstate": eigenstate,
    "eigenstate, evaluation only": lambda results: first_iterations(eigenstate(results), 0),
    "converging to an eigenstate": converging_to_an_eigenstate,
    "too few measurements": lambda results: replace(results, blocking={}),
    "many parameters": many_parameters,
    "many parameters, evaluation only": lambda results: first_iterations(many_parameters(results), 0),
    "no parameters, evaluation only": lambda results: first_iterations(no_parameters(results), 0),
    "hostile texts": hostile_texts,
    "foreign texts": foreign_texts,
    "blown up": blown_up,
    "rolled back": rolled_back,
    "without observables": without_observables,
    "too few blocks": too_few_blocks,
    "all outside": all_outside,
}


@pytest.fixture(params=MAKERS)
def any_job(request, jobs) -> Results:
    """Each of them."""
    return jobs[request.param]
