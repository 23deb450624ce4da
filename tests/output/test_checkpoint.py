import hashlib
import os

import numpy as np
import pytest

from vmc.output.atomic import OutputError, previous_path
from vmc.output.checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint
from vmc.output.image import to_bytes
from vmc.output.reader import DamagedFileError
from vmc.output.sealed import Schema, SchemaError, read_sealed, verify, write_sealed
from vmc.output.tree import Dataset, payload_hash


def _state(generation):
    rng = np.random.default_rng(generation)
    tree = {
        "theta": Dataset(rng.standard_normal(50), "", "parameters", ("parameter",)),
        "walkers": {
            "positions": Dataset(rng.standard_normal((8, 6)), "a_ho", "positions", ("walker", "coordinate")),
            "rng": Dataset(rng.integers(0, 2**64, (8, 4), dtype="u8"), "", "random streams"),
            "accepted": Dataset(rng.random(8) < 0.5, dims=("walker",)),
        },
    }
    return tree, {"iteration": generation, "config": "ω = 1.0\n", "walkers": {"step_size": 0.3}}


@pytest.fixture
def path(tmp_path):
    """A checkpoint of generation 2 with generation 1 beside it."""
    target = tmp_path / "run.ckpt.h5"
    save_checkpoint(target, *_state(1))
    save_checkpoint(target, *_state(2))
    return target


def _contents(folder):
    return {entry.name: (folder / entry.name).read_bytes() for entry in os.scandir(folder)}


def test_a_checkpoint_comes_back_bit_for_bit(path):
    loaded = load_checkpoint(path)
    assert payload_hash(loaded.tree, loaded.attributes) == payload_hash(*_state(2))
    assert (loaded.path, loaded.used_previous, loaded.message) == (path, False, "")
    assert loaded.tree["walkers"]["positions"].data.flags.writeable
    assert read_sealed(previous_path(path), CHECKPOINT).attributes["iteration"] == 1
    assert sorted(os.listdir(path.parent)) == ["run.ckpt.h5", "run.ckpt.previous.h5"]


def test_equal_states_give_equal_files_and_hashes(tmp_path):
    first, second = (save_checkpoint(tmp_path / name, *_state(5)) for name in ("a.h5", "b.h5"))
    assert first == second != save_checkpoint(tmp_path / "c.h5", *_state(6))
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_the_last_line_can_be_checked_with_other_tools(path):
    content = path.read_bytes()
    image, line = content[:-73], content[-73:].decode()
    assert line == f"\nsha256 {hashlib.sha256(image).hexdigest()}\n"


def _is_refused_and_previous_used(path, damaged):
    path.write_bytes(damaged)
    with pytest.raises(DamagedFileError):
        verify(path)
    loaded = load_checkpoint(path)
    assert loaded.used_previous
    assert loaded.path == previous_path(path)
    assert loaded.attributes["iteration"] == 1
    assert "'run.ckpt.h5' is damaged" in loaded.message
    assert "using the previous checkpoint 'run.ckpt.previous.h5'" in loaded.message


def test_every_flipped_bit_is_noticed(path):
    """1,000 single bits, 12 of them in the last line; HDF5 alone gives wrong numbers for a quarter."""
    good = path.read_bytes()
    rng = np.random.default_rng(20)
    places = np.concatenate([rng.integers(0, len(good), 988), len(good) - 1 - np.arange(0, 72, 6)])
    for place in places:
        damaged = bytearray(good)
        damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        with pytest.raises(DamagedFileError):
            verify(path)
    _is_refused_and_previous_used(path, damaged)


