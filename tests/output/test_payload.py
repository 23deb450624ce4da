"""Equal content, equal hash: of runs that are repeated, or stopped and resumed, at other times."""

import numpy as np
import pytest

import vmc
from tests.job_folder import DOT
from vmc.config import parse_config
from vmc.output.reader import DamagedFileError
from vmc.output.sealed import Schema, read_sealed, write_sealed
from vmc.output.tree import Dataset, payload_hash
from vmc.results.file import OF_THE_OCCASION, read_results
from vmc.results.provenance import PROVENANCE, provenance

SCHEMA = Schema("test", 1)


def written(path, seconds, created, energy=1.0, **kept):
    tree = {"optimization": {"energy": Dataset(np.array([energy])), "seconds": Dataset(np.array([seconds]))}}
    return write_sealed(path, tree, {"title": "a", "created": created}, SCHEMA, **kept)


def test_what_belongs_to_the_occasion(tmp_path):
    names = ("created", "optimization/seconds")
    first = written(tmp_path / "a.h5", 1.0, "today", of_the_occasion=names)
    assert first == written(tmp_path / "b.h5", 2.0, "tomorrow", of_the_occasion=names)
    assert first != written(tmp_path / "c.h5", 1.0, "today", 1.5, of_the_occasion=names)
    assert written(tmp_path / "d.h5", 1.0, "today") != written(tmp_path / "e.h5", 2.0, "today")
    read = read_sealed(tmp_path / "b.h5", SCHEMA)
    assert read.payload_sha256 == first
    assert read.attributes == {"title": "a", "created": "tomorrow"}
    assert read.tree["optimization"]["seconds"].data == 2.0


def test_files_of_before_are_read(tmp_path):
    """Which leave nothing out, and do not say so."""
    assert written(tmp_path / "a.h5", 1.0, "then") == payload_hash(
        {"optimization": {"energy": Dataset(np.array([1.0])), "seconds": Dataset(np.array([1.0]))}},
        {"title": "a", "created": "then", "schema": "test", "schema_version": 1},
    )


def test_damage_to_what_is_left_out_is_noticed(tmp_path):
    path = tmp_path / "a.h5"
    written(path, 1.0, "today", of_the_occasion=("created",))
    path.write_bytes(path.read_bytes().replace(b"today", b"never"))
    with pytest.raises(DamagedFileError):
        read_sealed(path, SCHEMA)


def test_all_of_the_provenance_is_left_out():
    assert set(provenance(1, None)) == set(PROVENANCE) <= set(OF_THE_OCCASION)


def test_repeated_and_resumed_runs(tmp_path):
    config = parse_config(DOT)
    vmc.run(config, tmp_path / "a.h5")
    stopped = vmc.run(config, tmp_path / "b.h5", vmc.JobOptions(max_time=1e-3))
    assert not stopped.finished
    early = read_results(tmp_path / "b.h5")
    vmc.resume(tmp_path / "b.h5")
    whole, resumed = read_results(tmp_path / "a.h5"), read_results(tmp_path / "b.h5")
    assert whole.payload_sha256 == resumed.payload_sha256 != early.payload_sha256
    seconds = [file.tree["optimization"]["seconds"].data for file in (whole, resumed)]
    assert not np.array_equal(*seconds)
    assert whole.attributes["title"] == resumed.attributes["title"]
