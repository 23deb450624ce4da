"""What all tests share: one thread for each library, and the checkout rather than an installed copy."""

import os
import sys
from pathlib import Path

import pytest

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

ROOT = Path(__file__).resolve().parents[1]
# Child processes run in folders of their own: without this they would test what is installed.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
sys.path.insert(0, str(ROOT))


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