def test_every_truncation_is_noticed(path):
    good = path.read_bytes()
    for length in [*range(0, len(good), 61), *range(len(good) - 80, len(good), 9)]:
        _is_refused_and_previous_used(path, good[:length])


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: good + b"\n",
        lambda good: good[:4096] + bytes(4096) + good[8192:],
        lambda good: good[4096:8192] + good[:4096] + good[8192:],
        lambda good: b"",
        lambda good: b"\x89HDX" + good[4:],
        lambda good: bytes(len(good)),
        lambda good: good[:-73],
        lambda good: to_bytes({}, {}),
    ],
    ids=["appended", "zeroed page", "swapped pages", "empty", "magic", "zeros", "no last line", "other HDF5"],
)
def test_other_damage_is_noticed(path, damage):
    _is_refused_and_previous_used(path, damage(path.read_bytes()))


def test_a_false_payload_hash_is_noticed_under_a_right_last_line(path):
    tree, attributes = _state(3)
    stamped = attributes | {"schema": CHECKPOINT.name, "schema_version": 1, "payload_sha256": "0" * 64}
    image = to_bytes(tree, stamped)
    line = f"\nsha256 {hashlib.sha256(image).hexdigest()}\n".encode()
    _is_refused_and_previous_used(path, image + line)


def test_missing_newest_uses_the_previous_and_says_so(path):
    path.unlink()
    loaded = load_checkpoint(path)
    assert loaded.used_previous
    assert "is missing" in loaded.message


def test_nothing_there_is_a_clear_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no checkpoint .*run\.ckpt\.h5"):
        load_checkpoint(tmp_path / "run.ckpt.h5")


def test_both_damaged_refuses_and_touches_nothing(path):
    path.write_bytes(path.read_bytes()[:-1])
    previous_path(path).write_bytes(b"garbage")
    before = _contents(path.parent)
    with pytest.raises(DamagedFileError, match=r"is damaged .*'run\.ckpt\.previous\.h5' is damaged too"):
        load_checkpoint(path)
    previous_path(path).unlink()
    before.pop("run.ckpt.previous.h5")
    with pytest.raises(DamagedFileError, match="there is no previous checkpoint"):
        load_checkpoint(path)
    assert _contents(path.parent) == before


def test_a_save_over_a_damaged_file_keeps_going(path):
    path.write_bytes(b"garbage")
    save_checkpoint(path, *_state(3))
    assert load_checkpoint(path).attributes["iteration"] == 3


def test_newer_versions_and_other_kinds_are_refused_not_replaced_by_the_previous(path):
    write_sealed(path, *_state(3), Schema(CHECKPOINT.name, 2))
    with pytest.raises(SchemaError, match=r"version 2 .* up to 1: use a newer program"):
        load_checkpoint(path)
    write_sealed(path, *_state(3), Schema("vmc results", 1))
    told = "is a 'vmc results' file, expected 'vmc checkpoint'"
    way_out = "'run.ckpt.previous.h5' is the checkpoint before: move 'run.ckpt.h5' away to go on from it"
    with pytest.raises(SchemaError, match=f"{told}; {way_out}"):
        load_checkpoint(path)
    assert verify(path).schema == Schema("vmc results", 1)
    previous_path(path).write_bytes(b"garbage")
    with pytest.raises(SchemaError, match=f"{told}$"):
        load_checkpoint(path)
    previous_path(path).unlink()
    with pytest.raises(SchemaError, match=f"{told}$"):
        load_checkpoint(path)


def test_what_cannot_be_stored_leaves_the_old_checkpoint(path):
    before = _contents(path.parent)
    for tree, attributes in (({"a b": Dataset(np.ones(1))}, {}), ({}, {"schema": "mine"}), ({}, {"x": None})):
        with pytest.raises(ValueError, match="'"):
            save_checkpoint(path, tree, attributes)
    deep = {"x": {}}
    for _ in range(20):
        deep = {"x": deep}
    with pytest.raises(ValueError, match="could not be read back: groups are nested deeper"):
        save_checkpoint(path, deep, {})
    with pytest.raises(OutputError):
        save_checkpoint(path / "below", *_state(3))
    assert _contents(path.parent) == before
