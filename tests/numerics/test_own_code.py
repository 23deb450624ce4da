"""Compiled code calls its own copies: what runs does not depend on what was compiled or loaded before."""

import os
import subprocess
import sys

import llvmlite.binding as llvm
import numba
import numpy as np
import pytest

from numerics.link import kernel

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")

EVALUATE = """
import hashlib
import numpy as np
from vmc.config import check_config
from vmc.build.physics import build

messages = {"kind": "message_passing", "width": 6, "hidden": [6]}
psi = build(check_config({
    "system": {"n_particles": 14, "n_dim": 3, "n_up": 7},
    "hamiltonian": {"kind": "electron_gas", "r_s": 2.0},
    "wavefunction": [{"kind": "slater", "backflow": messages}],
})).wave_function
psi.theta += 0.05 * np.random.default_rng(1).normal(size=psi.theta.size)
found = psi.evaluate(np.random.default_rng(3).uniform(0, 7, size=(64, 42)))
numbers = found.log_psi, found.gradient, found.laplacian, found.log_derivatives
print(hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in numbers)).hexdigest())
"""


def test_only_the_function_itself_can_be_found_by_others(monkeypatch, tmp_path):
    """Of two weak functions of one name the first loaded serves both."""
    monkeypatch.setenv("VMC_CACHE_DIR", str(tmp_path))

    @kernel
    def helper(x):
        total = 0.0  # several loops, so that it is too long to be inlined twice
        for k in range(x.size):
            total += np.tanh(x[k]) * x[k]
        for k in range(x.size):
            total += np.sin(x[k]) * np.cos(total)
        for k in range(x.size):
            total += np.exp(-x[k]) * np.log1p(total * total)
        return total

    @kernel
    def user(x):
        return helper(x) + helper(x[1:]) + helper(x[2:])

    user(np.ones(5))
    (compiled,) = user.overloads.values()
    defined = [function for function in compiled.library._final_module.functions if not function.is_declaration]
    assert not [function.name for function in defined if function.linkage == llvm.Linkage.linkonce_odr]
    assert any("helper" in function.name and function.linkage == llvm.Linkage.internal for function in defined)


@pytest.mark.slow
def test_the_first_process_and_the_second_compute_the_same_bits(tmp_path):
    """The first compiles everything, the second loads it; message passing differed in the last digits of 618 of 2688
    components of its gradient while functions were shared."""
    command = [sys.executable, "-c", EVALUATE]
    environment = {**os.environ, "VMC_CACHE_DIR": str(tmp_path)}
    first, second = (subprocess.run(command, env=environment, capture_output=True, text=True) for _ in range(2))
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert first.stdout == second.stdout != ""
