"""The files a job goes on with, and replaces: its own, not those of another calculation or of another kind."""

import shutil
import tomllib

import pytest

from tests.job_folder import DOT
from vmc.commands.watching import watch_command
from vmc.config import check_config, to_toml
from vmc.errors import UserError
from vmc.job.changes import Stand, refuse_other_results
from vmc.job.files import JobFiles, refuse_other_than_results
from vmc.job.run import resume, run
from vmc.output.sealed import Schema, write_sealed
from vmc.results.file import RESULTS


def config(seed=3, **sections):
    tables = tomllib.loads(DOT)
    return check_config({**tables, "seed": seed, **{key: {**tables[key], **new} for key, new in sections.items()}})


def look(folder, made, stored, phase="optimise", earlier=None):
    """Results of one configuration, of the same phase or an earlier one, beside a checkpoint of another."""
    attributes = {"config_toml": to_toml(made), "phase": earlier or phase}
    write_sealed(folder / "a.h5", {}, attributes, RESULTS)
    refuse_other_results(folder / "a.h5", folder / "a.ckpt.h5", stored, Stand(phase, 10))


def test_results_of_another_job_stay(tmp_path):
    """Not so much as a byte changes, and the files are named, and the first key."""
    short = {"optimizer": {"iterations": 1}, "evaluation": {"samples": 10}}
    for name, seed in (("a", 3), ("b", 4)):
        run(config(seed, **short), tmp_path / f"{name}.h5")
    shutil.copy(tmp_path / "b.ckpt.h5", tmp_path / "a.ckpt.h5")
    before = (tmp_path / "a.h5").read_bytes()
    with pytest.raises(
        UserError, match=r"a\.h5 and a\.ckpt\.h5 are of two .*: seed is 3 in the one and 4 in the other"
    ):
        resume(tmp_path / "a.h5")
    assert (tmp_path / "a.h5").read_bytes() == before
    (tmp_path / "a.h5").write_bytes(before[:-1])  # damaged results are nobody's
    assert resume(tmp_path / "a.h5").config.seed == 4
    (tmp_path / "a.h5").unlink()
    assert resume(tmp_path / "a.h5").config.seed == 4


@pytest.mark.parametrize(
    ("sections", "phase", "key"),
    [
        ({"evaluation": {"samples": 80}}, "done", None),
        ({"evaluation": {"target_error": 0.1}}, "done", None),
        ({"optimizer": {"iterations": 60}}, "optimise", None),
        ({"optimizer": {"iterations": 60}}, "done", r"optimizer\.iterations is 12 .* and 60"),
        ({"evaluation": {"chunk": 5}}, "optimise", None),
        ({"evaluation": {"chunk": 5}}, "evaluate", r"evaluation\.chunk is 10 .* and 5"),
        ({"optimizer": {"learning_rate": 0.2}}, "optimise", r"optimizer\.learning_rate is 0\.1 .* and 0\.2"),
        ({"system": {"masses": 2.0}}, "optimise", r"system\.masses is 1\.0 .* and 2\.0"),
    ],
)
def test_what_may_differ_is_what_a_resume_may_change(sections, phase, key, tmp_path):
    """A resume with a change that was killed after its checkpoint and before its results must go on."""
    if key is None:
        look(tmp_path, config(), config(**sections), phase)
        return
    with pytest.raises(UserError, match=key):
        look(tmp_path, config(), config(**sections), phase)


def test_results_from_before_a_change_that_was_allowed_then(tmp_path):
    """More iterations while it optimised; now it evaluates, and a backup of the results was put back."""
    made, stored = config(), config(optimizer={"iterations": 90})
    look(tmp_path, made, stored, "evaluate", earlier="optimise")
    with pytest.raises(UserError, match=r"optimizer\.iterations is 12 in the one and 90 in the other"):
        look(tmp_path, made, stored, "evaluate")


def test_a_key_that_only_one_has(tmp_path):
    spread = config(sampler={**tomllib.loads(DOT)["sampler"], "start_spread": 0.5})
    with pytest.raises(UserError, match=r"sampler\.start_spread is 0\.5 in the one and absent in the other"):
        look(tmp_path, spread, config())


def test_a_factor_that_only_one_has(tmp_path):
    tables = tomllib.loads(DOT)
    tables["wavefunction"] = tables["wavefunction"][:1]
    with pytest.raises(UserError, match=r"wavefunction is \['rbm', 'pade'\] in the one and \['rbm'\] in the other"):
        look(tmp_path, config(), check_config(tables))


def test_a_file_of_another_kind_stays(tmp_path):
    write_sealed(tmp_path / "a.h5", {}, {}, Schema("vmc parameters", 1))
    with pytest.raises(UserError, match=r"is a 'vmc parameters' file, .*: a\.ckpt\.h5 would replace it"):
        refuse_other_results(tmp_path / "a.h5", tmp_path / "a.ckpt.h5", config(), Stand("done", 0))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a.ckpt.h5", r"a\.ckpt\.h5 is a checkpoint, expected the results beside it, \S*a\.h5$"),
        ("a.ckpt.previous.h5", r"a\.ckpt\.previous\.h5 is a checkpoint, expected the results beside it, \S*a\.h5$"),
        ("a.toml", r"a\.toml is a configuration, expected results, such as \S*a\.h5$"),
        ("b", "b is a folder, expected the name of a results file$"),
    ],
)
def test_what_is_no_results_file_is_called_what_it_is(name, told, tmp_path):
    (tmp_path / "b").mkdir()
    for begin in (resume, lambda path: watch_command(path, once=True, interval=1.0)):
        with pytest.raises(UserError, match=told):
            begin(tmp_path / name)


def test_a_folder_of_the_same_name_is_no_hindrance(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b.h5").touch()
    refuse_other_than_results(tmp_path / "b")


def test_results_are_not_called_like_checkpoints(tmp_path):
    """`vmc list` would not show them."""
    with pytest.raises(UserError, match=r"a\.ckpt\.h5: checkpoints are called so"):
        JobFiles.at(tmp_path / "a.ckpt").refuse_existing(overwrite=True)
