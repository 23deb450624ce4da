"""Scripts among the studies run as printed."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

RUNS = Path(__file__).resolve().parents[2] / "runs"


def test_anharmonic_oscillator(capsys):
    """Within four errors of the exact energy or above it by less than 1e-5, which the form of psi allows."""
    script = runpy.run_path(str(RUNS / "anharmonic_oscillator.py"))
    summary = script["main"]()
    energy = summary.energy
    assert summary.verdict.reliable
    assert energy.error < 1e-5
    assert -4.0 * energy.error < energy.value - script["EXACT"] < 4.0 * energy.error + 1e-5
    assert "exact 0.559146327" in capsys.readouterr().out


def test_a_study_that_there_is_not(monkeypatch):
    script = runpy.run_path(str(RUNS / "run_study.py"))
    monkeypatch.setattr(sys, "argv", ["run_study.py", "nosuch"])
    with pytest.raises(SystemExit, match=r"^no study 'nosuch': expected one of bosons-1d, .*quantum-dots$"):
        script["main"]()


@pytest.mark.slow
def test_a_script_without_a_module_finds_its_kernels_again(tmp_path):
    """What runpy runs belongs to no module that a later process could import with the cached kernel."""
    code = f"import runpy; runpy.run_path({str(RUNS / 'anharmonic_oscillator.py')!r})['main']()"
    environment = {**os.environ, "VMC_CACHE_DIR": str(tmp_path)}
    outputs = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]
