import errno
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from vmc.output.atomic import OutputError, check_writable, previous_path, replace_file
from vmc.output.checkpoint import load_checkpoint, save_checkpoint
from vmc.output.lock import OutputLock, is_being_written
from vmc.output.sealed import verify
from vmc.output.tree import Dataset


def _run(code, *arguments, prefix=(), **options):
    command = [*prefix, sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


def test_replace_keeps_one_generation_and_no_litter(tmp_path):
    path = tmp_path / "run.ckpt.h5"
    for content in (b"one", b"two", b"three", b""):
        replace_file(path, content, keep_previous=True)
    assert path.read_bytes() == b""
    assert previous_path(path) == tmp_path / "run.ckpt.previous.h5"
    assert previous_path(path).read_bytes() == b"three"
    replace_file(path, b"four")
    assert previous_path(path).read_bytes() == b"three"
    assert len(os.listdir(tmp_path)) == 2


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0, 0o644)])
def test_mode_is_644_less_the_umask_from_the_first_moment(tmp_path, monkeypatch, umask, mode):
    modes = []
    real_write = os.write

    def watch(descriptor, data):
        modes.append(os.fstat(descriptor).st_mode & 0o777)
        return real_write(descriptor, data)

    monkeypatch.setattr(os, "write", watch)
    old = os.umask(umask)
    try:
        replace_file(tmp_path / "run.h5", b"data")
    finally:
        os.umask(old)
    assert modes == [mode]
    assert (tmp_path / "run.h5").stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("name", ["with space.h5", "größe ħω.h5", "-rf", "[a]*?.h5", "x" * 190, ".hidden"])
def test_unusual_names_work(tmp_path, name):
    check_writable(tmp_path / name)
    for content in (b"one", b"two"):
        replace_file(tmp_path / name, content, keep_previous=True)
    assert (tmp_path / name).read_bytes() == b"two"
    assert previous_path(tmp_path / name).read_bytes() == b"one"


def test_a_name_too_long_is_a_clear_error(tmp_path):
    for action in (check_writable, lambda path: replace_file(path, b"")):
        with pytest.raises(OutputError, match="File name too long"):
            action(tmp_path / ("x" * 255))


def test_a_symbolic_link_stays_and_its_target_is_replaced(tmp_path):
    (tmp_path / "disk").mkdir()
    link = tmp_path / "run.h5"
    link.symlink_to("disk/real.h5")
    for content in (b"one", b"two"):
        replace_file(link, content, keep_previous=True)
    assert link.is_symlink()
    assert sorted(os.listdir(tmp_path / "disk")) == ["real.h5", "real.previous.h5"]
    assert link.read_bytes() == b"two"


def _places_that_refuse(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    yield tmp_path / "absent" / "run.h5", f"the folder '{tmp_path}/absent' does not exist"
    yield tmp_path / "file" / "run.h5", f"'{tmp_path}/file' is not a folder"
    yield tmp_path / "folder", "there is a folder or device of that name"
    yield tmp_path / "pipe", "there is a folder or device of that name"
    yield "/dev/null", "there is a folder or device of that name"
    yield "/proc/run.h5", os.strerror(errno.ENOENT)  # nobody may create files there, root neither


def test_bad_places_are_refused_before_a_job_starts(tmp_path):
    for path, message in _places_that_refuse(tmp_path):
        before = sorted(os.listdir(tmp_path))
        for action in (check_writable, lambda path: replace_file(path, b"data")):
            with pytest.raises(OutputError) as caught:
                action(path)
            assert str(caught.value) == f"cannot write '{path}': {message}"
        assert sorted(os.listdir(tmp_path)) == before
    assert os.stat("/dev/null").st_rdev


def test_permissions_and_read_only_mounts_are_refused(tmp_path):
    """Root is bound by neither, so the check runs as nobody, or on a read-only mount of its own."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root and unshare")
    code = "import sys; from vmc.output.atomic import *; check_writable(sys.argv[1])"
    mount = 'mount -t tmpfs -o ro tmpfs "$0" && exec "$@"'
    read_only = _run(code, tmp_path / "run.h5", prefix=["unshare", "-m", "sh", "-c", mount, tmp_path])
    if "mount" in read_only.stderr or "unshare" in read_only.stderr:
        pytest.skip("no mounts here")
    assert read_only.stderr.endswith(f"cannot write '{tmp_path}/run.h5': Read-only file system\n")
    nobody = _run(code.replace("check", "import os; os.seteuid(65534); check"), "/run.h5")
    assert nobody.stderr.endswith("cannot write '/run.h5': Permission denied\n")


def test_check_writable_leaves_an_existing_file_alone(tmp_path):
    path = tmp_path / "run.h5"
    path.write_bytes(b"old")
    check_writable(path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["run.h5"]


FILL = """
import sys, signal, resource
import numpy as np
from vmc.output.checkpoint import save_checkpoint
from vmc.output.tree import Dataset
if len(sys.argv) > 2:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
    save_checkpoint(sys.argv[1], {"x": Dataset(np.ones(10_000))}, {"step": 3})
for step in range(1, 9):
    save_checkpoint(sys.argv[1], {"x": Dataset(np.ones(80_000))}, {"step": step})
"""


@pytest.mark.parametrize("limit", [0, 1, 4096, 80_000])
def test_a_file_size_limit_is_a_clear_error(tmp_path, limit):
    path = tmp_path / "run.ckpt.h5"
    for step in (1, 2):
        save_checkpoint(path, {"x": Dataset(np.ones(3))}, {"step": step})
    done = _run(FILL, path, limit)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(f"cannot write '{path}': File too large")
    assert load_checkpoint(path).attributes["step"] == 2
    assert sorted(os.listdir(tmp_path)) == ["run.ckpt.h5", "run.ckpt.previous.h5"]


def test_a_full_disk_is_a_clear_error(tmp_path):
    """A disk of 1.8 MB in a mount namespace of its own: two files of 640 kB fit, a third does not."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root and unshare")
    script = 'mount -t tmpfs -o size=1800k tmpfs "$0" && "$@"; '
    script += 'echo "ends with $?"; ls -A "$0"; cp "$0"/* "$0.copy"'
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk.copy").mkdir()
    prefix = ["unshare", "-m", "sh", "-c", script, tmp_path / "disk"]
    done = _run(FILL, tmp_path / "disk" / "run.ckpt.h5", prefix=prefix)
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("no mounts here")
    assert done.stderr.splitlines()[-1].endswith("run.ckpt.h5': No space left on device")
    assert done.stdout.split("\n")[:-1] == ["ends with 1", "run.ckpt.h5", "run.ckpt.previous.h5"]
    assert load_checkpoint(tmp_path / "disk.copy" / "run.ckpt.h5").attributes["step"] == 2


