"""The figures of the studies are drawn from what the repository holds, and say what must be run first."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUNS = Path(__file__).resolve().parents[2] / "runs"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """The runs folder as it is cloned: without the results files."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(RUNS, folder / "runs", ignore=shutil.ignore_patterns("*.h5", "__pycache__"))
    return folder


def figures(checkout, *arguments):
    command = [sys.executable, "runs/figures.py", *arguments]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=240, check=False)


def test_figures_from_stored_numbers(checkout):
    finished = figures(checkout, "alpha-sweep", "samplers", "hard-spheres")
    assert (finished.returncode, finished.stderr) == (0, "")
    written = [Path(line) for line in finished.stdout.splitlines()]
    assert [path.name for path in written] == ["alpha-sweep.png", "samplers.png", "hard-spheres.png"]
    for path in written:
        assert path.parent == checkout / "docs" / "images"
        assert path.stat().st_size > 10_000


def test_data_that_are_missing(checkout):
    finished = figures(checkout, "optimisers", "--format", "pdf")
    assert finished.returncode == 1
    assert "run 'python runs/run_study.py optimisers' first" in finished.stderr
    assert not (checkout / "docs" / "images" / "optimisers.pdf").exists()


def test_unknown_figures(checkout):
    finished = figures(checkout, "alpha-swep")
    assert finished.returncode == 2
    assert "no figure alpha-swep: expected some of alpha-sweep, optimisers" in finished.stderr
