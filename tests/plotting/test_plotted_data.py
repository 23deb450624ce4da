"""What is drawn is what the file holds, number by number."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection

from vmc.observables import Measured
from vmc.plotting import (
    absent,
    acceptance_plot,
    blocking_plot,
    components_plot,
    density_plot,
    energy_plot,
    figure_of,
    map_plot,
    pair_plot,
    parameters_plot,
    profiles_plot,
    variance_plot,
)
from vmc.stages.history import rolled_back
from vmc.statistics.block_averages import MINIMUM_PLATEAU_BLOCKS

equal = np.testing.assert_array_equal


def line(axes, start):
    """The one line whose label starts so."""
    (found,) = [line for line in axes.lines if line.get_label().startswith(start)]
    return found


def bars(axes):
    """Ends of all vertical error bars, (n, 2), nan where there is none."""
    segments = [segment for c in axes.collections if isinstance(c, LineCollection) for segment in c.get_segments()]
    return np.array([segment[:, 1] if segment.ndim == 2 else (np.nan, np.nan) for segment in segments])


@pytest.mark.parametrize(
    "plot", [energy_plot, variance_plot, blocking_plot, parameters_plot, acceptance_plot, components_plot]
)
def test_returns_the_axes_it_was_given(plot, finished, axes):
    assert plot(finished, axes) is axes


def test_energies_with_a_band_of_one_error(finished, axes):
    energy_plot(finished, axes)
    columns = finished.optimization
    curve = line(axes, "iteration")
    equal(curve.get_xdata(), columns["iteration"])
    equal(curve.get_ydata(), columns["energy"])
    (band,) = [c for c in axes.collections if isinstance(c, PolyCollection)]
    vertices = band.get_paths()[0].vertices
    for iteration, energy, error in zip(columns["iteration"], columns["energy"], columns["error"]):
        there = vertices[vertices[:, 0] == iteration, 1]
        assert (there.min(), there.max()) == (energy - error, energy + error)


def test_an_iteration_that_was_taken_back_is_a_gap(jobs, axes):
    """And decides no limits; an iteration without an update for want of a gradient is none."""
    results = jobs["rolled back"]
    energy_plot(results, axes)
    curve = line(axes, "iteration ± error (1 rolled back: not shown)")
    assert np.flatnonzero(np.isnan(curve.get_ydata())).tolist() == [5]
    assert axes.get_ylim()[0] > 0.0
    assert rolled_back(results.optimization).sum() == 1
    still = {**results.optimization, "update_norm": np.zeros(12)}
    assert not rolled_back(still).any()
    assert not rolled_back(jobs["eigenstate"].optimization).any()


def test_a_variance_that_was_taken_back_decides_no_limits(jobs, finished, axes):
    variance_plot(jobs["rolled back"], axes)
    limits = axes.get_ylim()
    axes.clear()
    variance_plot(finished, axes)
    assert limits == axes.get_ylim()


def test_parameters_that_were_taken_back_are_left_out(jobs, axes):
    parameters_plot(jobs["rolled back"], axes)
    curves = [curve for curve in axes.lines if len(curve.get_xdata()) == 11]
    assert len(curves) == jobs["rolled back"].theta.size
    equal(curves[0].get_xdata(), np.delete(np.arange(12), 5))
    assert axes.get_ylim()[1] < 100.0


def test_reference_and_evaluated_energy(finished, axes):
    energy_plot(finished, axes)
    assert set(line(axes, "reference").get_ydata()) == {finished.reference[0]} == {3.0}
    evaluated = line(axes, "evaluated")
    equal(evaluated.get_ydata(), [finished.energy.value])
    assert evaluated.get_xdata()[0] > finished.optimization["iteration"][-1]
    value, error = finished.energy.value, finished.energy.error
    equal(bars(axes), [[value - error, value + error]])


def test_reference_stays_off_the_frame(finished, axes):
    """Also a reference that lies in the margin which Matplotlib leaves around the other data."""
    columns = {**finished.optimization, "energy": np.linspace(4.0, 3.046, 12), "error": np.zeros(12)}
    energy_plot(replace(finished, optimization=columns, estimates={}), axes)
    low, high = axes.get_ylim()
    assert 3.0 - low > 0.01 * (high - low)


def test_course_of_an_evaluation_without_iterations(jobs, axes):
    results = jobs["evaluation only"]
    energy_plot(results, axes)
    equal(line(axes, "mean of all").get_ydata(), results.evaluation["energy"])
    assert set(line(axes, "evaluated").get_ydata()) == {results.energy.value}
    (band,) = axes.patches
    bottom, height = band.get_y(), band.get_height()
    np.testing.assert_allclose([bottom, bottom + height], results.energy.value + results.energy.error * np.r_[-1, 1])


def test_variances_on_a_logarithmic_axis(finished, axes):
    variance_plot(finished, axes)
    assert axes.get_yscale() == "log"
    equal(line(axes, "iteration").get_ydata(), finished.optimization["variance"])
    equal(line(axes, "evaluated").get_ydata(), [finished.energy.variance])


@pytest.mark.parametrize("job", ["eigenstate", "converging to an eigenstate"])
def test_variances_of_zero_stand_at_the_lower_end(job, jobs, axes):
    variances = jobs[job].optimization["variance"]
    variance_plot(jobs[job], axes)
    zeros = line(axes, "exactly zero")
    equal(zeros.get_xdata(), np.flatnonzero(variances == 0.0))
    assert set(zeros.get_ydata()) == {0.03}  # of the height of the axes
    low, high = axes.get_ylim()
    assert 0.0 < low < high < np.inf
    positive = variances[variances > 0.0]
    assert (low < positive).all()
    assert (positive < high).all()


def test_blocking_with_the_reported_error(finished, axes):
    blocking_plot(finished, axes)
    table = finished.blocking
    many = 40 // table["block_length"] >= MINIMUM_PLATEAU_BLOCKS
    assert many.any()
    assert not many.all()
    trusted, few = (container.lines[0] for container in axes.containers)
    for points, chosen in ((trusted, many), (few, ~many)):
        equal(points.get_xdata(), table["block_length"][chosen])
        equal(points.get_ydata(), table["error"][chosen])
    assert few.get_markerfacecolor() == "white"
    np.testing.assert_allclose(
        bars(axes), np.stack([table["error"] - table["error_of_error"], table["error"] + table["error_of_error"]], 1)
    )
    assert set(line(axes, "reported").get_ydata()) == {finished.energy.error}


def test_every_parameter_has_its_trace(finished, axes):
    parameters_plot(finished, axes)
    curves = [curve for curve in axes.lines if len(curve.get_xdata()) == 12 and curve.get_linestyle() != "None"]
    drawn = np.array([curve.get_ydata() for curve in curves])
    equal(drawn[np.lexsort(drawn.T)], finished.optimization["theta"].T[np.lexsort(finished.optimization["theta"])])
    ends = np.concatenate([points.get_ydata() for points in axes.lines if points.get_marker() == "D"])
    equal(np.sort(ends), np.sort(finished.theta))
    _, labels = axes.get_legend_handles_labels()
    assert labels == ["rbm.visible_bias (4)", "rbm.hidden_bias (3)", "rbm.weights (12)", "pade.beta"]


def test_norms_where_parameters_were_not_recorded(jobs, axes):
    results = jobs["many parameters"]
    parameters_plot(results, axes)
    equal(line(axes, "norm of the gradient").get_ydata(), results.optimization["gradient_norm"])
    equal(line(axes, "norm of the update").get_ydata(), results.optimization["update_norm"])
    assert "2000 parameters" in axes.get_xlabel()


def test_acceptance_and_step(finished, axes):
    acceptance_plot(finished, axes)
    equal(line(axes, "acceptance").get_ydata(), finished.optimization["acceptance"])
    equal(line(axes, "evaluation").get_ydata(), [finished.summary.acceptance])
    (right,) = [other for other in axes.figure.axes if other is not axes]
    equal(line(right, "time step").get_ydata(), finished.optimization["step"])
    assert right.get_ylabel() == r"time step ($\hbar/E_\mathrm{h}$)"
    assert axes.get_ylim()[0] == 0.0
    assert 1.0 < axes.get_ylim()[1] < 1.1  # the frame hides no rate of one


def test_components(finished, jobs, axes):
    components_plot(finished, axes)
    for name in ("kinetic", "trap", "interaction"):
        equal(line(axes, name).get_ydata(), finished.optimization[name])
    axes.clear()
    components_plot(jobs["evaluation only"], axes)
    for name in ("kinetic", "trap", "interaction"):
        equal(line(axes, name).get_ydata(), finished.evaluation[name])


@pytest.mark.parametrize(
    ("plot", "name"), [(density_plot, "radial_density"), (pair_plot, "pair_distribution"), (profiles_plot, "density_x")]
)
def test_densities(plot, name, finished, axes):
    plot(finished, axes)
    measured = finished.observables[name]
    curve = axes.lines[0]
    equal(curve.get_xdata(), measured.axes[0].centres)
    equal(curve.get_ydata(), measured.value)
    ends = bars(axes)[: len(measured.value)]
    known = np.isfinite(measured.error)
    assert known.any()
    np.testing.assert_allclose((ends[:, 1] - ends[:, 0])[known], 2.0 * measured.error[known])
    assert np.isnan(ends[~known]).all()  # an error of zero would be another thing
    assert "a_0" in axes.get_xlabel()
    assert "a_0" in axes.get_ylabel()


def test_every_axis_has_its_profile(finished, axes):
    profiles_plot(finished, axes)
    _, labels = axes.get_legend_handles_labels()
    assert [label.partition(" (")[0] for label in labels] == ["along $x$", "along $y$"]


def test_a_band_where_the_bins_are_many(finished, axes):
    measured = finished.observables["radial_density"]
    edges = np.linspace(0.0, 3.0, 41)
    many = replace(
        measured,
        axes=(replace(measured.axes[0], edges=edges),),
        value=np.linspace(1.0, 0.0, 40),
        error=np.full(40, 0.125),
    )
    density_plot(replace(finished, observables={"radial_density": many}), axes)
    (band,) = [c for c in axes.collections if isinstance(c, PolyCollection)]
    heights = band.get_paths()[0].vertices[:, 1]
    assert heights.max() == 1.125
    assert heights.min() == -0.125


def test_map(finished, axes):
    """The image is not turned round: x to the right, y upwards."""
    measured = finished.observables["density_map"]
    lopsided = replace(measured, value=np.arange(64.0).reshape(8, 8))
    map_plot(replace(finished, observables={"density_map": lopsided}), axes)
    (image,) = axes.collections
    shown = np.asarray(image.get_array()).reshape(8, 8)  # one row per y
    equal(shown, lopsided.value.T)
    assert axes.get_xlim() == (-2.5, 2.5)
    (bar,) = [other for other in axes.figure.axes if other is not axes]
    assert "n(x, y)" in bar.get_ylabel()


def texts(axes):
    """All that is written in and above the axes."""
    legend = axes.get_legend()
    entries = legend.get_texts() if legend else []
    return " ".join([*(text.get_text() for text in [*axes.texts, *entries]), axes.get_title("left")])


@pytest.mark.parametrize("plot", [density_plot, pair_plot, profiles_plot, map_plot])
def test_what_lies_outside_is_told(plot, jobs, axes):
    plot(jobs["too few blocks"], axes)
    assert "0.5 beyond" in texts(axes)


@pytest.mark.parametrize("plot", [density_plot, pair_plot, map_plot])
def test_empty_bins_are_told_as_such(plot, jobs, axes):
    """Not as too few blocks; a map of them was an even square with a colour bar from -0.1 to 0.1."""
    plot(jobs["all outside"], axes)
    assert "all bins are empty" in texts(axes)
    assert "2 beyond" in texts(axes)
    assert "too few" not in texts(axes)
    assert len(axes.figure.axes) == 1


def test_a_number_of_the_users_is_no_density(finished):
    """By its name it was drawn, or looked for: an IndexError or a KeyError."""
    number = Measured("radial_density", "", "", (), np.array(1.0), np.array(0.1), 0.0, 16)
    for name in ("radial_density", "my_radial_density"):
        results = replace(finished, observables={name: replace(number, name=name)})
        assert absent(results)["density"] == "no radial_density among the observables"
        (axes,) = figure_of(results, "density").axes
        assert not axes.lines
