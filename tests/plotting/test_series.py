"""Plots of several runs: against a parameter set by hand, and on their way to the same energy."""

from dataclasses import replace

import numpy as np
import pytest

from vmc.plotting import convergence_plot, scan_plot

equal = np.testing.assert_array_equal


def test_scan_with_an_exact_curve(axes):
    x, energies, errors = np.array([0.4, 0.5]), np.array([1.1, 1.0]), np.array([0.02, 0.01])
    exact = np.linspace(0.3, 0.6, 5), np.linspace(1.2, 1.0, 5)
    assert scan_plot(x, energies, errors, x_label="alpha", unit="hartree", exact=exact, axes=axes) is axes
    points, _, (bars,) = axes.containers[0].lines
    equal(points.get_xydata(), np.stack([x, energies], 1))
    equal([segment[:, 1] for segment in bars.get_segments()], np.stack([energies - errors, energies + errors], 1))
    (curve,) = [line for line in axes.lines if line.get_label() == "exact"]
    equal(curve.get_xydata(), np.stack(exact, 1))
    assert axes.get_ylabel() == "energy (hartree)"


def test_a_second_scan_has_another_colour(axes):
    for label in ("one", "two"):
        scan_plot([1.0], [2.0], [0.1], x_label="x", unit="", label=label, axes=axes)
    first, second = (container.lines[0].get_color() for container in axes.containers)
    assert first != second


def test_scan_refuses_series_of_different_length(axes):
    with pytest.raises(ValueError, match=r"expected one value per run, got shapes \(2,\), \(2,\) and \(1,\)"):
        scan_plot([1.0, 2.0], [1.0, 2.0], [0.1], x_label="x", unit="", axes=axes)


def test_distances_from_the_reference(finished, axes):
    other = replace(finished, optimization={**finished.optimization, "energy": finished.optimization["energy"] - 0.3})
    assert convergence_plot([finished, other], ["one", "two"], axes) is axes
    assert axes.get_yscale() == "log"
    for curve, results in zip(axes.lines, (finished, other)):
        equal(curve.get_ydata(), np.abs(results.optimization["energy"] - 3.0))
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()


def test_convergence_refuses_what_cannot_be_compared(finished, jobs, axes):
    with pytest.raises(ValueError, match="expected one for each of 2 runs, got 1"):
        convergence_plot([finished, finished], ["one"], axes)
    with pytest.raises(ValueError, match="no iterations to compare"):
        convergence_plot([jobs["evaluation only"]], ["one"], axes)
    without = replace(finished, attributes={k: v for k, v in finished.attributes.items() if "reference" not in k})
    with pytest.raises(ValueError, match="no reference energy"):
        convergence_plot([without], ["one"], axes)
    other = replace(finished, attributes={**finished.attributes, "reference_energy": 4.0})
    with pytest.raises(ValueError, match="expected the same for all runs, got 3 hartree, 4 hartree"):
        convergence_plot([finished, other], ["one", "two"], axes)
