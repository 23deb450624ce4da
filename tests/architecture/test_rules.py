"""The rules hold in every file, and every rule objects to a file that breaks it."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("rules", Path(__file__).with_name("rules.py"))
rules = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(rules)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_rule_holds(rule):
    files = list(rules.sources())
    assert len(files) > 80
    found = [objection for path in files for objection in rule(_name(path), ast.parse(path.read_text()))]
    assert found == []


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        ("layers", "numerics/a.py", "from vmc.job.run import run"),
        ("layers", "samplers/a.py", "from hamiltonians.system import System"),
        ("layers", "wavefunctions/a.py", "def f():\n    import hamiltonians.trap"),
        ("rooms", "vmc/measuring/a.py", "def f():\n    from vmc.stages.driver import Driver"),
        ("rooms", "vmc/drawer/a.py", "x = 1"),
        ("libraries", "vmc/job/run.py", "def f():\n    from mpi4py import MPI"),
        ("libraries", "vmc/parallel/a.py", "from mpi4py import MPI"),
        ("libraries", "vmc/results/loading.py", "import h5py"),
        ("libraries", "vmc/plotting/a.py", "import matplotlib.pyplot as plt"),
        ("code_from_data", "vmc/a.py", "import pickle"),
        ("code_from_data", "vmc/a.py", "x = eval('1')"),
        ("code_from_data", "vmc/a.py", "np.load(path, allow_pickle=True)"),
        ("global_random_numbers", "vmc/a.py", "x = np.random.normal()"),
        ("one_decision", "samplers/a.py", "ok = uniform(state) < ratio"),
        ("sums_in_memory", "vmc/a.py", "for k in range(3):\n    for b in range(n):\n        s[k] += O[k, b] * w[b]"),
        ("size", "vmc/a.py", "\n" * 400 + "x = 1"),
        ("size", "vmc/utils.py", "x = 1"),
    ],
)
def test_rule_objects(rule, path, code):
    assert getattr(rules, rule)(path, ast.parse(code))


def test_importing_the_package_loads_neither_mpi_nor_the_compiler():
    code = (
        "import sys, vmc, vmc.commands.program; "
        "print([name for name in ('mpi4py', 'numba', 'numpy', 'h5py', 'matplotlib') if name in sys.modules])"
    )
    assert _output(code) == "[]"


def test_public_names_are_listed_before_they_are_loaded():
    code = "import sys, vmc, samplers; print('load' in dir(vmc), 'sample' in dir(samplers), 'numpy' in sys.modules)"
    assert _output(code) == "True True False"


def test_importing_everything_but_parallel_work_loads_no_mpi():
    loaded = "print('mpi4py.MPI' in sys.modules, 'matplotlib' in sys.modules)"
    code = f"import sys, vmc.job.run, vmc.api, vmc.plotting; {loaded}"
    assert _output(code) == "False False"


def _output(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def _name(path: Path) -> str:
    return path.relative_to(rules.ROOT).as_posix()
