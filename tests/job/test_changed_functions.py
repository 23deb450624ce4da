"""A job goes on with the very functions of the user's that it was started with."""

import tomllib

import numba
import pytest

from tests.job_folder import DOT
from vmc.errors import UserError
from vmc.job.changes import refuse_other_kernels
from vmc.job.run import JobOptions, resume, run

UNKNOWN = object()


def interaction(strength):
    @numba.njit
    def pair(c, r):
        return strength * c[0] / r

    return pair


def options(strength):
    return JobOptions(kernels={"interaction": interaction(strength)}, kernel_names={"interaction": "mine:pair"})


def test_a_function_that_cannot_be_identified_is_taken_at_its_word():
    found = JobOptions(kernels={"interaction": lambda c, r: UNKNOWN}).kernel_record()["interaction"]
    assert found["content"] == ""
    refuse_other_kernels({"interaction": found | {"content": "abc"}}, {"interaction": found})


@pytest.fixture
def results(tmp_path):
    config = tomllib.loads(DOT)
    config["hamiltonian"]["interaction"] = {"kind": "user", "constants": [1.0]}
    config["wavefunction"] = [{"kind": "gaussian"}, {"kind": "pade", "cusp": 1.0}]
    config["observables"] = []
    config["optimizer"]["iterations"] = 2
    run(config, tmp_path / "a.h5", options(1.0))
    return tmp_path / "a.h5"


def test_another_function_of_the_same_name_is_refused(results):
    """Numbers of two Hamiltonians would be averaged; the same function, made anew, is no other."""
    assert resume(results, options(1.0)).finished
    with pytest.raises(UserError, match=r"--kernel interaction=mine:pair: the function, or one that it calls, is not"):
        resume(results, options(1.04))
    with pytest.raises(UserError, match="started with --kernel interaction=mine:pair: resume it with the same"):
        resume(results)
