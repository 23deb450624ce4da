"""Plants one bug at a time in a copy of the packages and demands that a test notices.

    python tests/planted_bugs/run.py [word ...]

Bugs whose name or file contains one of the words, or all of them.  The sound copy must pass every test named.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.planted_bugs.bugs import BUGS, Bug  # noqa: E402

PACKAGES = ("vmc", "hamiltonians", "wavefunctions", "samplers", "numerics", "tests")
FILES = ("setup.cfg", "pyproject.toml")
#: Seconds for the tests of one bug, and for those of all on the sound copy, which compiles everything.
TIME_LIMIT, SOUND_LIMIT = 600, 3600
#: Exit status of pytest when tests ran and some failed; others mean that something else is wrong.
FAILED = 1


class Copy:
    """A copy of the project in a folder of its own, with a kernel cache shared by all its runs."""

    def __init__(self, folder: Path) -> None:
        self.top = folder / "project"
        for name in PACKAGES:
            shutil.copytree(ROOT / name, self.top / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in FILES:
            shutil.copy(ROOT / name, self.top / name)
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(self.top),
            "PYTHONDONTWRITEBYTECODE": "1",
            "VMC_CACHE_DIR": str(folder / "cache"),
        }

    def python(self, *arguments: str, limit: int = TIME_LIMIT) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy, for as many seconds at most."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.top,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=limit,
        )

    def imports_itself(self) -> bool:
        """Whether the copy's tests see the copy's packages."""
        lines = self.python("-c", "import vmc, numerics; print(vmc.__file__, numerics.__file__)").stdout.split()
        return len(lines) == 2 and all(Path(line).is_relative_to(self.top) for line in lines)

    def test(self, tests: Sequence[str], limit: int = TIME_LIMIT) -> subprocess.CompletedProcess[str]:
        """Run tests up to the first failure."""
        options = ("-x", "-rf", "--tb=no", "-n0", "-m", "slow or not slow", "-p", "no:cacheprovider")
        return self.python("-m", "pytest", *options, *tests, limit=limit)

    def plant(self, bug: Bug) -> str:
        """Replace the text; return the sound content of the file."""
        path = self.top / bug.path
        content = path.read_text()
        if content.count(bug.sound) != 1:
            raise SystemExit(f"'{bug.name}': the text to replace occurs {content.count(bug.sound)} times in {bug.path}")
        path.write_text(content.replace(bug.sound, bug.broken))
        return content

    def catch(self, bug: Bug) -> str:
        """Name of the test that fails with the bug in place, empty if none does."""
        content = self.plant(bug)
        try:
            result = self.test(bug.tests)
        finally:
            (self.top / bug.path).write_text(content)
        if result.returncode not in (0, FAILED):
            raise SystemExit(f"'{bug.name}': pytest ended with {result.returncode}\n{result.stdout}{result.stderr}")
        caught = re.search(r"^FAILED (\S+)", result.stdout, re.MULTILINE)
        return caught.group(1) if caught else ""


def chosen(words: Sequence[str]) -> list[Bug]:
    """Bugs that one of the words is found in."""
    return [bug for bug in BUGS if not words or any(word in f"{bug.name} {bug.path}" for word in words)]


def main(words: Sequence[str]) -> int:
    """Plant the chosen bugs; return the number of those that nobody noticed."""
    bugs = chosen(words)
    with tempfile.TemporaryDirectory(prefix="planted-bugs-") as folder:
        copy = Copy(Path(folder))
        if not copy.imports_itself():
            raise SystemExit("the copy does not import its own packages")
        sound = copy.test(sorted({test for bug in bugs for test in bug.tests}), SOUND_LIMIT)
        if sound.returncode != 0:
            raise SystemExit(f"the sound copy does not pass:\n{sound.stdout}{sound.stderr}")
        print(f"the sound copy passes; {len(bugs)} bugs to plant", flush=True)
        missed = 0
        for bug in bugs:
            started = time.monotonic()
            test = copy.catch(bug)
            missed += not test
            seconds = time.monotonic() - started
            print(f"{bug.name:58s} {seconds:5.1f} s  {test or 'NOT NOTICED'}", flush=True)
    print(f"{len(bugs) - missed} of {len(bugs)} noticed")
    return missed


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
