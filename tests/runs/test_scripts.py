"""Scripts among the studies run as printed."""

import runpy
from pathlib import Path

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
