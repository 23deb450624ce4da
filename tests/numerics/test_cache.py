"""The kernel cache on disk, seen by fresh processes: it hits, it is never stale, it does not grow."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from numerics import cache

ROOT = Path(__file__).resolve().parents[2]

#: Ends every program below: its numbers, and what the cache did for all linked functions together.
REPORT = """
import json
from numerics.cache import cache_size
from numerics.link import _linked
stats = [d.stats for d in _linked.values() if hasattr(d, "stats")]
hits = sum(sum(s.cache_hits.values()) for s in stats)
misses = sum(sum(s.cache_misses.values()) for s in stats)
print(json.dumps([numbers, hits, misses, cache_size()[0]]))
"""

#: A user's pair interaction inside library templates.
USER = """
import numpy as np
from hamiltonians.base import Hamiltonian, pair_term
from hamiltonians.system import System

def interaction(c, r):
    return c[0] / r + 0.25

hamiltonian = Hamiltonian(System(2, 1), [pair_term("pair", interaction, (2.0,), 1)])
numbers = [float(hamiltonian.potential_energy(np.array([[0.0, 4.0]]))[0, 0])]
"""

#: Nothing but library code.
LIBRARY = """
import numpy as np
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap

numbers = [float(HarmonicTrap(System(1, 2), 2.0).potential_energy(np.array([[1.0, 2.0]]))[0, 0])]
"""


def run(program, folder, how="file", cache_dir=None, **environment):
    """Run a program followed by REPORT in a fresh process; returns (numbers, hits, misses, files, stderr)."""
    source = program + REPORT
    command, given = [sys.executable], None
    if how == "file":
        (folder / "program.py").write_text(source)
        command.append("program.py")
    elif how == "argument":
        command += ["-c", source]
    else:
        command.append("-")
        given = source
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA_", "VMC_", "PYTHON"))}
    variables = {
        **inherited,
        "VMC_CACHE_DIR": str(cache_dir or folder / "cache"),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }
    result = subprocess.run(
        command, cwd=folder, env=variables, input=given, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stderr
    return (*json.loads(result.stdout.splitlines()[-1]), result.stderr)


@pytest.mark.parametrize("how", ["file", "argument", "standard_input"])
def test_user_kernel_hits_from_the_second_start_on(how, tmp_path):
    numbers, hits, misses, files, _ = run(USER, tmp_path, how)
    assert numbers == [0.75]
    assert (hits, misses > 0, files > 0) == (0, True, True)
    for _ in range(2):
        again = run(USER, tmp_path, how)
        assert again[0] == [0.75]
        assert (again[1] > 0, again[2], again[3]) == (True, 0, files)


def test_library_kernel_hits_whatever_the_hash_seed(tmp_path):
    files = None
    for seed in ("0", "1", "2"):
        numbers, hits, misses, n_files, _ = run(LIBRARY, tmp_path, PYTHONHASHSEED=seed)
        assert numbers == [10.0]
        assert (misses > 0, hits > 0) == ((True, False) if files is None else (False, True))
        assert files in (None, n_files)
        files = n_files


def test_users_share_entries_of_equal_content(tmp_path):
    """The same function in another file hits, since nothing of the place enters the key."""
    run(USER, tmp_path, "file")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    numbers, hits, misses, *_ = run("\n\n" + USER, elsewhere, "file", tmp_path / "cache")
    assert (numbers, misses, hits > 0) == ([0.75], 0, True)


#: A template in one module, a kernel in another, its helper in a package, a constant in a fourth file.
MODULES = {
    "frame.py": """
from numerics.link import Slot
value = Slot("value", "(x)")
def frame(x):
    return value(x) + 1.0
""",
    "own.py": """
import tools.inner
from numerics.link import kernel
from constants import FACTOR
@kernel
def own(x):
    return FACTOR * tools.inner.helper(x)
""",
    "constants.py": "FACTOR = 3.0\n",
    "tools/__init__.py": "",
    "tools/inner.py": """
from numerics.link import kernel
@kernel
def helper(x):
    return x + 1.0
""",
}
PROGRAM = """
from frame import frame
from own import own
from numerics.link import link
numbers = [link(frame, value=own)(2.0)]
"""


def test_edited_parts_are_never_served_stale(tmp_path):
    """Helper, constant and kernel are edited in place, keeping size and time stamp; undoing finds the old entry."""
    for name, text in MODULES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    def edited(name, old, new):
        path = tmp_path / name
        stamp, text = path.stat(), path.read_text()
        assert text.count(old) == 1
        assert len(old) == len(new)
        path.write_text(text.replace(old, new))
        os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))

    def value_and_hit():
        numbers, hits, misses, *_ = run(PROGRAM, tmp_path)
        assert (hits == 0) != (misses == 0)
        return numbers[0], misses == 0

    assert value_and_hit() == (10.0, False)
    assert value_and_hit() == (10.0, True)
    edited("tools/inner.py", "x + 1.0", "x + 2.0")
    assert value_and_hit() == (13.0, False)
    edited("constants.py", "3.0", "5.0")
    assert value_and_hit() == (21.0, False)
    edited("own.py", "FACTOR * tools", "FACTOR + tools")
    assert value_and_hit() == (10.0, False)
    edited("own.py", "FACTOR + tools", "FACTOR * tools")
    assert value_and_hit() == (21.0, True)
    edited("tools/inner.py", "x + 2.0", "x + 1.0")
    edited("constants.py", "5.0", "3.0")
    assert value_and_hit() == (10.0, True)


CLOSURE = """
from numerics.link import Slot, kernel, link

@kernel
def inner(x):
    return x + 1.0

def double(function):
    def outer(x):
        return 2.0 * function(x)
    return outer

