"""A failure on one rank ends all ranks soon, with one message and a status that is not zero."""

import pytest

MPI = pytest.mark.mpi
SOON = 5.0


def assert_ended(outcome, status):
    assert outcome.status == status, outcome.err
    assert outcome.seconds < SOON


@MPI
@pytest.mark.parametrize(
    ("situation", "n_ranks"),
    [("on_some_ranks", 2), ("on_some_ranks", 4), ("busy", 4), ("after_the_others", 2)],
)
def test_exception_on_one_rank(run, n_ranks, situation):
    outcome = run(n_ranks, "failing.py", situation, "bug", "1")
    assert_ended(outcome, 1)
    assert outcome.err.count(f"rank 1 of {n_ranks} failed") == 1
    assert outcome.err.count("ArithmeticError: planted failure") == 1
    assert outcome.err.count("Traceback") == 1


@MPI
@pytest.mark.parametrize("situation", ["on_some_ranks", "after_the_others", "on_every_rank"])
def test_an_exception_in_a_script(run, situation):
    """Which hung for ever where another rank did not fail, too."""
    outcome = run(2, "failing.py", situation, "bug", "1", "script")
    assert_ended(outcome, 1)
    who = "all ranks" if situation == "on_every_rank" else "rank 1 of 2"
    assert outcome.err.count(f"{who} failed") == 1
    assert outcome.err.count("ArithmeticError: planted failure") == 1


@MPI
def test_several_ranks_speak_once(run):
    outcome = run(4, "failing.py", "on_some_ranks", "bug", "1,3")
    assert_ended(outcome, 1)
    assert outcome.err.count("rank 1 of 4 failed") == 1
    assert outcome.err.count("ArithmeticError: planted failure") == 1


@MPI
@pytest.mark.parametrize(
    ("way", "status", "words"),
    [
        ("user", 7, "error on rank 0 of 2: planted mistake"),
        ("exit", 3, "error on rank 0 of 2: exit with status 3"),
        ("text", 1, "error on rank 0 of 2: planted farewell"),
        ("interrupt", 130, "error on rank 0 of 2: interrupted"),
    ],
)
def test_other_ends_of_one_rank(run, way, status, words):
    outcome = run(2, "failing.py", "on_some_ranks", way, "0")
    assert_ended(outcome, status)
    assert outcome.err.count(words) == 1
    assert "Traceback" not in outcome.err


@MPI
@pytest.mark.parametrize(
    ("situation", "way", "status", "words"),
    [
        ("on_every_rank", "user", 7, "error: planted mistake\n"),
        ("on_every_rank", "exit", 3, ""),
        ("on_every_rank", "text", 1, "planted farewell\n"),
        ("on_every_rank", "interrupt", 130, "interrupted\n"),
        ("on_every_rank", "memory", 1, "error: not enough memory: Unable to allocate 2.00 EiB for an array"),
        ("staggered", "user", 7, "error: planted mistake\n"),
        ("in_root_part", "user", 7, "error: planted mistake\n"),
        ("in_root_part", "exit", 3, ""),
        ("in_root_part", "interrupt", 130, "interrupted\n"),
    ],
)
def test_failure_of_all_is_told_once(run, situation, way, status, words):
    outcome = run(4, "failing.py", situation, way, "")
    assert_ended(outcome, status)
    assert outcome.err.startswith(words)  # a launcher may add its own words
    assert outcome.err.count("planted") == words.count("planted")
    assert "Traceback" not in outcome.err
    assert "rank" not in outcome.err.partition("prterun")[0]
    assert "came to the end" not in outcome.out


@MPI
def test_bug_in_root_part(run):
    outcome = run(4, "failing.py", "in_root_part", "bug", "")
    assert_ended(outcome, 1)
    assert outcome.err.count("rank 0 of 4 failed") == 1
    assert outcome.err.count("ArithmeticError: planted failure") == 1
    assert "RootFailedError" not in outcome.err


@MPI
def test_unsendable_result_of_root_part(run):
    outcome = run(2, "failing.py", "unsendable", "", "")
    assert_ended(outcome, 1)
    assert outcome.err.count("TypeError: cannot send object") == 1


@MPI
def test_different_failures_are_all_told(run):
    outcome = run(2, "failing.py", "differently", "", "")
    assert_ended(outcome, 1)
    for rank in range(2):
        assert outcome.err.count(f"rank {rank} of 2 failed") == 1
        assert outcome.err.count(f"my own trouble {rank}") == 1


@MPI
@pytest.mark.parametrize("way", ["vanish", "killed", "segfault"])
def test_lost_rank(start, way):
    job = start(2, "failing.py", "on_some_ranks", way, "1")
    outcome = job.finish()
    assert outcome.status != 0
    assert outcome.seconds < SOON
    assert job.session() == []


@pytest.mark.parametrize(
    ("way", "status", "words"),
    [("user", 7, "error: planted mistake\n"), ("exit", 3, ""), ("interrupt", 130, "interrupted\n")],
)
@pytest.mark.parametrize("situation", ["on_every_rank", "in_root_part"])
def test_single_process(run, situation, way, status, words):
    outcome = run(0, "failing.py", situation, way, "")
    assert (outcome.status, outcome.err) == (status, words)


def test_too_little_memory_in_a_single_process(run):
    outcome = run(0, "failing.py", "on_every_rank", "memory", "")
    assert outcome.status == 1
    assert outcome.err.startswith("error: not enough memory: Unable to allocate 2.00 EiB for an array")
    assert outcome.err.endswith("; 'vmc check CONFIG' says what a run needs\n")


def test_bug_in_single_process_is_an_ordinary_traceback(run):
    outcome = run(0, "failing.py", "on_every_rank", "bug", "")
    assert outcome.status == 1
    assert outcome.err.startswith("Traceback")
    assert outcome.err.endswith("ArithmeticError: planted failure\n")
