"""Jobs that begin with the parameters of an earlier one."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

import vmc
from tests.job_folder import DOT, Folder, different
from vmc.config import check_config
from vmc.config.function_settings import differing_settings
from vmc.errors import UserError
from vmc.job.progress import Reporter
from vmc.job.run import JobOptions, resume, run


def config(**sections):
    """DOT, which does not move its parameters, with other sections."""
    sections = {"optimizer": {"kind": "adam", "iterations": 0}, **sections}
    return {**tomllib.loads(DOT), **sections}


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """Results of a job that has moved them."""
    path = tmp_path_factory.mktemp("start") / "earlier.h5"
    run(tomllib.loads(DOT), path)
    return str(path)


def theta_of(path):
    return vmc.load(path).theta


def test_parameters_are_those_of_the_earlier_run(earlier, tmp_path):
    """Of the same electrons in another trap.  Negative control: they are others without."""
    other_trap = {"unit": "hartree", "omega": 0.5, "interaction": {"kind": "coulomb"}}
    run(config(hamiltonian=other_trap, start={"results": earlier}), tmp_path / "with.h5")
    run(config(hamiltonian=other_trap), tmp_path / "without.h5")
    np.testing.assert_array_equal(theta_of(tmp_path / "with.h5"), theta_of(earlier))
    assert (theta_of(tmp_path / "without.h5") != theta_of(earlier)).any()


@pytest.mark.mpi
def test_on_all_ranks(earlier, tmp_path):
    run(config(start={"results": earlier}), tmp_path / "alone.h5")
    folder = Folder(tmp_path)
    settings = ("-s", 'optimizer={kind="adam", iterations=0}', "-s", f"start.results={earlier}")
    done = folder.vmc("run", "dot.toml", *settings, ranks=2)
    assert done.returncode == 0, done.stderr
    assert f"note: begins with the 20 parameters of {earlier}" in done.stderr
    assert different(folder.numbers("alone.h5"), folder.numbers("dot.h5")) == []


def test_a_resumed_job_does_not_read_it_again(earlier, tmp_path):
    start = tmp_path / "start.h5"
    start.write_bytes(Path(earlier).read_bytes())
    run(config(start={"results": str(start)}), tmp_path / "a.h5")
    start.unlink()
    assert resume(tmp_path / "a.h5").finished


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"wavefunction": [{"kind": "gaussian"}]},
            r"start.results = '.*earlier.h5': 20 parameters, the wave function has 1; the first to differ is number 0, "
            r"'rbm.visible_bias\[0\]' in the file and 'alpha' here",
        ),
        ({"pretraining": {"results": "a.h5"}}, "start and pretraining: expected one of them"),
        ({"start": {"results": "no.h5"}}, r"^start\.results: no\.h5: cannot be read \(No such file or directory\)$"),
    ],
)
def test_refusals(earlier, tmp_path, sections, message):
    with pytest.raises(UserError, match=message):
        run(config(**{"start": {"results": earlier}, **sections}), tmp_path / "a.h5")


def test_overwritten_results_may_be_what_a_job_begins_with(earlier, tmp_path):
    """And go only when the new job can begin: the old ones are whole where it cannot."""
    path, checkpoint = tmp_path / "a.h5", tmp_path / "a.ckpt.h5"
    run(config(), path)
    before = path.read_bytes(), checkpoint.read_bytes()
    first = theta_of(path)
    other = [{"kind": "gaussian"}, {"kind": "pade"}]
    with pytest.raises(UserError, match="20 parameters, the wave function has 2"):
        run(config(wavefunction=other, start={"results": str(path)}), path, JobOptions(overwrite=True))
    assert (path.read_bytes(), checkpoint.read_bytes()) == before
    moving = {"kind": "adam", "iterations": 2, "samples": 2}
    run(config(optimizer=moving, start={"results": str(path)}), path, JobOptions(overwrite=True))
    np.testing.assert_array_equal(vmc.load(path).optimization["theta"][0], first)
    assert (theta_of(path) != first).any()


class Notes(Reporter):
    """Keeps what the user is told."""

    def __init__(self):
        self.lines = []

    def note(self, text):
        self.lines.append(text)


@pytest.mark.parametrize(
    ("n_up", "words"), [(None, ""), (1, ", of 2 particles: here there are 2 particles, 1 of spin up")]
)
def test_parameters_of_other_particles_are_said_to_be(n_up, words, earlier, tmp_path):
    """Names and numbers fit: some may never have been trained."""
    system = {"n_particles": 2, "n_dim": 2} | ({} if n_up is None else {"n_up": n_up})
    factors = [{"kind": "rbm", "n_hidden": 3}, {"kind": "pade", "beta": 0.5, "cusp": 1.0, "shared_beta": True}]
    told = Notes()
    run(
        config(system=system, wavefunction=factors, start={"results": earlier}, observables=[]),
        tmp_path / "a.h5",
        JobOptions(reporter=told),
    )
    assert told.lines == [f"begins with the 20 parameters of {earlier}{words}; pade.cusp = 1.0 here, not given there"]


NETWORK = [{"kind": "gaussian"}, {"kind": "feed_forward", "hidden": [4]}]
MESSAGES = {"kind": "message_passing", "width": 4, "hidden": [4]}


def factors(*tables):
    """As a configuration has them."""
    return check_config(
        {"system": {"n_particles": 2, "n_dim": 2, "n_up": 1}, "wavefunction": list(tables)}
    ).wavefunction


@pytest.mark.parametrize(
    ("here", "there", "lines"),
    [
        ([{"kind": "gaussian", "alpha": 0.7}], [{"kind": "gaussian", "aspect": [1.0, 2.0]}], ["gaussian.aspect"]),
        ([{"kind": "rbm", "n_hidden": 4, "spread": 0.3}], [{"kind": "rbm"}], []),
        ([{"kind": "rbm", "sigma": 2.0}], [{"kind": "rbm", "sigma": 1.5}], ["rbm.sigma"]),
        (
            [{"kind": "rbm", "sigma": 2.0, "learn_sigma": True}],
            [{"kind": "rbm", "sigma": 1.5, "learn_sigma": True}],
            [],
        ),
        (
            [{"kind": "slater", "noise": 0.1, "backflow": MESSAGES | {"output_scale": 0.3, "activation": "tanh"}}],
            [{"kind": "slater", "backflow": [MESSAGES, {"kind": "pair"}]}],
            ["slater.backflow.", "slater.backflow[0].", "slater.backflow[1]."],
        ),
        ([{"kind": "slater"}, {"kind": "pade"}], [{"kind": "pade"}], ["wavefunction = slater x pade here, pade there"]),
    ],
)
def test_settings_that_parameters_do_not_hold(here, there, lines):
    """Those of first values and of numbers of parameters make no other function."""
    found = differing_settings(factors(*here), factors(*there))
    assert bool(found) == bool(lines)
    assert all(any(line.startswith(key) for key in lines) for line in found)
    assert all(any(line.startswith(key) for line in found) for key in lines)


@pytest.mark.slow
def test_parameters_of_another_function_are_said_to_be(tmp_path):
    """Trained with tanh and read with silu: names and shapes agree, and 2.0001(1) became 2.0019(6) in silence."""
    path = str(tmp_path / "tanh.h5")
    settings = {"observables": [], "evaluation": {"samples": 8}}
    run(config(wavefunction=NETWORK, **settings), path)
    other = [NETWORK[0] | {"alpha": 0.7}, NETWORK[1] | {"activation": "silu", "output_scale": 0.3}]
    told = Notes()
    run(config(wavefunction=other, start={"results": path}, **settings), tmp_path / "a.h5", JobOptions(reporter=told))
    assert told.lines == [
        f"begins with the 26 parameters of {path}; feed_forward.activation = 'silu' here, 'tanh' there"
    ]


@pytest.mark.slow
def test_a_factor_more_begins_as_it_is_at_first(earlier, tmp_path):
    """All parameters of the earlier run are parameters here; those of the new factor are named."""
    grown = [{"kind": "gaussian_pair", "gamma": 0.25}, {"kind": "rbm", "n_hidden": 3}, {"kind": "pade"}]
    told = Notes()
    run(
        config(wavefunction=grown, start={"results": earlier}, observables=[]),
        tmp_path / "a.h5",
        JobOptions(reporter=told),
    )
    assert told.lines[0].startswith(
        f"begins with the 20 parameters of {earlier}, and 1 that it has not as they are at first: gaussian_pair.gamma"
    )
    found, before = vmc.load(tmp_path / "a.h5"), vmc.load(earlier)
    theta = dict(zip(found.parameter_names, found.theta))
    assert theta.pop("gaussian_pair.gamma") == 0.25
    assert theta == dict(zip(before.parameter_names, before.theta))


def test_more_of_the_same_parameter_is_not_begun_with_some(earlier, tmp_path):
    """Three hidden units are no part of four, nor a polynomial one of higher order."""
    wider = [{"kind": "rbm", "n_hidden": 4}, {"kind": "pade"}]
    with pytest.raises(UserError, match=r"the first to differ is number 7, .* with \[pretraining\]"):
        run(config(wavefunction=wider, start={"results": earlier}), tmp_path / "a.h5")


@pytest.mark.parametrize(
    ("before", "after", "n_taken", "new"),
    [
        ([{"kind": "gaussian", "alpha": 0.7}], [{"kind": "pade"}, {"kind": "gaussian"}], 1, "pade.beta"),
        pytest.param(
            [{"kind": "gaussian", "alpha": 0.7}, {"kind": "pade"}],
            [{"kind": "pade"}, {"kind": "gaussian"}],
            3,
            "",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            [{"kind": "slater", "learn_omega": True, "omega": 0.7}],
            [{"kind": "slater", "learn_omega": True, "backflow": {"kind": "pair", "cutoff": 3.0}}],
            1,
            "backflow",
            marks=pytest.mark.slow,
        ),
    ],
    ids=["alone", "in another order", "before a backflow"],
)
def test_parameters_go_by_the_kind_of_their_factor(before, after, n_taken, new, tmp_path):
    """Their own names begin with a class, which changes with a backflow, or with nothing where a factor is alone."""
    system = {"system": {"n_particles": 2, "n_dim": 2, "n_up": 1}, "observables": []}
    run(config(wavefunction=before, **system), tmp_path / "before.h5")
    told = Notes()
    start = {"results": str(tmp_path / "before.h5")}
    run(config(wavefunction=after, start=start, **system), tmp_path / "a.h5", JobOptions(reporter=told))
    assert f"begins with the {n_taken} parameters of" in told.lines[0]
    assert (f"as they are at first: {new}" in told.lines[0]) == bool(new)
    found, kept = vmc.load(tmp_path / "a.h5"), vmc.load(tmp_path / "before.h5")
    for name, value in zip(kept.parameter_names, kept.theta):
        ending = name.partition(".")[2] or name
        assert [v for n, v in zip(found.parameter_names, found.theta) if n.endswith(ending)] == [value]


def test_settings_of_factors_that_both_have_are_compared():
    """With a factor more nothing was said of the amplitude of the machine, another function of the same parameters."""
    here = factors({"kind": "rbm", "amplitude": "sqrt(F)"}, {"kind": "pade"}, {"kind": "radial_series"})
    lines = differing_settings(here, factors({"kind": "pade"}, {"kind": "rbm"}))
    assert lines[0] == "wavefunction = rbm x pade x radial_series here, pade x rbm there"
    assert any(line.startswith("rbm.amplitude = 'sqrt(F)' here") for line in lines)
