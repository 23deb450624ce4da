"""``vmc watch``: what a results file tells of a running job."""

import os
import pty
import signal
import socket
import subprocess
import time
from dataclasses import replace

import numpy as np
import pytest

from vmc.errors import UserError
from vmc.output.lock import OutputLock, is_being_written
from vmc.results.watching import Sight, Work, duration, look, seconds_left, sparkline

LONG = ("-s", "evaluation.samples=1000000", "-s", "output.checkpoint_interval=0.1", "-q")


def sight(**changes):
    now = Sight("", "optimise", 3, 10, Work(100, 500), 3.0, 0.1, 0.5, "", np.zeros(3), 1000.0, True, 600.0, 20.0)
    return replace(now, **changes)


def test_a_finished_job(dot):
    seen = look(dot.path / "dot.h5")
    assert seen.phase == "done"
    assert seen.ended
    steps = 50 + 12 * (5 + 10) + 2 * (50 + 10) + 50 + 40
    assert seen.work == Work(steps, steps)
    assert f"E = {seen.energy:.3f}" in seen.line
    assert seen.steps_per_second > 0.0
    assert len(seen.trace) == 40


def test_time_left():
    assert seconds_left(sight(), None, now=1000.0) == pytest.approx(20.0)
    assert seconds_left(sight(), None, now=1005.0) == pytest.approx(15.0)
    assert seconds_left(sight(), None, now=1500.0) == 0.0
    earlier = sight(work=Work(60, 500), written=990.0)
    assert seconds_left(sight(), earlier, now=1000.0) == pytest.approx(100.0)
    assert seconds_left(sight(), replace(earlier, phase="thermalise"), now=1000.0) == pytest.approx(20.0)
    assert np.isnan(seconds_left(sight(steps_per_second=np.nan), None))
    assert seconds_left(sight(phase="done"), None) == 0.0


def test_words():
    assert [duration(s) for s in (0.4, 61.0, 3723.0, np.nan)] == ["0:00", "1:01", "1:02:03", "unknown"]
    assert sparkline(np.array([0.0, 3.5, 7.0, 0.0, 3.5, 7.0])) == "▁▅█▁▅█"
    assert sparkline(np.full(4, 2.0)) == "▅▅▅▅"
    assert sparkline(np.array([])) == ""
    assert sparkline(np.array([np.nan, 1.0, 2.0])) == "▁█"
    assert len(sparkline(np.arange(1000.0))) == 48
    early = sparkline(np.append([1000.0], np.tile([1.0, 2.0], 10)))  # does not flatten what follows
    assert len(set(early[1:])) == 2


def test_who_is_at_work(tmp_path):
    results = tmp_path / "a.h5"
    assert not is_being_written(results)
    with OutputLock(results) as lock:
        assert is_being_written(results)
    assert not is_being_written(results)
    dead = subprocess.Popen(["true"])
    dead.wait()
    lock.lock_path.write_text(f"host {socket.gethostname()}, process {dead.pid}, started long ago")
    assert not is_being_written(results)
    lock.lock_path.write_text("host elsewhere, process 1, started long ago")
    assert is_being_written(results)
    results.write_text("")
    assert is_being_written(results, 60.0)
    os.utime(results, (time.time() - 61.0,) * 2)
    assert not is_being_written(results, 60.0)  # a killed job's, as a login node sees it
    assert is_being_written(results)


def test_follows_a_job_from_before_its_start_to_its_end(folder):
    watcher = folder.start("watch", "a.h5", "--interval", "0.1")
    assert watcher.stdout.readline() == "waiting for a.h5\n"
    job = folder.start("run", "dot.toml", "-o", "a.h5", "-s", "output.checkpoint_interval=0.05", "-q")
    out, err = watcher.communicate(timeout=120)
    assert (job.wait(timeout=60), watcher.returncode, err) == (0, 0, "")
    assert out.splitlines()[-1].startswith("done ")
    assert "100.0 %  E = 3.00" in out.splitlines()[-1]


@pytest.fixture
def endless_job(folder):
    """A job that would go on for days, once its results file is there; killed in the end whatever happens."""
    job = folder.start("run", "dot.toml", "-o", "a.h5", *LONG)
    try:
        end = time.monotonic() + 240  # compilation included
        while not (folder.path / "a.h5").exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        yield job
    finally:
        job.kill()


def test_a_stopped_job_and_a_quiet_end(folder, endless_job):
    watcher = folder.start("watch", "a", "--interval", "0.1")
    assert " left" in watcher.stdout.readline()
    watcher.send_signal(signal.SIGINT)
    _, err = watcher.communicate(timeout=60)
    assert (watcher.returncode, err) == (0, "")
    endless_job.send_signal(signal.SIGTERM)
    endless_job.communicate(timeout=60)
    told = folder.vmc("watch", "a.h5").stdout
    assert told.endswith("nobody is at work on it: go on with 'vmc resume'\n")


def test_once(dot, folder):
    lines = dot.vmc("watch", "dot.h5", "--once").stdout.splitlines()
    assert lines[1].startswith("energy     ")
    assert lines[2].startswith("done ")
    missing = folder.vmc("watch", "none.h5", "--once")
    assert missing.returncode == 1
    assert "none.h5" in missing.stderr
    with pytest.raises(UserError, match=r"none\.h5"):
        look(folder.path / "none.h5")


def test_on_a_terminal(dot):
    """The view is drawn on a pseudo-terminal and stays there when the job is done."""
    ours, theirs = pty.openpty()
    command = dot.command("watch", "dot.h5")
    process = subprocess.Popen(command, cwd=dot.path, stdout=theirs, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 10_000)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert process.wait(timeout=60) == 0
    assert "energy" in shown.decode()
    assert "done" in shown.decode()
