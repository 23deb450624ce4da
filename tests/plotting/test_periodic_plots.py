"""Plots of periodic systems: what is drawn is what was measured, k_F stands where it should, nothing overlaps."""

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest

from tests.plotting.test_every_job import drawn, overlap
from vmc.observables import Axis, Measured, Points
from vmc.plotting import correlation_plot, figure_of, momentum_plot, structure_plot
from vmc.results.gas import fermi_wave_numbers

CONFIG = """
[system]
n_particles = {n}
n_dim = {d}
n_up = {up}
[hamiltonian]
kind = "electron_gas"
r_s = 2.0
[[wavefunction]]
kind = "slater"
"""
DISTANCES = Axis("r", "bohr", np.linspace(0.0, 3.0, 13))
WAVES = Points("k", "bohr^-1", np.array([0.0, 0.6, 0.9, 1.3, 2.6]))
NAMES = {
    "pair_correlation": DISTANCES,
    "pair_correlation_equal": DISTANCES,
    "pair_correlation_opposite": DISTANCES,
    "structure_factor": WAVES,
    "spin_structure_factor": WAVES,
    "momentum_distribution": WAVES,
}


def measured(name, axis, error=0.01):
    value = np.linspace(0.1, 1.1, len(axis.centres))
    return Measured(name, "a quantity", "", (axis,), value, np.full_like(value, error), 0.0, 16)


@pytest.fixture
def gas(finished):
    """Fourteen electrons at r_s = 2, from the attributes of another job."""
    attributes = {**finished.attributes, "config_toml": CONFIG.format(n=14, d=3, up=7)}
    return replace(finished, attributes=attributes, observables={n: measured(n, axis) for n, axis in NAMES.items()})


@pytest.mark.parametrize("kind", ["correlation", "structure", "momentum"])
@pytest.mark.parametrize("error", [0.01, math.nan])
def test_without_a_warning_and_with_the_legend_clear_of_the_data(kind, error, gas):
    results = replace(gas, observables={n: measured(n, axis, error) for n, axis in NAMES.items()})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = drawn(figure_of(results, kind))
    (axes,) = figure.axes
    assert not overlap(axes.get_legend().get_window_extent(), axes.get_window_extent())
    assert axes.get_legend().get_window_extent().x1 <= figure.bbox.x1


@pytest.mark.parametrize(
    ("plot", "names"),
    [
        (correlation_plot, list(NAMES)[:3]),
        (structure_plot, list(NAMES)[3:5]),
        (momentum_plot, list(NAMES)[5:]),
    ],
)
def test_every_value_with_its_error(plot, names, gas, axes):
    plot(gas, axes)
    assert len(axes.containers) == len(names)
    for name, container in zip(names, axes.containers):
        points, _, (bars,) = container.lines
        what = gas.observables[name]
        np.testing.assert_array_equal(points.get_xdata(), what.axes[0].centres)
        np.testing.assert_array_equal(points.get_ydata(), what.value)
        ends = np.array([segment[:, 1] for segment in bars.get_segments()])
        np.testing.assert_allclose(ends[:, 1] - ends[:, 0], 0.02)
    joined = plot is not momentum_plot
    assert (axes.containers[0].lines[0].get_linestyle() != "None") == joined


def marks(axes):
    """Places of the vertical lines."""
    return [line.get_xdata()[0] for line in axes.lines if line.get_label().count("k_")]


def test_fermi_wave_numbers(gas, axes):
    """(9 pi / 4)^(1/3) / r_s without polarisation; twice as much for the structure factor."""
    k_fermi = (9.0 * math.pi / 4.0) ** (1.0 / 3.0) / 2.0
    momentum_plot(gas, axes)
    assert marks(axes) == pytest.approx([k_fermi], rel=1e-12)
    axes.clear()
    structure_plot(gas, axes)
    assert marks(axes) == pytest.approx([2.0 * k_fermi], rel=1e-12)


@pytest.mark.parametrize(
    ("d", "n", "up", "expected"),
    [
        (2, 10, 5, {"spin up": math.sqrt(2.0) / 2.0}),
        (2, 5, 5, {"spin up": 1.0}),
        (2, 6, 5, {"spin up": math.sqrt(4.0 * 5.0 / 6.0) / 2.0, "spin down": math.sqrt(4.0 / 6.0) / 2.0}),
        (3, 7, 0, {"spin down": (4.5 * math.pi) ** (1.0 / 3.0) / 2.0}),
    ],
)
def test_fermi_wave_numbers_of_each_spin(d, n, up, expected, gas):
    attributes = {**gas.attributes, "config_toml": CONFIG.format(n=n, d=d, up=up)}
    assert fermi_wave_numbers(replace(gas, attributes=attributes).config) == pytest.approx(expected, rel=1e-12)


def test_no_mark_outside_a_gas_or_the_picture(gas, finished, axes):
    trap = replace(gas, attributes=finished.attributes)
    momentum_plot(trap, axes)
    assert marks(axes) == []
    axes.clear()
    few = {"structure_factor": measured("structure_factor", replace(WAVES, centres=0.3 * WAVES.centres))}
    structure_plot(replace(gas, observables=few), axes)
    assert marks(axes) == []
