"""Every instant at which a save can be cut off, and every call in it that can fail, enumerated, not sampled.

A stand-in for `os` logs what the save does to the file system. Each prefix of the log is then turned back
into a folder, as a kill would leave it (all calls done, the last write torn) and as a power cut could (bytes
not flushed are gone or half there, any subset of the renames in an unflushed folder), and loaded.
"""

import errno
import itertools
import os

import numpy as np
import pytest

from vmc.output import atomic
from vmc.output.atomic import OutputError, previous_path, replace_file
from vmc.output.checkpoint import load_checkpoint, save_checkpoint
from vmc.output.reader import DamagedFileError
from vmc.output.tree import Dataset


class LoggingOS:
    """Passes everything on to `os`, writes at most 3,000 bytes at a time, and can fail at the n-th call."""

    def __init__(self, fail_at=None, code=errno.ENOSPC):
        self.log, self.calls, self.fail_at, self.code = [], 0, fail_at, code
        self.inodes, self.n_files = {}, 0

    def __getattr__(self, name):
        return getattr(os, name)

    def _count(self):
        self.calls += 1
        if self.calls - 1 == self.fail_at:
            raise OSError(self.code, os.strerror(self.code))

    def open(self, path, flags, mode=0o777):
        self._count()
        descriptor = os.open(path, flags, mode)
        if flags & os.O_CREAT:
            self.n_files += 1
            self.log.append(("create", os.path.basename(path), self.n_files))
            self.inodes[descriptor] = self.n_files
        else:
            self.inodes[descriptor] = None  # a folder
        return descriptor

    def write(self, descriptor, data):
        self._count()
        written = os.write(descriptor, data[:3000])
        self.log.append(("write", self.inodes[descriptor], bytes(data[:written])))
        return written

    def fsync(self, descriptor):
        self._count()
        self.log.append(("flush", self.inodes[descriptor]))

    def close(self, descriptor):
        os.close(descriptor)
        self._count()

    def link(self, source, target):
        self._count()
        os.link(source, target)
        self.log.append(("link", os.path.basename(source), os.path.basename(target)))

    def replace(self, source, target):
        self._count()
        os.replace(source, target)
        self.log.append(("rename", os.path.basename(source), os.path.basename(target)))


class Disk:
    """What a log prefix makes of a folder: in memory, and what of it is on the platter."""

    def __init__(self, files):
        self.bytes = dict(enumerate(files.values(), start=-len(files)))
        self.flushed = dict(self.bytes)
        self.names = dict(zip(files, self.bytes))
        self.durable_names = dict(self.names)
        self.pending = []  # changes of names since the folder was flushed: {name: inode or None}

    def apply(self, step):
        kind, *rest = step
        if kind == "create":
            self._rename({rest[0]: rest[1]})
            self.bytes[rest[1]] = self.flushed[rest[1]] = b""
        elif kind == "write":
            self.bytes[rest[0]] += rest[1]
        elif kind == "link":
            self._rename({rest[1]: self.names[rest[0]]})
        elif kind == "rename":
            self._rename({rest[1]: self.names[rest[0]], rest[0]: None})
        elif rest[0] is not None:
            self.flushed[rest[0]] = self.bytes[rest[0]]
        else:
            self.durable_names, self.pending = dict(self.names), []

    def _rename(self, change):
        self.pending.append(change)
        self.names = _changed(self.names, change)

    def after_kill(self):
        return {name: self.bytes[inode] for name, inode in self.names.items()}

    def after_power_cut(self):
        """Yield folders: each subset of the unflushed renames, unflushed bytes lost or written by half."""
        for n_kept in range(len(self.pending) + 1):
            for kept in itertools.combinations(self.pending, n_kept):
                names = self.durable_names
                for change in kept:
                    names = _changed(names, change)
                for share in (0.0, 0.5):
                    yield {name: self._survives(inode, share) for name, inode in names.items()}

    def _survives(self, inode, share):
        safe, all_bytes = self.flushed[inode], self.bytes[inode]
        return all_bytes[: len(safe) + int(share * (len(all_bytes) - len(safe)))]


def _changed(names, change):
    return {name: inode for name, inode in (names | change).items() if inode is not None}


def _save(path, generation):
    tree = {"x": Dataset(np.random.default_rng(generation).standard_normal(500))}
    save_checkpoint(path, tree, {"generation": generation})


def _loaded_generation(folder, files, cache):
    """Return the generation that loads from these files, 0 if there is none yet, None if all are damaged."""
    relevant = {name: content for name, content in files.items() if not name.endswith(".tmp")}
    key = hash(tuple(sorted(relevant.items())))
    if key not in cache:
        for name in os.listdir(folder):
            os.unlink(folder / name)
        for name, content in relevant.items():
            (folder / name).write_bytes(content)
        try:
            cache[key] = load_checkpoint(folder / "run.ckpt.h5").attributes["generation"]
        except FileNotFoundError:
            cache[key] = 0
        except DamagedFileError:
            cache[key] = None
    return cache[key]


def _contents(folder):
    return {entry.name: (folder / entry.name).read_bytes() for entry in os.scandir(folder)}


