"""Jobs whose first stage follows an earlier run."""

import signal
import time

import numpy as np
import pytest

import vmc
from hamiltonians.system import System
from tests.job_folder import Folder, different
from vmc.job.pretraining_stage import draw_configurations
from wavefunctions.gaussian import Gaussian

pytestmark = pytest.mark.mpi

#: A wave function that has to learn what the earlier one knows.
STUDENT = (
    "-s",
    'wavefunction=[{kind="gaussian"}, {kind="feed_forward", hidden=[8]}]',
    "-s",
    'optimizer={kind="adam", iterations=2, samples=5}',
    "-s",
    "observables=[]",
    "-s",
    "sampler.time_step=0.1",
)
STAGE = ("-s", 'pretraining={results="teacher.h5", configurations=300, iterations=60}')


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """With the results of the teacher."""
    made = Folder(tmp_path_factory.mktemp("stage"))
    done = made.vmc("run", "dot.toml", "-o", "teacher.h5", "--quiet", "-s", "observables=[]")
    assert done.returncode == 0, done.stderr
    return made


@pytest.mark.slow
def test_a_student_begins_where_the_teacher_ended(folder):
    first = {}
    for name, stage in (("taught", STAGE), ("untaught", ())):
        done = folder.vmc("run", "dot.toml", "-o", f"{name}.h5", *STUDENT, *stage)
        assert done.returncode == 0, done.stderr
        assert ("pretrained on teacher.h5" in done.stderr) == (name == "taught")
        first[name] = vmc.load(folder.path / f"{name}.h5").optimization["energy"][0]
    teacher = vmc.load(folder.path / "teacher.h5").energy
    assert abs(first["taught"] - teacher.value) < 0.1
    assert first["untaught"] - teacher.value > 0.1


@pytest.mark.slow
def test_the_same_on_two_ranks_and_over_a_stop(folder):
    settings = (*STUDENT, *STAGE, "-s", "evaluation.samples=8000")
    for name, ranks in (("one", 0), ("two", 2)):
        done = folder.vmc("run", "dot.toml", "-o", f"{name}.h5", "--quiet", *settings, ranks=ranks)
        assert done.returncode == 0, done.stderr
    checkpoint = folder.path / "stopped.ckpt.h5"
    job = folder.start("run", "dot.toml", "-o", "stopped.h5", "--quiet", *settings)
    while job.poll() is None and not checkpoint.exists():  # a pretraining that is stopped saves nothing
        time.sleep(0.01)
    job.send_signal(signal.SIGTERM)
    assert job.wait(timeout=60) == 143
    assert vmc.load(folder.path / "stopped.h5").attributes["phase"] != "done"
    (folder.path / "teacher.h5").rename(folder.path / "gone.h5")  # a resumed job does not look at it
    try:
        done = folder.vmc("resume", "stopped.h5", "--quiet")
    finally:
        (folder.path / "gone.h5").rename(folder.path / "teacher.h5")
    assert done.returncode == 0, done.stderr
    one = folder.numbers("one.h5")
    for other in (folder.numbers("two.h5"), folder.numbers("stopped.h5")):
        assert different(one, other) == []


@pytest.mark.parametrize("ranks", [0, 2])
def test_a_time_limit_ends_it_with_nothing_left_behind(folder, ranks):
    """A status that is not zero, and one line that says what to do: the next start would begin from zero too."""
    done = folder.vmc("run", "dot.toml", "-o", "late.h5", *STUDENT, *STAGE, "--max-time", "0.001s", ranks=ranks)
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert len(errors) == 1, done.stderr
    assert "stopped by the time limit in pretraining, of which nothing is saved" in errors[0]
    assert "pretraining.iterations" in errors[0]
    assert not list(folder.path.glob("late*"))


class _StopError(Exception):
    """Of the tests that stop."""


def test_drawing_and_fit_look_often():
    """Before every step of a walk's tile, and before every evaluation of the loss, whatever the line search makes."""
    looks = []
    psi = Gaussian(System(2, 2))
    X = draw_configurations(psi, 100, 1, 1.0, lambda: looks.append(1))
    assert len(looks) >= 4 * 10

    def stop():
        if len(looks) == 3:
            raise _StopError
        looks.append(1)

    looks.clear()
    with pytest.raises(_StopError):
        vmc.pretrain(psi, -np.sum(X**2, axis=1), X, watch=stop)
    looks.clear()
    with pytest.raises(_StopError):
        draw_configurations(psi, 100, 1, 1.0, stop)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (('pretraining={results="nothing.h5"}',), "error: pretraining.results: nothing.h5: cannot be read"),
        (('pretraining={results="teacher.h5"}', "system.n_particles=3"), "pretraining.results = 'teacher.h5': of"),
        (('pretraining={results="teacher.h5", configurations=1}',), "pretraining.configurations = 1"),
    ],
)
def test_refusals(folder, settings, message):
    overlay = [part for setting in settings for part in ("-s", setting)]
    done = folder.vmc("run", "dot.toml", "-o", "refused.h5", "--overwrite", *STUDENT, *overlay)
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr
