"""Functions that Python takes and Numba does not: one line that names the place, not pages from inside the package."""

import numba
import pytest

import vmc
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.errors import UserError
from vmc.measuring.compiling import innermost
from wavefunctions.custom import Custom

SYSTEM = System(1, 1)
pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="only the compiler refuses")


def not_for_numba(theta, x):
    return -theta[0] * abs(x).sum()


@pytest.mark.parametrize("function", [vmc.evaluate, vmc.optimise])
def test_scripts(function):
    """Nothing is compiled to the end."""
    with pytest.raises(UserError) as told:
        function(Custom(SYSTEM, not_for_numba, {"a": 0.5}), HarmonicTrap(SYSTEM), n_walkers=32, n_blocks=8)
    message = str(told.value)
    assert message.startswith("a function does not compile: Numba has no abs(array(float64, 2d, C)), at ")
    line = not_for_numba.__code__.co_firstlineno + 1
    assert f"test_compiling.py, line {line}: return -theta[0] * abs(x).sum()" in message
    assert "\n" not in message


def test_jobs(tmp_path):
    config = {"system": {"n_particles": 1, "n_dim": 1}, "wavefunction": [{"kind": "user", "parameters": {"a": 0.5}}]}
    options = vmc.JobOptions(kernels={"log_psi": not_for_numba})
    with pytest.raises(UserError, match="a function does not compile: Numba has no abs"):
        vmc.run(config, tmp_path / "job.h5", options)


def test_what_is_not_understood_is_told_all_the_same():
    assert innermost("Something else\nof two lines") == "Something else"