def _enumerate_states(log, start, committed):
    """Yield (kind, generations that must be loadable, folder) for every prefix of the log."""
    for n_done in range(len(log) + 1):
        last = max(generation for end, generation in committed if end <= n_done)
        disk = Disk(start)
        for step in log[:n_done]:
            disk.apply(step)
        allowed = {last, last + 1}
        yield "kill", allowed, disk.after_kill()
        for files in disk.after_power_cut():
            yield "power cut", allowed, files
        if n_done < len(log) and log[n_done][0] == "write":
            kind, inode, data = log[n_done]
            disk.apply((kind, inode, data[: len(data) // 2]))
            yield "torn write", allowed, disk.after_kill()


def _record(folder, monkeypatch, start_generations, damage_newest=False, n_saves=4):
    """Save a few times; return the folder before, the log, its length and the generation at each commit."""
    folder.mkdir()
    path = folder / "run.ckpt.h5"
    for generation in start_generations:
        _save(path, generation)
    last = max(start_generations, default=0)
    if damage_newest:
        path.write_bytes(path.read_bytes()[:-1])
        last -= 1
    start, recorder, committed = _contents(folder), LoggingOS(), [(0, last)]
    with monkeypatch.context() as patch:
        patch.setattr(atomic, "os", recorder)
        for generation in range(last + 1, last + 1 + n_saves):
            _save(path, generation)
            committed.append((len(recorder.log), generation))
    return start, recorder.log, committed


def _check_states(folder, start, log, committed):
    """Return how many states there are, how many different ones, and (kind, generation) of failures."""
    folder.mkdir()
    cache, failures, n_states = {}, [], 0
    for kind, allowed, files in _enumerate_states(log, start, committed):
        n_states += 1
        generation = _loaded_generation(folder, files, cache)
        if generation not in allowed:
            failures.append((kind, generation))
    return n_states, len(cache), failures


START = [((), False), ((1,), False), ((1, 2), False), ((1, 2), True)]


@pytest.mark.parametrize(("start_generations", "damage_newest"), START)
def test_every_crash_point_leaves_this_or_the_last_generation(tmp_path, monkeypatch, start_generations, damage_newest):
    recorded = _record(tmp_path / "run", monkeypatch, start_generations, damage_newest)
    n_states, n_different, failures = _check_states(tmp_path / "rebuilt", *recorded)
    assert failures == []
    assert n_states > 200
    assert n_different >= 4 + 2  # all four saves were seen, and moments between their renames


def test_the_model_of_the_disk_ends_where_the_file_system_does(tmp_path, monkeypatch):
    start, log, _ = _record(tmp_path / "run", monkeypatch, (1, 2))
    disk = Disk(start)
    for step in log:
        disk.apply(step)
    assert disk.after_kill() == _contents(tmp_path / "run")
    assert next(disk.after_power_cut()) == _contents(tmp_path / "run")  # nothing of it waits for the disk


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("file not flushed", "power cut"),
        ("folder not flushed", "power cut"),
        ("renamed first", "kill"),
        ("old one moved first", "kill"),
    ],
)
def test_the_enumeration_finds_planted_faults(tmp_path, monkeypatch, fault, kind):
    """Negative control: four plausible ways to save that lose data, the last of them only after damage."""
    if fault == "file not flushed":
        monkeypatch.setattr(LoggingOS, "fsync", lambda self, fd: self.inodes[fd] or self.log.append(("flush", None)))
    elif fault == "folder not flushed":
        monkeypatch.setattr(atomic, "_flush_folder", lambda folder: None)
    else:
        replace = _rename_first if fault == "renamed first" else _move_old_first
        monkeypatch.setattr("vmc.output.sealed.replace_file", replace)
    recorded = _record(tmp_path / "run", monkeypatch, (1, 2), fault == "old one moved first", n_saves=2)
    _, _, failures = _check_states(tmp_path / "rebuilt", *recorded)
    assert kind in {failed for failed, _ in failures}


def _rename_first(path, data, *, keep_previous):
    descriptor = atomic.os.open(path.with_name("new"), os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    atomic.os.replace(path.with_name("new"), path)
    while data:
        data = data[atomic.os.write(descriptor, data) :]
    atomic.os.fsync(descriptor)
    atomic.os.close(descriptor)


def _move_old_first(path, data, *, keep_previous):
    atomic._write_new(path.with_name("new"), data)
    if path.exists():
        atomic.os.replace(path, previous_path(path))
    atomic.os.replace(path.with_name("new"), path)
    atomic._flush_folder(path.parent)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_failure_of_any_call_is_a_clear_error_and_loses_nothing(tmp_path, monkeypatch, code):
    path = tmp_path / "run.ckpt.h5"
    _save(path, 1)
    _save(path, 2)
    counter = LoggingOS()
    monkeypatch.setattr(atomic, "os", counter)
    _save(path, 3)
    assert counter.calls > 10
    newest = 3
    for fail_at in range(counter.calls):
        monkeypatch.setattr(atomic, "os", LoggingOS(fail_at, code))
        with pytest.raises(OutputError, match=f"^cannot write '{path}': {os.strerror(code)}$") as caught:
            _save(path, newest + 1)
        assert caught.value.errno == code
        loaded = load_checkpoint(path)
        assert not loaded.used_previous
        assert loaded.attributes["generation"] in (newest, newest + 1)
        newest = loaded.attributes["generation"]
        assert sorted(os.listdir(tmp_path)) == ["run.ckpt.h5", "run.ckpt.previous.h5"]
    monkeypatch.undo()
    assert newest > 3  # some failures come after the new file has its name
    _save(path, newest + 1)
    assert load_checkpoint(path).attributes["generation"] == newest + 1


def test_without_hard_links_the_previous_generation_is_copied(tmp_path, monkeypatch):
    path = tmp_path / "run.ckpt.h5"
    replace_file(path, b"one", keep_previous=True)

    def no_link(source, target):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_link)
    replace_file(path, b"two", keep_previous=True)
    assert (path.read_bytes(), previous_path(path).read_bytes()) == (b"two", b"one")
