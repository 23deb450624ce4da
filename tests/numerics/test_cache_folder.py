"""Where the kernel cache is, and how it is emptied."""

from pathlib import Path

import pytest

from numerics.link import cache_folder
from tests.numerics.fresh_process import LIBRARY, USER, run


def test_unwritable_cache_folder(tmp_path):
    """A path below a file cannot be created by anyone, root included."""
    (tmp_path / "file").write_text("")
    *result, stderr = run(USER, tmp_path, cache_dir=tmp_path / "file" / "cache")
    assert result == [[0.75], 0, result[2], 0]
    assert result[2] > 0
    assert stderr.count("compiled kernels cannot be cached in") == 1
    assert "VMC_CACHE_DIR" in stderr
    assert len(stderr.splitlines()) == 1


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("share", [pytest.param(0.0, marks=pytest.mark.slow), 0.5])
def test_damaged_files_are_replaced(share, suffix, tmp_path):
    """What is left of files after a power cut, or of a copy that was broken off."""
    assert run(USER, tmp_path)[0] == [0.75]
    for file in (tmp_path / "cache").rglob(f"*{suffix}"):
        file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])
    numbers, _, misses, _, stderr = run(USER, tmp_path)
    assert (numbers, misses > 0) == ([0.75], True)
    assert "is damaged" in stderr
    assert run(USER, tmp_path)[2:] == (0, cache_files(tmp_path), "")


def cache_files(folder):
    return len(list((folder / "cache").rglob("*.nb?")))


def test_full_disk(tmp_path):
    """A limit on the size of files, above that of an index and below that of compiled code."""
    limited = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n" + USER
    for _ in range(2):
        numbers, hits, misses, _, stderr = run(limited, tmp_path)
        assert (numbers, hits, misses > 0) == ([0.75], 0, True)
        assert stderr.count("compiled kernels cannot be kept in") == 1
        assert len(stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"VMC_CACHE_DIR": "/a", "NUMBA_CACHE_DIR": "/b"}, "/a"),
        ({"NUMBA_CACHE_DIR": "/b"}, "/b/nqs-vmc"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/nqs-vmc/kernels"),
        ({"HOME": "/home/me"}, "/home/me/.cache/nqs-vmc/kernels"),
    ],
)
def test_where_the_cache_is(variables, expected, monkeypatch):
    for name in ("VMC_CACHE_DIR", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_folder.cache_path() == Path(expected)


def test_clearing_deletes_kernels_and_nothing_else(tmp_path, monkeypatch):
    """Someone may have pointed VMC_CACHE_DIR at a folder that holds other things."""
    monkeypatch.setenv("VMC_CACHE_DIR", str(tmp_path))
    kernels, mixed = tmp_path / "kernels_0", tmp_path / "mixed"
    for folder in (kernels, mixed):
        folder.mkdir()
        for name in ("a-1.py311.nbi", "a-1.py311.1.nbc", "a-1.py311.nbi.tmp.0f"):
            (folder / name).write_bytes(b"12345")
    (mixed / "thesis.tex").write_text("years of work")
    (tmp_path / "notes.txt").write_text("")
    assert cache_folder.cache_size() == (6, 30)
    assert cache_folder.clear_cache() == (6, 30)
    assert cache_folder.cache_size() == (0, 0)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mixed", "notes.txt", "thesis.tex"]


def test_clearing_what_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("VMC_CACHE_DIR", str(tmp_path / "missing"))
    assert cache_folder.clear_cache() == (0, 0)


def test_cleared_kernels_are_compiled_again(tmp_path, monkeypatch):
    assert run(LIBRARY, tmp_path)[2] > 0
    monkeypatch.setenv("VMC_CACHE_DIR", str(tmp_path / "cache"))
    assert cache_folder.clear_cache()[0] > 0
    numbers, hits, misses, *_ = run(LIBRARY, tmp_path)
    assert (numbers, hits, misses > 0) == ([10.0], 0, True)