numbers = [link(double(inner))(1.0)]
"""


def test_closure_over_a_kernel_does_not_fill_the_disk(tmp_path):
    """Numba would write one more file at every start and read none."""
    sizes = []
    for _ in range(3):
        numbers, *_, files, _ = run(CLOSURE, tmp_path)
        assert numbers == [4.0]
        sizes.append(files)
    assert sizes == [sizes[0]] * 3


ENERGY = """
import numpy as np
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.random import stream_states
from samplers.langevin import Langevin
from vmc.measurement import Measurement
from wavefunctions.gaussian import Gaussian

system, move = System(2, 2), Langevin(2, 0.2)
measurement = Measurement(Gaussian(system, 0.4), HarmonicTrap(system), move)
X, states = np.random.default_rng(1).normal(size=(10, 4)), stream_states(1, 0, 10)
sample = measurement.measure(X, states, move.options(), 20, moments=True)
numbers = [float(sample.energies.sum()), sample.n_accepted, *sample.moments.ravel().tolist()]
"""


def test_without_compilation_the_numbers_are_the_same(tmp_path):
    """NUMBA_DISABLE_JIT=1, for a debugger: equal to 1e-12."""
    interpreted = run(ENERGY, tmp_path, NUMBA_DISABLE_JIT="1")
    assert interpreted[1:4] == (0, 0, 0)
    compiled = run(ENERGY, tmp_path)
    assert compiled[2] > 0
    assert interpreted[0] == pytest.approx(compiled[0], rel=1e-12)
    assert interpreted[0][1] == compiled[0][1]


def test_unwritable_cache_folder(tmp_path):
    """A path below a file cannot be created by anyone, root included."""
    (tmp_path / "file").write_text("")
    *result, stderr = run(USER, tmp_path, cache_dir=tmp_path / "file" / "cache")
    assert result == [[0.75], 0, result[2], 0]
    assert result[2] > 0
    assert stderr.count("compiled kernels cannot be cached in") == 1
    assert "VMC_CACHE_DIR" in stderr
    assert len(stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"VMC_CACHE_DIR": "/a", "NUMBA_CACHE_DIR": "/b"}, "/a"),
        ({"NUMBA_CACHE_DIR": "/b"}, "/b/nqs-vmc"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/nqs-vmc/kernels"),
        ({"HOME": "/home/me"}, "/home/me/.cache/nqs-vmc/kernels"),
    ],
)
def test_where_the_cache_is(variables, expected, monkeypatch):
    for name in ("VMC_CACHE_DIR", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache.cache_path() == Path(expected)


def test_clearing_deletes_kernels_and_nothing_else(tmp_path, monkeypatch):
    """Someone may have pointed VMC_CACHE_DIR at a folder that holds other things."""
    monkeypatch.setenv("VMC_CACHE_DIR", str(tmp_path))
    kernels, mixed = tmp_path / "kernels_0", tmp_path / "mixed"
    for folder in (kernels, mixed):
        folder.mkdir()
        for name in ("a-1.py311.nbi", "a-1.py311.1.nbc", "a-1.py311.nbi.tmp.0f"):
            (folder / name).write_bytes(b"12345")
    (mixed / "thesis.tex").write_text("years of work")
    (tmp_path / "notes.txt").write_text("")
    assert cache.cache_size() == (6, 30)
    assert cache.clear_cache() == (6, 30)
    assert cache.cache_size() == (0, 0)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mixed", "notes.txt", "thesis.tex"]


def test_clearing_what_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("VMC_CACHE_DIR", str(tmp_path / "missing"))
    assert cache.clear_cache() == (0, 0)


def test_cleared_kernels_are_compiled_again(tmp_path, monkeypatch):
    assert run(LIBRARY, tmp_path)[2] > 0
    monkeypatch.setenv("VMC_CACHE_DIR", str(tmp_path / "cache"))
    assert cache.clear_cache()[0] > 0
    numbers, hits, misses, *_ = run(LIBRARY, tmp_path)
    assert (numbers, hits, misses > 0) == ([10.0], 0, True)


#: A kernel apart, below two callers.
APART = """
import numpy as np
from numerics.link import Slot, link

inner = Slot("inner", "(x)")

def kernel(x):
    return FACTOR * x[0]

def caller(x):
    return inner(x) + 1.0

def top(x):
    return inner(x) * 2.0

numbers = [float(link(top, inner=link(caller, inner=link(kernel, apart=True)))(np.array([3.0])))]
"""


def test_what_a_kernel_calls_apart_is_loaded_first(tmp_path):
    program = "FACTOR = 2.0\n" + APART
    numbers, hits, misses, *_ = run(program, tmp_path)
    assert (numbers, hits, misses) == ([14.0], 0, 3)
    numbers, hits, misses, *_ = run(program, tmp_path)
    # The copy of `caller` inside `top` needs no loading of its own.
    assert (numbers, hits, misses) == ([14.0], 2, 0)


def test_an_edited_kernel_apart_is_noticed_by_all_callers(tmp_path):
    assert run("FACTOR = 2.0\n" + APART, tmp_path)[0] == [14.0]
    assert run("FACTOR = 5.0\n" + APART, tmp_path)[0] == [32.0]


def test_a_lost_kernel_apart_is_compiled_again(tmp_path):
    """Its callers' files are of use all the same, and the process does not end in the linker."""
    program = "FACTOR = 2.0\n" + APART
    run(program, tmp_path)
    lost = [file for file in (tmp_path / "cache").rglob("*.nb?") if "kernel" in file.name]
    assert len(lost) == 2
    for file in lost:
        file.unlink()
    numbers, hits, misses, *_ = run(program, tmp_path)
    assert (numbers, hits, misses) == ([14.0], 1, 1)