def test_temporary_files_of_dead_jobs_go_and_those_of_live_ones_stay(tmp_path):
    host = os.uname().nodename[:20]
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    kinds = {
        f".run.h5.{dead.pid}@{host}.0123abcd.tmp": False,
        f".run.h5.{os.getpid()}@{host}.0123abcd.tmp": True,
        ".run.h5.1@elsewhere.0123abcd.tmp": True,
        ".run.h5.2@elsewhere.0123abcd.tmp": False,  # made two hours ago, below
        f".other.h5.{dead.pid}@{host}.0123abcd.tmp": True,
        f".run.h5.{dead.pid}@{host}.tmp": True,
        "run.h5.tmp": True,
    }
    for name in kinds:
        (tmp_path / name).write_bytes(b"half")
    two_hours_ago = time.time() - 7200
    os.utime(tmp_path / ".run.h5.2@elsewhere.0123abcd.tmp", (two_hours_ago, two_hours_ago))
    replace_file(tmp_path / "run.h5", b"data")
    assert set(os.listdir(tmp_path)) == {"run.h5"} | {name for name, stays in kinds.items() if stays}


def test_a_killed_writer_is_cleaned_up_after(tmp_path):
    path = tmp_path / "run.h5"
    path.write_bytes(b"old")
    code = "import sys, os, signal; import vmc.output.atomic as a; "
    code += "a.os.fsync = lambda fd: os.kill(os.getpid(), signal.SIGKILL); a.replace_file(sys.argv[1], b'new')"
    assert _run(code, path).returncode == -signal.SIGKILL
    assert len(os.listdir(tmp_path)) == 2
    assert path.read_bytes() == b"old"
    replace_file(path, b"next")
    assert os.listdir(tmp_path) == ["run.h5"]


WRITE = """
import sys
import numpy as np
from vmc.output.checkpoint import save_checkpoint
from vmc.output.tree import Dataset
for step in range(1, 201):
    save_checkpoint(sys.argv[1], {"x": Dataset(np.full(2000, step))}, {"step": step})
"""


def test_a_reader_during_200_replacements_always_sees_a_complete_file(tmp_path):
    path = tmp_path / "run.ckpt.h5"
    save_checkpoint(path, {"x": Dataset(np.zeros(2000, int))}, {"step": 0})
    writer = subprocess.Popen([sys.executable, "-c", WRITE, path])
    seen = []
    while writer.poll() is None:
        newest = verify(path)
        seen.append(newest.attributes["step"])
        assert (newest.tree["x"].data == seen[-1]).all()
        if seen[-1] > 1:
            assert verify(previous_path(path)).attributes["step"] >= seen[-1] - 2
    assert writer.returncode == 0
    assert seen == sorted(seen)
    assert len(set(seen)) > 20
    assert load_checkpoint(path).attributes["step"] == 200


def test_nothing_is_left_open(tmp_path):
    before = len(os.listdir("/proc/self/fd"))
    for step in range(20):
        save_checkpoint(tmp_path / "run.h5", {"x": Dataset(np.ones(5))}, {"step": step})
        load_checkpoint(tmp_path / "run.h5")
        with pytest.raises(OutputError):
            replace_file(tmp_path, b"")
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_working_directory_that_was_removed(tmp_path, monkeypatch):
    """A relative path leads nowhere then; the error of the system names nothing."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for use in (check_writable, OutputLock, previous_path, lambda path: replace_file(path, b"")):
        with pytest.raises(OutputError, match=r"^cannot write 'run\.h5': the working directory was removed$"):
            use("run.h5")
    assert not is_being_written("run.h5")
    replace_file(tmp_path / "run.h5", b"elsewhere")
