"""What goes wrong is said in one line, with a status that is not zero, and nothing is overwritten."""

import os
import signal
import time

import pytest

#: Settings of a job that compiles fast.
SMALL = ("-s", "observables=[]", "-s", 'wavefunction=[{kind="gaussian"}]')
FAR_AWAY = """
import math
from numba import njit

@njit
def hole(c, r):
    return math.nan if r[0] > c[0] else 0.0
"""


def one_line(done) -> str:
    """The message of a refusal: a single line, no traceback."""
    assert done.returncode not in (0, None)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def damage(path):
    """Change one bit."""
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 16
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("sampler.n_walker=10", ("n_walker", "n_walkers")),
        ("sampler.n_walkers=-3", ("n_walkers", "-3")),
        ("sampler.n_walkers='many'", ("n_walkers", "many")),
        ("optimizer.kind='adamm'", ("adamm", "adam")),
        ("system.n_dim=4", ("n_dim", "4")),
        ("wavefunction.rbm.n_hidden=0", ("n_hidden", "0")),
        ("hamiltonian.omega=[1.0, 2.0, 3.0]", ("omega", "2")),
        ("sampler.n_blocks=3", ("n_blocks", "3")),
        ("wavefunction=[{kind='feed_forward', hidden=[]}]", ("wavefunction", "hidden")),
        ("wavefunction=[{kind='feed_forward', activation='tanhh'}]", ("tanhh", "tanh")),
        ("wavefunction=[{kind='feed_forward'}]", ("wavefunction: feed_forward does not decay", "gaussian")),
        ("wavefunction=[{kind='feed_forward'}, {kind='pade'}]", ("feed_forward x pade does not decay", "gaussian")),
        ("sampler={kind='gibbs'}", ("gibbs", "rbm alone", "rbm x pade")),
        ("optimizer.fixed=['pade.btea']", ("optimizer.fixed", "pade.btea", "'pade.beta'", "rbm.weights")),
        ("optimizer.fixed=['rbm', 'pade']", ("optimizer.fixed", "all parameters")),
        ("nonsense", ("nonsense",)),
    ],
)
def test_bad_settings(folder, setting, words):
    done = folder.vmc("run", "dot.toml", "-o", "a.h5", "-s", setting)
    line = one_line(done)
    assert all(word in line for word in words), line
    assert sorted(os.listdir(folder.path)) == ["dot.toml"]


def test_missing_and_broken_files(folder):
    assert "nowhere.toml" in one_line(folder.vmc("run", "nowhere.toml"))
    (folder.path / "broken.toml").write_text("system = [\n")
    assert "broken.toml" in one_line(folder.vmc("run", "broken.toml"))
    assert "nowhere.h5" in one_line(folder.vmc("show", "nowhere.h5"))
    assert "nowhere" in one_line(folder.vmc("resume", "nowhere.h5"))
    (folder.path / "text.h5").write_text("no results")
    assert "text.h5" in one_line(folder.vmc("show", "text.h5"))


def test_results_are_not_overwritten_unless_asked(folder):
    assert folder.vmc("run", "dot.toml", "-o", "a.h5", "-q").returncode == 0
    before = (folder.path / "a.h5").read_bytes()
    assert "--overwrite" in one_line(folder.vmc("run", "dot.toml", "-o", "a.h5", "-q"))
    assert (folder.path / "a.h5").read_bytes() == before
    assert folder.vmc("run", "dot.toml", "-o", "a.h5", "-q", "--overwrite").returncode == 0


def test_output_that_cannot_be_written(folder):
    (folder.path / "file").write_text("")
    assert "nowhere" in one_line(folder.vmc("run", "dot.toml", "-o", "nowhere/a.h5"))
    assert "file" in one_line(folder.vmc("run", "dot.toml", "-o", "file/a.h5"))


def test_damaged_results_and_checkpoints(folder):
    assert folder.vmc("run", "dot.toml", "-o", "a.h5", "-q").returncode == 0
    for name in ("a.h5", "a.ckpt.h5"):
        damage(folder.path / name)
    assert "SHA-256" in one_line(folder.vmc("show", "a.h5"))
    gone_on = folder.vmc("resume", "a.h5", "-q")
    assert (gone_on.returncode, gone_on.stdout) == (0, "")
    assert len(gone_on.stderr.splitlines()) == 1
    assert "using the previous checkpoint 'a.ckpt.previous.h5'" in gone_on.stderr  # quiet as it was asked to be
    damage(folder.path / "a.ckpt.h5")
    (folder.path / "a.ckpt.previous.h5").unlink()
    assert "a.ckpt.h5" in one_line(folder.vmc("resume", "a.h5"))


