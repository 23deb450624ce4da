"""Every planted bug is noticed by a test."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.planted_bugs.bugs import BUGS

RUN = Path(__file__).with_name("run.py")
ROOT = RUN.parents[2]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_text_to_replace_is_there(bug):
    """Quick, so that a change of the code is followed here at once."""
    assert (ROOT / bug.path).read_text().count(bug.sound) == 1
    assert bug.sound != bug.broken


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_every_bug_is_noticed():
    result = subprocess.run([sys.executable, str(RUN)], capture_output=True, text=True, timeout=2900)
    assert result.returncode == 0, result.stdout + result.stderr
