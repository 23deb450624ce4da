"""What all tests share: threads, the checkout rather than an installed copy, and which tests run first."""

import os
import signal
import sys
from pathlib import Path

import pytest

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

ROOT = Path(__file__).resolve().parents[1]
# Child processes run in folders of their own: without this they would test what is installed.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
sys.path.insert(0, str(ROOT))

# What a shell starts in the background ignores Ctrl-C, and under nohup a closed session: so would all that tests start,
# and signals sent to it say nothing.  What is handled here, if only by doing nothing, is not ignored in children.
for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, lambda *_: None)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)

#: Files whose kernels are the same, which one worker compiles while others do something else; what takes long is first.
TOGETHER = (
    ("tests/contracts/test_wave_functions.py", "tests/contracts/test_wave_function_kernels.py"),
    (
        "tests/wavefunctions/test_quasi_particles.py",
        "tests/wavefunctions/test_message_passing.py",
        "tests/wavefunctions/test_backflow.py",
    ),
    ("tests/contracts/test_samplers.py", "tests/contracts/test_step_tuner.py"),
    ("tests/job/test_same_numbers.py",),
    ("tests/docs/test_pages.py",),
    ("tests/commands/test_program.py",),
)
_GROUPS = {file: number for number, files in enumerate(TOGETHER) for file in files}


def _file(test: str) -> str:
    return test.split("::", 1)[0]


def pytest_collection_modifyitems(items):
    """Groups that take long come first: begun last they would be waited for."""
    items.sort(key=lambda item: _GROUPS.get(_file(item.nodeid), len(TOGETHER)))


def pytest_xdist_make_scheduler(config, log):
    """Workers take a group or a file at a time."""
    from xdist.scheduler import LoadFileScheduling

    class LoadGroups(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return str(_GROUPS.get(_file(nodeid), _file(nodeid)))

    return LoadGroups(config, log)


@pytest.fixture
def folder(tmp_path):
    """A folder with dot.toml in which commands are run."""
    from tests.job_folder import Folder

    return Folder(tmp_path)


@pytest.fixture(scope="session")
def dot(tmp_path_factory):
    """A folder with the finished results of dot.toml, dot.h5: to look at, not to change."""
    from tests.job_folder import Folder

    folder = Folder(tmp_path_factory.mktemp("dot"))
    assert folder.vmc("run", "dot.toml", "-q").returncode == 0
    return folder
