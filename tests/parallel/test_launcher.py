"""Who launched this process, and whether launcher and MPI library belong together."""

import pytest

from vmc.parallel.launcher import find_launch


@pytest.mark.parametrize(
    ("environment", "launcher", "size", "rank"),
    [
        ({"PMI_SIZE": "4", "PMI_RANK": "3"}, "MPICH", 4, 3),
        ({"OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "1", "PMIX_RANK": "1"}, "Open MPI", 2, 1),
        ({"SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "5", "PMIX_RANK": "5"}, "srun", 8, 5),
        ({"PMIX_RANK": "2"}, "PMIx", None, 2),
    ],
)
def test_launchers(environment, launcher, size, rank):
    launch = find_launch(environment)
    assert launcher in launch.launcher
    assert (launch.size, launch.rank) == (size, rank)


def test_mpirun_inside_srun_counts_ranks_not_nodes():
    launch = find_launch({"SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1", "PMI_SIZE": "96", "PMI_RANK": "60"})
    assert launch.size == 96


@pytest.mark.parametrize(
    "environment",
    [{}, {"SLURM_NTASKS": "64", "SLURM_PROCID": "0", "SLURM_JOB_ID": "1"}, {"PMI_SIZE": "junk"}],
)
def test_batch_shell_is_no_launch(environment):
    assert find_launch(environment) is None


@pytest.mark.mpi  # needs an MPI library, not a launcher
def test_mismatch_is_refused(run):
    outcome = run(0, "talk.py", PMI_SIZE="2", PMI_RANK="0")
    assert outcome.status == 1
    assert outcome.err.startswith("error: an MPICH or Intel MPI mpirun started 2 processes, but mpi4py uses ")
    assert "do not match" in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""


@pytest.mark.mpi
def test_mismatch_is_told_by_one_process_only(run):
    outcome = run(0, "talk.py", PMI_SIZE="2", PMI_RANK="1")
    assert (outcome.status, outcome.out, outcome.err) == (1, "", "")


@pytest.mark.mpi
def test_missing_mpi4py_under_mpirun(run):
    outcome = run(4, "hidden_mpi.py", "talk.py")
    assert outcome.status == 1
    assert outcome.err.count("mpirun started 4 processes, but mpi4py cannot be used") == 1
    assert outcome.out == ""
    assert outcome.seconds < 5.0


@pytest.mark.parametrize("environment", [{}, {"PMI_SIZE": "1", "PMI_RANK": "0"}, {"PMIX_RANK": "0"}])
def test_works_without_mpi4py(run, environment):
    outcome = run(0, "hidden_mpi.py", "talk.py", **environment)
    assert outcome.status == 0, outcome.err
    assert outcome.out.split()[:2] == ["ranks", "[0]"]


def test_batch_shell_runs_serially(run):
    outcome = run(0, "talk.py", SLURM_NTASKS="4", SLURM_PROCID="0")
    assert outcome.out.split() == ["ranks", "[0]", "False", "None"]
