"""Every kind of plot of every kind of job: drawn without a warning, honest about what is missing, nothing overlaps."""

import warnings

import matplotlib
import numpy as np
import pytest

from vmc.plotting import KINDS, absent, energy_plot, figure_of, house_style, summary_plot

PERIODIC = {"correlation", "structure", "momentum"}
OBSERVED = {"density", "profiles", "map", "pair"} | PERIODIC


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind == "summary" else pytest.mark.slow) for kind in KINDS]
)
def test_is_drawn_without_a_warning_and_with_its_legends_clear_of_the_data(kind, any_job):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = drawn(figure_of(any_job, kind))
    frames = [axes.get_window_extent() for axes in figure.axes]
    for axes in figure.axes:
        legend = axes.get_legend()
        if legend is not None:
            extent = legend.get_window_extent()
            assert not any(overlap(extent, frame) for frame in frames), axes.get_ylabel()
            assert extent.x1 <= figure.bbox.x1
            assert extent.x0 >= 0.0


def test_the_test_of_overlap_can_fail(finished):
    figure = figure_of(finished, "energy")
    with house_style():
        figure.axes[0].legend(loc="upper left")
    drawn(figure)
    assert overlap(figure.axes[0].get_legend().get_window_extent(), figure.axes[0].get_window_extent())


@pytest.mark.parametrize(
    ("job", "missing"),
    [
        ("finished", PERIODIC),
        ("without observables", OBSERVED),
        ("too few blocks", PERIODIC),
        ("stopped while optimising", {"evaluation", "blocking"} | OBSERVED),
        ("evaluation only", {"iterations", "traces"} | PERIODIC),
        ("untouched", {"iterations", "evaluation", "blocking", "traces"} | OBSERVED),
        ("eigenstate", {"blocking"} | PERIODIC),
        ("many parameters", {"traces"} | PERIODIC),
    ],
)
def test_what_is_missing(job, missing, jobs):
    assert set(absent(jobs[job])) == missing


def test_missing_is_not_the_same_as_not_yet(jobs):
    assert absent(jobs["stopped while optimising"])["evaluation"] == "no evaluation yet"
    assert absent(jobs["no evaluation"])["evaluation"] == "no evaluation"
    assert absent(jobs["untouched"])["iterations"] == "no iterations yet"
    assert absent(jobs["evaluation only"])["iterations"] == "no iterations"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("summary", "parameters")])
def test_a_plot_of_nothing_says_so(kind, jobs):
    (axes,) = figure_of(jobs["untouched"], kind).axes
    assert not axes.lines
    assert any(text.get_text().startswith("no ") for text in axes.texts)


def test_a_page_leaves_out_what_is_not_there(jobs):
    labels = {job: {axes.get_ylabel() for axes in figure_of(jobs[job], "summary").axes} for job in jobs}
    assert "parameter" in labels["finished"]
    assert any(label.startswith("error") for label in labels["finished"])
    assert not any(label.startswith("error") for label in labels["eigenstate"])
    assert not any(label.startswith("variance") for label in labels["evaluation only"])
    assert "parameter" in labels["evaluation only"]
    assert "parameter" not in labels["no parameters, evaluation only"]
    assert len(figure_of(jobs["untouched"], "summary").axes) == 1


def test_a_page_says_whether_the_error_can_be_believed(finished):
    figure = figure_of(finished, "summary")
    assert finished.verdict
    assert finished.verdict in {text.get_text() for text in figure.findobj(matplotlib.text.Text)}


def test_pyplot_figures_and_global_settings(finished):
    before = dict(matplotlib.rcParams)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figures = [energy_plot(finished).figure, summary_plot(finished)]
    assert dict(matplotlib.rcParams) == before
    from matplotlib import pyplot

    for figure in figures:
        assert pyplot.fignum_exists(figure.number)
        pyplot.close(figure)


def test_the_tail_is_enlarged_only_into_a_free_corner(finished, axes):
    from dataclasses import replace

    n = 100
    noise = np.random.default_rng(1).normal(size=n)

    def insets(early):
        energy = np.append(np.linspace(20.0, 10.0, early), np.full(n - early, 3.0)) + 0.01 * noise
        rest = dict.fromkeys(("error", "update_norm"), np.full(n, 0.01))
        columns = {"iteration": np.arange(n), "energy": energy, **rest}
        axes.clear()
        energy_plot(replace(finished, optimization=columns), axes)
        return axes.child_axes

    assert len(insets(early=10)) == 1
    assert insets(early=45) == []


def drawn(figure):
    """The figure after its layout."""
    with house_style():
        figure.draw_without_rendering()
    return figure


def overlap(first, second):
    """Whether two boxes share more than a point at their edge."""
    width = min(first.x1, second.x1) - max(first.x0, second.x0)
    height = min(first.y1, second.y1) - max(first.y0, second.y0)
    return width > 1.0 and height > 1.0
