"""Observables in whole jobs: files, resuming, functions of the user's on the command line."""

import json

import numpy as np
import pytest

import vmc

MINE = """
from numba import njit

@njit
def mean_square(c, x):
    return c[0] * (x**2).sum()
"""


def test_results_hold_what_was_measured(dot):
    results = vmc.load(dot.path / "dot.h5")
    names = ["radial_density", "density_x", "density_y", "density_map", "pair_distribution", "r", "r2", "x2", "y2"]
    assert list(results.observables) == [*names, "pair_distance"]
    density = results.observables["radial_density"]
    edges = density.axes[0].edges
    area = np.pi * np.diff(edges**2)
    assert density.units == "bohr^-2"
    assert density.n_blocks == 8
    assert (density.value * area).sum() + density.outside == pytest.approx(2.0)
    shown = str(results)
    assert f"r2                {results.observables['r2']}" in shown
    assert "12 bins" in shown
    data = json.loads(dot.vmc("show", "dot.h5", "--json").stdout)["observables"]
    assert data["r2"]["value"] == float(results.observables["r2"].value)
    assert len(data["radial_density"]["edges"]["r"]) == 13


def test_xarray_knows_the_axes(dot):
    xarray = pytest.importorskip("xarray")
    with xarray.open_datatree(dot.path / "dot.h5", engine="h5netcdf") as tree:
        assert tree["observables/density_map"]["value"].dims == ("x", "y")
        radial = tree["observables/radial_density"]
        assert radial["value"].attrs["units"] == "bohr^-2"
        np.testing.assert_allclose(radial["r"].values, 0.125 + 0.25 * np.arange(12))


def test_observables_may_change_until_the_evaluation_begins(folder):
    assert folder.vmc("run", "dot.toml", "-o", "a.h5", "-q", "--max-time", "0.2").returncode == 0
    assert vmc.load(folder.path / "a.h5").observables == {}
    changed = ("-s", "observables.radial_density.bins=20", "-s", "observables.density_map.bins=3")
    assert folder.vmc("resume", "a.h5", "-q", *changed).returncode == 0
    resumed = vmc.load(folder.path / "a.h5")
    assert resumed.observables["radial_density"].value.shape == (20,)
    assert resumed.observables["density_map"].value.shape == (3, 3)
    too_late = folder.vmc("resume", "a.h5", "-q", "-s", "observables=[]")
    assert too_late.returncode == 1
    words = "observables.radial_density.kind was 'radial_density' and cannot become absent in phase 'done'"
    assert words in too_late.stderr


@pytest.mark.slow
def test_a_function_on_the_command_line(folder):
    """It agrees with the built-in mean square, number and error."""
    (folder.path / "mine.py").write_text(MINE)
    own = "observables=[{kind='moments'}, {kind='user', name='own', constants=[0.5], units='bohr^2'}]"
    done = folder.vmc("run", "dot.toml", "-q", "--json", "-s", own, "--kernel", "observable=mine:mean_square")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["observables"]
    assert found["own"]["value"] == pytest.approx(found["r2"]["value"], rel=1e-12)
    assert found["own"]["error"] == pytest.approx(found["r2"]["error"], rel=1e-9)
    without = folder.vmc("run", "dot.toml", "-q", "-o", "b.h5", "-s", own)
    assert "--kernel observable=module:function" in without.stderr
    assert "--kernel observable=module:function" in folder.vmc("check", "dot.toml", "-s", own).stderr


GAS = """
seed = 4
system = { n_particles = 2, n_dim = 2, n_up = 1 }
hamiltonian = { kind = "electron_gas", r_s = 2.0 }
wavefunction = [{ kind = "slater" }, { kind = "pair_polynomial" }]
optimizer = { kind = "adam", iterations = 0 }
observables = [
    { kind = "pair_correlation" }, { kind = "structure_factor" }, { kind = "momentum_distribution" },
    { kind = "kinetic_forms" }
]
[sampler]
kind = "particle_metropolis"
n_walkers = 64
n_blocks = 8
step_size = 2.0
thermalise = 10
[evaluation]
samples = 80
chunk = 20
"""


@pytest.mark.slow
@pytest.mark.mpi
def test_a_gas_on_two_ranks_and_over_an_interruption(folder):
    """The same bits, displacements of the momentum distribution among them."""
    (folder.path / "gas.toml").write_text(GAS)
    for name, arguments, ranks in (("a.h5", (), 0), ("b.h5", (), 2), ("c.h5", ("--max-time", "0.01"), 0)):
        done = folder.vmc("run", "gas.toml", "-o", name, "-q", *arguments, ranks=ranks)
        assert done.returncode == 0, done.stderr
    assert vmc.load(folder.path / "c.h5").attributes["phase"] != "done"
    assert folder.vmc("resume", "c.h5", "-q", ranks=2).returncode == 0
    serial = folder.numbers("a.h5")
    assert "observables/momentum_distribution/value" in serial
    for name in ("b.h5", "c.h5"):
        other = folder.numbers(name)
        assert serial.keys() == other.keys()
        for key, value in serial.items():
            assert value.tobytes() == other[key].tobytes(), (name, key)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("observables=[{kind='radial_densty', r_max=1.0}]", ("radial_densty", "did you mean 'radial_density'")),
        ("observables=[{kind='radial_density', rmax=1.0}]", ("unknown key 'observables.0.rmax'", "'r_max'")),
        ("observables=[{kind='moments'}, {kind='moments'}]", ("'r' is measured twice",)),
        ("observables.density_map.bins=600", ("bins = 600", "512")),
    ],
)
def test_refusals(setting, words):
    from tests.job_folder import DOT
    from vmc.build.physics import build
    from vmc.config import parse_config

    with pytest.raises(vmc.UserError) as refused:
        build(parse_config(DOT, [setting]))
    assert all(word in str(refused.value) for word in words)
    assert "\n" not in str(refused.value)
