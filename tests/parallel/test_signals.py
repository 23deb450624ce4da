"""Signals and the time limit are agreed by all ranks."""

import os
import signal
import threading
import time

import pytest

from vmc.parallel import Deadline, Request, SerialCommunicator, Signals

WORLD = SerialCommunicator()


def begin(start, n_ranks, *arguments):
    """Start the loop and wait until all ranks take signals; returns the job and the ranks' process ids."""
    job = start(n_ranks, "iterate.py", *arguments)
    ready = [job.process.stdout.readline().split() for _ in range(max(n_ranks, 1))]
    assert all(words[:1] == ["ready"] for words in ready)
    return job, {int(rank): int(number) for _, rank, number in ready}


def told(outcome, n_ranks):
    """What the ranks were told; all the same, at the same iterations."""
    lines = [line.split()[1:] for line in outcome.out.splitlines() if line.startswith("told")]
    orders = {rank: [line[1:] for line in lines if line[0] == str(rank)] for rank in range(max(n_ranks, 1))}
    assert all(order == orders[0] for order in orders.values()), outcome.out
    return [name for _, name in orders[0]]


CASES = [0, pytest.param(2, marks=pytest.mark.mpi), pytest.param(4, marks=[pytest.mark.mpi, pytest.mark.slow])]


@pytest.mark.parametrize("n_ranks", CASES)
@pytest.mark.parametrize(("number", "name"), [(signal.SIGTERM, "TERMINATE"), (signal.SIGINT, "INTERRUPT")])
def test_stop_by_the_launcher(start, gentle_launcher, n_ranks, number, name):
    job, _ = begin(start, n_ranks)
    sent = time.monotonic()
    job.process.send_signal(number)
    outcome = job.finish()
    assert time.monotonic() - sent < 5.0
    assert outcome.status == 128 + number, outcome.err
    assert told(outcome, n_ranks) == [name]
    assert "Traceback" not in outcome.err
    assert job.session() == []


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("number", "name", "status"),
    [
        (signal.SIGTERM, "TERMINATE", 143),
        (signal.SIGUSR2, "TERMINATE", 143),
        (signal.SIGINT, "INTERRUPT", 130),
        (signal.SIGHUP, "HANGUP", 129),
    ],
)
def test_stop_by_a_single_rank(start, number, name, status):
    job, numbers = begin(start, 4)
    os.kill(numbers[2], number)
    outcome = job.finish()
    assert outcome.status == status, outcome.err
    assert told(outcome, 4) == [name]


@pytest.mark.parametrize("n_ranks", CASES)
def test_checkpoint_goes_on(start, n_ranks):
    job, numbers = begin(start, n_ranks)
    job.process.send_signal(signal.SIGUSR1)  # every rank hears of it, or the only process
    time.sleep(0.5)
    os.kill(numbers[max(numbers)], signal.SIGUSR1)
    time.sleep(0.5)
    os.kill(numbers[0], signal.SIGTERM)
    orders = told(job.finish(), n_ranks)
    # ranks that hear of the first signal in different iterations ask twice; never more often than that
    assert orders[-1] == "TERMINATE"
    assert set(orders[:-1]) == {"CHECKPOINT"}
    assert 2 <= len(orders[:-1]) <= 3


@pytest.mark.parametrize("n_ranks", CASES)
def test_time_limit(start, n_ranks):
    job, _ = begin(start, n_ranks, "1.0")
    ready = time.monotonic()
    outcome = job.finish()
    assert outcome.status == 0, outcome.err
    assert told(outcome, n_ranks) == ["TIME_LIMIT"]
    assert time.monotonic() - ready < 3.0


def test_second_interrupt_leaves_at_once():
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        with Signals():
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 130


def test_a_second_interrupt_in_a_script_is_one_of_the_script():
    """It took the whole interpreter with it, and what stood in finally."""
    before = signal.getsignal(signal.SIGINT)
    with Signals(leaves=False):
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_handlers_are_restored():
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with Signals():
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_requests_in_one_process():
    with Signals() as signals:
        assert signals.poll(WORLD) is Request.NONE
        os.kill(os.getpid(), signal.SIGUSR1)
        assert signals.poll(WORLD) is Request.CHECKPOINT
        assert signals.poll(WORLD) is Request.NONE
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(2):
            assert signals.poll(WORLD) is Request.TERMINATE
        os.kill(os.getpid(), signal.SIGINT)
        assert signals.poll(WORLD) is Request.INTERRUPT


def test_a_closed_session_stops_unless_nohup_was_asked_for():
    before = signal.getsignal(signal.SIGHUP)
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with Signals() as signals:
            os.kill(os.getpid(), signal.SIGHUP)
            assert signals.poll(WORLD) is Request.NONE
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        with Signals() as signals:
            os.kill(os.getpid(), signal.SIGHUP)
            assert signals.poll(WORLD) is Request.HANGUP
    finally:
        signal.signal(signal.SIGHUP, before)


def test_meaning_of_requests():
    assert [(r.saves, r.stops, r.exit_code) for r in Request] == [
        (False, False, 0),
        (True, False, 0),
        (True, True, 0),
        (True, True, 129),
        (True, True, 143),
        (True, True, 130),
    ]


def test_threads_leave_signals_alone():
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def work():
        with Signals() as signals:
            seen.extend([signal.getsignal(signal.SIGTERM), signals.poll(WORLD)])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before, Request.NONE]


def test_deadline_leaves_room_for_one_iteration(monkeypatch):
    clock = iter([0.0, 10.0, 30.0, 60.0, 70.0, 85.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    deadline = Deadline(100.0)
    assert [deadline.has_come() for _ in range(4)] == [False, False, False, True]


def test_work_that_leaves_nothing_to_save_may_use_all_its_time(monkeypatch):
    """No room is left for a last iteration, and looks do not count as iterations."""
    clock = iter([0.0, 60.0, 99.0, 100.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    signals, deadline = Signals(), Deadline(100.0)
    found = [signals.poll(WORLD, deadline, saves=False) for _ in range(3)]
    assert found == [Request.NONE, Request.NONE, Request.TIME_LIMIT]


@pytest.mark.parametrize("n_ranks", CASES)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_while_the_root_works_alone(start, n_ranks, number):
    """A signal to the last rank, which waits for the root, ends all of them, with one line."""
    job, numbers = begin(start, n_ranks, "alone")
    os.kill(numbers[max(numbers)], number)
    outcome = job.finish()
    assert outcome.status == 128 + number, outcome.err
    name = {signal.SIGTERM: "SIGTERM or SIGUSR2", signal.SIGINT: "SIGINT"}[number]
    assert outcome.err.count(f"error: stopped by {name} in a long sleep\n") == 1, outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("n_ranks", CASES)
def test_the_work_of_the_root_is_told_to_all(run, n_ranks):
    """Where nobody wants it to stop, its result; and what it raised."""
    outcome = run(n_ranks, "iterate.py", "done")
    assert outcome.status == 0, outcome.err
    lines = [line for line in outcome.out.splitlines() if not line.startswith("ready")]
    assert sorted(lines) == sorted(f"result {rank} 5" for rank in range(max(n_ranks, 1)))
    outcome = run(n_ranks, "iterate.py", "refused")
    assert outcome.status == 7
    assert outcome.err.count("error: planted mistake") == 1


def test_no_deadline():
    assert not Deadline(None).has_come()
    assert not Deadline(None).is_over()
    with pytest.raises(ValueError, match="positive"):
        Deadline(0.0)
