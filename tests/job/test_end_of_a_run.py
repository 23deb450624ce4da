"""What a run says at its end, and where."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.job.test_summary_lines import DOT, estimate, summary
from vmc.config import check_config
from vmc.progress import reporter_for

NO_COURSE = SimpleNamespace(columns=("energy", "error"), column=lambda name: np.empty(0))


@pytest.fixture
def end(capsys):
    """What stands on standard output and standard error after a run that has ended."""

    def said(found, is_result=True, **evaluation):
        driver = SimpleNamespace(history=NO_COURSE, phase="done")
        config = check_config({**DOT, "evaluation": {"parameters": "last", **evaluation}})
        reporter = reporter_for(is_root=True, quiet=False, is_result=is_result)
        reporter.finish(driver, config, found, Path("dot.h5"), 2.0, True)
        return capsys.readouterr()

    return said


def test_the_summary_is_the_result(end):
    """On standard output, unless another result is wanted there; when and where are messages."""
    found = summary(estimate(3.0, 0.001))
    out, err = end(found)
    assert out.startswith("energy      3.0000(10) hartree")
    assert err.splitlines() == ["wall time: 2.0 s, results: dot.h5"]
    out, err = end(found, is_result=False)
    assert out == ""
    assert "energy      3.0000(10) hartree" in err
