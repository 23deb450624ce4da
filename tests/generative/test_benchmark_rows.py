"""Rows of the generative benchmark: another package's figure beside the right one, and what has no target."""

import json
from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks" / "generative"


@pytest.fixture
def row(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return import_module("rows").Row


@pytest.fixture
def beside(row):
    return import_module("beside")


def test_figures_beside_ours(row, beside):
    """With its time and the ratio to ours, behind what is there already."""
    rows = [row("G5", "one", -18.5, ">= -18.8", True, 2.0, "another -19.5"), row("G5", "two", 0.1, "", True)]
    beside.set_beside(rows, [{"item": "one", "text": "-18.47", "value": -18.47, "seconds": 5.0}])
    assert [each.peer for each in rows] == ["another -19.5; PyTorch -18.47 in 5 s, 2.5 x our time", ""]
    with pytest.raises(KeyError):
        beside.set_beside(rows, [{"item": "three", "text": "1", "value": 1.0, "seconds": 1.0}])


def test_table(row, tmp_path):
    rows = [row("G18", "open", 0.25, "no target", None, error=0.01), row("G1", "met", 1e-13, "<= 1e-10", True)]
    (tmp_path / "found.json").write_text(json.dumps({"parts": {"G18": [each.as_dict() for each in rows]}}))
    lines = import_module("table").generative_table(tmp_path / "found.json").splitlines()
    assert lines[2:] == [
        "| G18 | open | 0.250(10) | no target |  |  |  |",
        "| G1 | met | 1e-13 | <= 1e-10 | yes |  |  |",
    ]
