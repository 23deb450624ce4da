"""The kernel cache on disk, seen by fresh processes: it hits, it is never stale, it does not grow."""

import os

import pytest

from tests.numerics.fresh_process import LIBRARY, USER, run


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


def test_closure_over_a_kernel_is_found_again(tmp_path):
    """Numba pickles closures for its key, dispatchers to other bytes in every process: it would never find them."""
    numbers, hits, misses, n_files, _ = run(CLOSURE, tmp_path)
    assert (numbers, hits, misses > 0) == ([4.0], 0, True)
    assert run(CLOSURE, tmp_path)[:4] == ([4.0], misses, 0, n_files)


ENERGY = """
import numpy as np
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.random import stream_states
from samplers.langevin import Langevin
from vmc.measuring.measurement import Measurement
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
