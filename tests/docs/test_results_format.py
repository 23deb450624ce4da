"""docs/results-format.md says of a results file what h5py finds in it."""

import re
from pathlib import Path

import h5py
import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs/results-format.md").read_text()


@pytest.fixture
def file(dot):
    with h5py.File(dot.path / "dot.h5") as opened:
        yield opened


def words(begin, end):
    """What stands in backticks between two places of the page."""
    return set(re.findall(r"`([^`]+)`", PAGE[PAGE.index(begin) : PAGE.index(end)]))


def datasets(file):
    found = {}
    file.visititems(lambda path, item: found.update({path: item}) if isinstance(item, h5py.Dataset) else None)
    return found


def test_scales_without_values(file):
    """The page names all of them, and no others; every other dataset has a unit and a name."""
    bare = {path for path, item in datasets(file).items() if "units" not in item.attrs}
    assert {path.rpartition("/")[2] for path in bare} == words(
        "`chain`, `draw`, `parameter`", " have none: their scales"
    )
    for path, item in datasets(file).items():
        if path in bare:
            assert item.is_scale
            assert "long_name" not in item.attrs
        else:
            assert "long_name" in item.attrs
            assert all(len(dimension) == 1 for dimension in item.dims) or item.is_scale


def test_what_the_hash_leaves_out(file):
    named = words("(what that hash leaves out", "repeated, or killed and resumed")
    assert set(file.attrs["payload_leaves_out"].split()) == named


def test_attributes_of_the_file(file):
    assert set(file.attrs) <= words("Attributes of the file:", "An electron gas adds")
