"""Results in Python, xarray and ArviZ."""

from dataclasses import replace

import numpy as np
import pytest

import vmc
from vmc.statistics import between_walkers, format_value, summarise


def test_arrays_and_estimates(dot):
    results = vmc.load(dot.path / "dot.h5")
    assert results.energy is not None
    assert results.energy.value == results.estimates["energy"].value
    assert abs(results.energy.value - 3.0) < 0.5
    assert results.unit == "hartree"
    assert results.reference == (3.0, 0.0, "")
    assert results.optimization["energy"].shape == (12,)
    assert results.optimization["theta"].shape == (12, 20)
    assert results.evaluation["energy"].shape == (40,)
    parts = sum(results.evaluation[name] for name in ("kinetic", "trap", "interaction"))
    np.testing.assert_allclose(results.evaluation["energy"], parts, rtol=1e-12)
    np.testing.assert_allclose(results.energy.value, results.evaluation["energy"].mean(), rtol=1e-12)
    psi = results.wave_function()
    assert psi.layout.names() == results.parameter_names
    np.testing.assert_array_equal(psi.theta, results.theta)
    assert "verdict" in str(results)


def test_error_and_verdict_follow_from_what_the_file_holds(dot):
    """Both errors, split R-hat and the drift, from the series and the means of walkers."""
    results = vmc.load(dot.path / "dot.h5")
    told, energy = results.summary, results.energy
    kept = results.evaluation["energy"][results.equilibration :]
    assert results.walkers["energy"].shape == (64,)
    made, verdict = summarise(
        kept,
        results.walkers["energy"],
        results.walkers["energy_of_halves"],
        variance=energy.variance,
        n_samples=energy.n_samples,
        variance_error=energy.variance_error,
        unit=energy.unit,
    )
    assert made.error == pytest.approx(energy.error, rel=1e-9)
    assert made.r_hat == pytest.approx(energy.r_hat, rel=1e-12)
    assert (verdict.reliable, verdict.reasons) == (told.verdict.reliable, told.verdict.reasons)
    assert verdict.diagnostics.drift == pytest.approx(told.verdict.diagnostics.drift, rel=1e-9)
    between = between_walkers(results.walkers["energy"]).error
    assert (told.verdict.diagnostics.error_source == "walkers") == (between == pytest.approx(energy.error, rel=1e-9))
    np.testing.assert_allclose(results.walkers["energy"].mean(), energy.value, rtol=1e-12)  # all of one length


def test_a_job_that_has_not_ended(dot):
    """While it optimises the energy of the last iteration; while it measures how much of it is done."""
    results = vmc.load(dot.path / "dot.h5")
    assert not results.measured
    early = replace(results, summary=None, estimates={}, attributes={**results.attributes, "phase": "optimise"})
    columns = early.optimization
    last = f"iteration 12: {format_value(columns['energy'][-1], columns['error'][-1], 'hartree')}"
    assert early.line == f"[optimise]  {last}"
    assert last in str(early).splitlines()
    none = replace(early, optimization={name: array[:0] for name, array in columns.items()})
    assert none.line == "[optimise]  no energy yet"
    part = replace(
        results,
        attributes={**results.attributes, "phase": "evaluate"},
        summary=replace(results.summary, n_measurements=30),
    )
    assert part.line.endswith("  30 of 40 measurements")
    assert "measured    30 of 40 measurements" in str(part).splitlines()


def test_xarray_and_arviz_open_results(dot):
    xarray = pytest.importorskip("xarray")
    arviz = pytest.importorskip("arviz_stats")
    with xarray.open_datatree(dot.path / "dot.h5", engine="h5netcdf") as tree:
        energy = tree["evaluation"]["energy"]
        assert energy.dims == ("chain", "draw")
        assert energy.attrs["units"] == "hartree"
        assert set(tree["optimization"]["theta"].dims) == {"iteration", "parameter"}
        np.testing.assert_array_equal(energy.values[0], vmc.load(dot.path / "dot.h5").evaluation["energy"])
        ess = float(arviz.ess(tree["evaluation"].to_dataset(), method="mean")["energy"])
    assert 1.0 < ess < 200.0