def test_a_second_job_on_the_same_output(folder):
    slow = ("-s", "evaluation.samples=1000000", "-q")
    first = folder.start("run", "dot.toml", "-o", "a.h5", *slow)
    try:
        end = time.monotonic() + 60
        while not (folder.path / "a.ckpt.h5").exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        assert "a.h5" in one_line(folder.vmc("run", "dot.toml", "-o", "a.h5", "--overwrite"))
        assert "a.h5" in one_line(folder.vmc("resume", "a.h5"))
    finally:
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
    assert first.returncode == 128 + signal.SIGTERM


@pytest.mark.mpi
@pytest.mark.parametrize("ranks", [pytest.param(0, marks=pytest.mark.slow), 2])
def test_energies_that_are_not_numbers(folder, ranks):
    """A few are counted and left out; more than one per cent stop the job and show a walker."""
    (folder.path / "mine.py").write_text(FAR_AWAY)
    common = ("--kernel", "potential=mine:hole", *SMALL, "-s", "optimizer.iterations=0", "-s", "sampler.n_walkers=256")
    far = folder.vmc(
        "run",
        "dot.toml",
        "-o",
        "far.h5",
        "--json",
        "-q",
        *common,
        "-s",
        "hamiltonian.potential={kind='user', constants=[2.6]}",
        ranks=ranks,
    )
    assert far.returncode == 0, far.stderr
    import json

    summary = json.loads(far.stdout)
    assert 0 < summary["n_nonfinite"] < 0.01 * 256 * 40
    assert abs(summary["energy"]["value"]) < 10.0
    near = folder.vmc(
        "run",
        "dot.toml",
        "-o",
        "near.h5",
        "-q",
        *common,
        "-s",
        "hamiltonian.potential={kind='user', constants=[0.5]}",
        ranks=ranks,
    )
    assert near.returncode not in (0, None)
    assert "not finite" in near.stderr
    assert "stands at [[" in near.stderr
    assert "Traceback" not in near.stderr


def test_home_that_cannot_be_written(folder):
    """The kernel cache has no place: the job works all the same, with a notice."""
    nowhere = folder.path / "file"
    nowhere.write_text("")
    done = folder.vmc(
        *("run", "dot.toml", "-o", "a.h5", *SMALL),
        **{"HOME": str(nowhere), "VMC_CACHE_DIR": "", "XDG_CACHE_HOME": "", "NUMBA_CACHE_DIR": ""},
    )
    assert done.returncode == 0, done.stderr
    assert "cache" in done.stderr


def test_without_an_mpi_library(folder):
    """With mpi4py hidden, one process works as before; under a launcher its copies are refused."""
    blocker = folder.path / "blocked"
    blocker.mkdir()
    (blocker / "mpi4py.py").write_text("raise ImportError('hidden')\n")
    path = os.pathsep.join([str(blocker), os.environ.get("PYTHONPATH", "")])
    done = folder.vmc("run", "dot.toml", "-o", "a.h5", "-q", "--json", PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    assert "energy" in done.stdout


def test_a_device_is_no_output(folder):
    assert "/dev/null: there is a device" in one_line(folder.vmc("run", "dot.toml", "-o", "/dev/null", *SMALL))


def test_a_folder_is_no_output(folder):
    """Results would lie beside it."""
    (folder.path / "results").mkdir()
    text = one_line(folder.vmc("run", "dot.toml", "-o", "results", *SMALL))
    assert "results is a folder, expected the name of a results file" in text
    assert sorted(path.name for path in folder.path.iterdir()) == ["dot.toml", "results"]


def test_nobody_listens(folder):
    """Both streams end in a pipe that is closed after the first line: the calculation goes on to its end."""
    job = folder.start("run", "dot.toml", "-o", "unheard.h5", *SMALL)
    job.stdout.close()
    job.stderr.readline()
    job.stderr.close()
    assert job.wait(timeout=60) == 0
    assert folder.vmc("show", "unheard.h5").stdout.partition("\n")[0].endswith("[done]")


RAISING = """
from numba import njit

@njit
def raising(c, r):
    if r[0] > c[0]:
        raise ValueError("too far")
    return 0.0
"""


@pytest.mark.mpi
@pytest.mark.parametrize("ranks", [0, 2])
def test_a_function_that_raises(folder, ranks):
    """In the middle of a run: one line, not sixty."""
    (folder.path / "mine.py").write_text(RAISING)
    potential = "hamiltonian.potential={kind='user', constants=[1.5]}"
    done = folder.vmc(
        *("run", "dot.toml", "-o", "a.h5", "-q", *SMALL, "--kernel", "potential=mine:raising", "-s", potential),
        ranks=ranks,
    )
    assert done.returncode not in (0, None)
    assert "--kernel raises ValueError: too far, in raising" in done.stderr
    assert "Traceback" not in done.stderr
