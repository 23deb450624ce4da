"""The numbers of a job do not depend on the ranks, nor on how often it was interrupted."""

import os
import signal
import time
from pathlib import Path

import pytest

import vmc
from tests.job_folder import Folder, different

pytestmark = pytest.mark.mpi


#: Long enough to be hit in the middle, with a checkpoint after nearly every step.
LONG = (
    *("-s", "optimizer.iterations=60", "-s", "evaluation.samples=4000", "-s", "evaluation.parameters=average"),
    *("-s", "output.checkpoint_interval=0.05"),
)


@pytest.mark.parametrize("numbers", [(0, 1, 2), pytest.param((0, 4), marks=pytest.mark.slow)])
def test_any_number_of_ranks(folder, numbers):
    results = []
    for ranks in numbers:
        done = folder.vmc("run", "dot.toml", "-o", f"r{ranks}.h5", "--quiet", ranks=ranks)
        assert done.returncode == 0, done.stderr
        results.append(folder.numbers(f"r{ranks}.h5"))
    assert results[0]["optimization/energy"].size == 12
    for other in results[1:]:
        assert different(results[0], other) == []
    done = folder.vmc("run", "dot.toml", "-o", "other.h5", "--quiet", "-s", "seed=4")
    assert done.returncode == 0
    with pytest.raises(AssertionError):  # the comparison sees a difference
        assert different(results[0], folder.numbers("other.h5")) == []


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(
            ("-s", "optimizer.kind='adam'", "-s", "sampler={kind='particle_metropolis', n_walkers=64, n_blocks=8}"),
            marks=pytest.mark.slow,
        ),
        pytest.param(("-s", "optimizer={kind='lbfgs', iterations=3, samples=5}"), marks=pytest.mark.slow),
        pytest.param(
            ("-s", "optimizer.preconditioner={kind='min_sr', momentum=0.8}", "-s", "optimizer.samples=4"),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            ("-s", "optimizer.preconditioner={kind='sr', solver='cg'}", "-s", "sampler.n_walkers=40"),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            (
                *("-s", "wavefunction=[{kind='gaussian'}, {kind='feed_forward', hidden=[6, 5]}]"),
                *("-s", "optimizer={kind='momentum', iterations=12, samples=5}"),
                *("-s", "sampler={kind='metropolis', n_walkers=40}"),
            ),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["adam", "lbfgs", "spring", "cg", "network"],
)
def test_other_optimisers_and_samplers(folder, settings):
    if "adam" in settings[1]:
        settings = ("-s", "optimizer={kind='adam', iterations=12, samples=5}", *settings[2:])
    for ranks in (1, 2):
        done = folder.vmc("run", "dot.toml", "-o", f"r{ranks}.h5", "--quiet", *settings, ranks=ranks)
        assert done.returncode == 0, done.stderr
    assert different(folder.numbers("r1.h5"), folder.numbers("r2.h5")) == []


#: Two electrons in a sum of determinants, particle after particle.
DETERMINANTS = (
    "-s",
    "system.n_up=1",
    "-s",
    "wavefunction=[{kind='slater', occupied_up=[[0], [3], [1]], occupied_down=[[0], [3], [1]]}, {kind='pade'}]",
    "-s",
    "sampler={kind='particle_metropolis', n_walkers=64, n_blocks=8}",
)


