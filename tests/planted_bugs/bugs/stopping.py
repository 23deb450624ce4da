"""Jobs that do not end when, or as, they are told to."""

from tests.planted_bugs.bugs.bug import Bug

EARLY = "tests/commands/test_early_signals.py"
SCRIPTS = "tests/job/test_script_signals.py"
SIGNALS = "tests/parallel/test_signals.py"

STOPPING = [
    Bug(
        "the fit of a pretraining is not looked at",
        "vmc/stages/pretraining.py",
        "        self.watch()\n",
        "",
        ("tests/job/test_pretraining_stage.py::test_drawing_and_fit_look_often",),
    ),
    Bug(
        "a pretraining is not told of the time limit",
        "vmc/job/run.py",
        "partial(signals.poll, world, deadline, saves=False)",
        "partial(signals.poll, world, None, saves=False)",
        ("tests/job/test_pretraining_stage.py::test_a_time_limit_ends_it_with_nothing_left_behind",),
    ),
    Bug(
        "a job stopped by a signal in its first stage has the status of a mistake",
        "vmc/parallel/watching.py",
        'f"stopped by {request.cause} {where}", request.exit_code or 1)',
        'f"stopped by {request.cause} {where}", 1)',
        (f"{SIGNALS}::test_stop_while_the_root_works_alone",),
    ),
    Bug(
        "a closed session ends a job that nohup started",
        "vmc/parallel/signals.py",
        "                if not _is_ignored_hangup(number):\n",
        "                if True:\n",
        (f"{SIGNALS}::test_a_closed_session_stops_unless_nohup_was_asked_for",),
    ),
    Bug(
        "a script does not hear of the signal that stopped its job",
        "vmc/job/scripting.py",
        "    signals.poll(world).deliver()\n",
        "",
        (f"{SCRIPTS}::test_an_interrupt_is_raised_when_all_is_saved",),
    ),
    Bug(
        "a script does not hear of a signal when its job fails",
        "vmc/job/scripting.py",
        "        signals.noted().deliver()",
        "        signals.noted()",
        (f"{SCRIPTS}::test_a_signal_to_a_job_that_fails_is_not_lost",),
    ),
    Bug(
        "a job that loads is killed by who asks it to save",
        "vmc/__main__.py",
        "    signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
        "    pass",
        (f"{EARLY}::test_one_who_asks_to_save_does_not_kill_the_job",),
    ),
]
