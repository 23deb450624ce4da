"""A signal that stops a job in a script is the script's too, once everything is saved."""

import os
import signal
import subprocess
import sys
import tomllib

import pytest

import vmc
from tests.job_folder import DOT, LIMIT, MPIRUN
from vmc.errors import UserError
from vmc.job.progress import Reporter
from vmc.job.verification import cases_of, verify

CONFIG = {
    **tomllib.loads(DOT),
    "wavefunction": [{"kind": "gaussian"}],
    "hamiltonian": {},
    "observables": [],
    "optimizer": {"kind": "adam", "iterations": 3},
    "reference": {"energy": 2.0},
}
SCAN = """
import os, sys
import vmc
from vmc.job.progress import Reporter
from vmc.parallel import communicator

class Sender(Reporter):
    def report(self, report):
        if communicator().rank == communicator().size - 1:
            os.kill(os.getpid(), int(sys.argv[1]))

if __name__ == "__main__":
    for number in range(3):
        outcome = vmc.run("small.toml", f"{number}.h5", vmc.JobOptions(reporter=Sender()))
        print("goes on after", number, flush=True)
"""


class Sender(Reporter):
    """Sends a signal to its own process in each iteration that `when` names."""

    def __init__(self, number, when=lambda report: True):
        self.number, self.when = number, when

    def report(self, report):
        if self.when(report):
            os.kill(os.getpid(), self.number)


@pytest.fixture
def received(tmp_path):
    """SIGTERM as a script of a user's takes it: what it got, and whether the job's files were ready then."""
    found = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: found.append((number, ready(tmp_path))))
    yield found
    signal.signal(signal.SIGTERM, before)


def ready(path):
    names = {file.name for file in path.iterdir()}
    return {"a.h5", "a.ckpt.h5"} <= names and not any("lock" in name for name in names)


def test_an_interrupt_is_raised_when_all_is_saved(tmp_path):
    """And the job goes on from there, to the end."""
    path = tmp_path / "a.h5"
    with pytest.raises(KeyboardInterrupt):
        vmc.run(CONFIG, path, vmc.JobOptions(reporter=Sender(signal.SIGINT)))
    assert ready(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        vmc.resume(path, vmc.JobOptions(reporter=Sender(signal.SIGINT)))
    assert vmc.resume(path).finished


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR2])
def test_a_handler_of_the_script_gets_its_signal(tmp_path, received, number):
    outcome = vmc.run(CONFIG, tmp_path / "a.h5", vmc.JobOptions(reporter=Sender(number)))
    assert received == [(signal.SIGTERM, True)]
    assert (outcome.finished, outcome.exit_code) == (False, 143)


def test_a_signal_in_the_last_moment_is_not_lost(tmp_path, received):
    """The job has ended, the script has not."""
    last = Sender(signal.SIGTERM, lambda report: report.phase == "evaluate" and report.done == report.total)
    assert vmc.run(CONFIG, tmp_path / "a.h5", vmc.JobOptions(reporter=last)).finished
    assert received == [(signal.SIGTERM, True)]


def test_a_signal_to_a_job_that_fails_is_not_lost(tmp_path, received):
    class Failing(Sender):
        def report(self, report):
            super().report(report)
            raise UserError("planted mistake")

    with pytest.raises(UserError, match="planted mistake"):
        vmc.run(CONFIG, tmp_path / "a.h5", vmc.JobOptions(reporter=Failing(signal.SIGTERM)))
    assert len(received) == 1


def test_a_time_limit_is_no_signal(tmp_path, received):
    outcome = vmc.run(CONFIG, tmp_path / "a.h5", vmc.JobOptions(max_time=1e-3))
    assert (outcome.finished, outcome.exit_code, received) == (False, 0, [])


def test_a_job_stopped_in_pretraining_delivers_too(tmp_path, received):
    vmc.run(CONFIG, tmp_path / "teacher.h5")

    class Early(Reporter):
        def needs(self, cost):
            os.kill(os.getpid(), signal.SIGTERM)

    config = {**CONFIG, "pretraining": {"results": str(tmp_path / "teacher.h5")}}
    with pytest.raises(UserError, match="stopped by SIGTERM or SIGUSR2 in pretraining") as stopped:
        vmc.run(config, tmp_path / "a.h5", vmc.JobOptions(reporter=Early()))
    assert stopped.value.exit_code == 143
    assert len(received) == 1


def test_verify_does_not_go_on_with_the_next_case(tmp_path):
    """Nor compares an energy that is not finished."""
    from vmc.config import check_config, to_toml

    (tmp_path / "small.toml").write_text(to_toml(check_config(CONFIG)))
    cases = cases_of(tmp_path / "small.toml") * 2
    with pytest.raises(KeyboardInterrupt):
        next(verify(cases, tmp_path, vmc.JobOptions(reporter=Sender(signal.SIGINT))))
    assert not (tmp_path / "1.h5").exists()


@pytest.mark.mpi
@pytest.mark.parametrize("ranks", [0, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_scan_ends_on_all_ranks(tmp_path, ranks, number):
    """Though one rank alone got the signal."""
    from vmc.config import check_config, to_toml

    if ranks and not MPIRUN.exists():
        pytest.skip("no mpirun beside this Python")
    (tmp_path / "small.toml").write_text(to_toml(check_config(CONFIG)))
    (tmp_path / "scan.py").write_text(SCAN)
    launcher = [str(MPIRUN), "-n", str(ranks)] if ranks else []
    command = [*launcher, sys.executable, "scan.py", str(int(number))]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode != 0
    assert "goes on" not in done.stdout
    assert {file.name for file in tmp_path.glob("*.h5*")} == {"0.h5", "0.ckpt.h5", "0.ckpt.previous.h5"}
    if number == signal.SIGINT:
        assert "nterrupt" in done.stderr  # a traceback, or one word for all ranks