@pytest.mark.slow
def test_a_sum_of_determinants(folder):
    """Alone, and on two ranks, stopped and resumed."""
    assert folder.vmc("run", "dot.toml", "-o", "a.h5", "--quiet", *DETERMINANTS).returncode == 0
    assert folder.vmc("run", "dot.toml", "-o", "b.h5", "--max-time", "0.2", *DETERMINANTS, ranks=2).returncode == 0
    assert folder.vmc("resume", "b.h5", "--quiet").returncode == 0
    assert different(folder.numbers("a.h5"), folder.numbers("b.h5")) == []


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Numbers of the long job in one go."""
    folder = Folder(tmp_path_factory.mktemp("undisturbed"))
    assert folder.vmc("run", "dot.toml", "-o", "a.h5", "--quiet", *LONG).returncode == 0
    return folder.numbers("a.h5")


def wait_for(condition, seconds=60.0):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def kill_all(process):
    """End a launcher and its ranks without a word: mpirun gives each rank a process group of its own."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                session = int((entry / "stat").read_text().rpartition(")")[2].split()[3])
            except OSError:
                continue
            if session == process.pid:
                os.kill(int(entry.name), signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(
    ("first", "then", "kills"),
    [(2, 1, 2), *(pytest.param(*ranks, marks=pytest.mark.slow) for ranks in ((1, 4, 1), (0, 2, 1)))],
)
def test_killed_and_resumed(folder, undisturbed, first, then, kills):
    """SIGKILL, which nothing can catch, at moments that differ from run to run."""
    checkpoint = folder.path / "a.ckpt.h5"
    process = folder.start("run", "dot.toml", "-o", "a.h5", "--quiet", *LONG, ranks=first)
    for kill in range(kills):
        wait_for(checkpoint.exists)
        saved = checkpoint.stat().st_mtime_ns
        wait_for(lambda saved=saved: checkpoint.stat().st_mtime_ns != saved)
        time.sleep(0.1 * kill)
        kill_all(process)
        if kill + 1 < kills:
            process = folder.start("resume", "a.h5", "--quiet", ranks=then)
    done = folder.vmc("resume", "a.h5", "--quiet", ranks=then)
    assert done.returncode == 0, done.stderr
    assert different(undisturbed, folder.numbers("a.h5")) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_stopped_by_a_signal(folder, undisturbed, how):
    process = folder.start("run", "dot.toml", "-o", "a.h5", *LONG)
    wait_for((folder.path / "a.ckpt.h5").exists)
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + how, err
    line = [line for line in err.splitlines() if line.startswith("stopped by SIG")][-1]
    assert how.name in line
    assert "saved: go on with 'vmc resume a.h5'" in line
    assert folder.vmc("resume", "a.h5", "--quiet", ranks=2).returncode == 0
    assert different(undisturbed, folder.numbers("a.h5")) == []


def test_saves_when_asked_and_goes_on(folder, undisturbed):
    rarely = (*LONG[:-1], "output.checkpoint_interval=1000.0")
    process = folder.start("run", "dot.toml", "-o", "a.h5", *rarely)
    wait_for(lambda: any(folder.path.glob("*lock*")) or process.poll() is not None)
    checkpoint = folder.path / "a.ckpt.h5"
    while process.poll() is None and not checkpoint.exists():
        process.send_signal(signal.SIGUSR1)
        time.sleep(0.2)
    existed = checkpoint.exists() and process.poll() is None
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert existed, "no checkpoint before the end"
    assert different(undisturbed, folder.numbers("a.h5")) == []


@pytest.mark.slow
def test_a_target_error_ends_all_of_them_at_the_same_measurement(folder):
    """Alone, and on two ranks, stopped and resumed; the target is on record."""
    goal = (*LONG, "-s", "evaluation.target_error=0.01", "-s", "optimizer.iterations=12")
    assert folder.vmc("run", "dot.toml", "-o", "a.h5", "--quiet", *goal).returncode == 0
    assert folder.vmc("run", "dot.toml", "-o", "b.h5", "--max-time", "0.2", *goal, ranks=2).returncode == 0
    assert "target      error 0.01 reached" in folder.vmc("resume", "b.h5", ranks=2).stdout
    alone = folder.numbers("a.h5")
    assert 100 <= alone["evaluation/energy"].shape[1] < 4000
    assert different(alone, folder.numbers("b.h5")) == []
    shown = vmc.load(folder.path / "b.h5").as_dict()
    assert shown["target_reached"]
    assert shown["reliable"]
    assert shown["energy"]["error"] <= 0.01


def test_stops_in_time_and_goes_on(folder, undisturbed):
    limit = "0.2"  # gone before the first step on any machine: the job stops at the first moment it can
    done = folder.vmc("run", "dot.toml", "-o", "a.h5", "--max-time", limit, *LONG, ranks=2)
    assert done.returncode == 0, done.stderr  # the user asked for it
    assert "vmc resume a.h5" in done.stderr
    assert folder.vmc("resume", "a.h5", "--quiet").returncode == 0
    assert different(undisturbed, folder.numbers("a.h5")) == []
