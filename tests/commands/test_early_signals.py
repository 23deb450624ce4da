"""Signals that come while the program is loading."""

import os
import signal
import subprocess
import sys

import pytest

#: The first thing that the program loads sends signals to its own process.
PROGRAM = """
import os, signal, sys, types

def send(n_threads):
    for number in numbers:
        os.kill(os.getpid(), number)

numbers, command = [int(sys.argv[1])], sys.argv[2]
sys.modules["vmc.parallel.threads"] = types.SimpleNamespace(limit_threads=send)
sys.argv = ["vmc", command, "nothing.toml"]
from vmc.__main__ import main
main()
"""


def ended(number, command="run", ignored=False):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(int(number)), command],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=(lambda: signal.signal(number, signal.SIG_IGN)) if ignored else None,
    )


@pytest.mark.parametrize("command", ["run", "resume", "verify"])
def test_one_who_asks_to_save_does_not_kill_the_job(command):
    """It goes on, here to where it refuses a file that is not there."""
    done = ended(signal.SIGUSR1, command)
    assert done.returncode == 1
    assert "nothing.toml" in done.stderr


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 143), (signal.SIGUSR2, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)],
)
def test_one_who_asks_to_stop_is_obeyed_with_the_status_of_a_job(number, status):
    done = ended(number)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", "")


def test_nohup_holds():
    assert ended(signal.SIGHUP, ignored=True).returncode == 1


def test_other_commands_and_scripts_keep_their_signals():
    assert ended(signal.SIGUSR1, "show").returncode == -signal.SIGUSR1
    code = "import signal, vmc, vmc.__main__; print(signal.getsignal(signal.SIGUSR1), signal.getsignal(signal.SIGTERM))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ))
    assert done.stdout == "0 0\n" or done.stdout.count("SIG_DFL") == 2
