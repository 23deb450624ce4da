import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from vmc.output.atomic import OutputError
from vmc.output.lock import LockedError, OutputLock

HOLD = """
import os, signal, subprocess, sys, time
from vmc.output.lock import OutputLock
with OutputLock(sys.argv[1]):
    child = 0
    if sys.argv[2] == "fork" and os.fork() == 0:
        child = os.getpid()  # printed by the child, so that it has come to life by then
    elif sys.argv[2] == "fork":
        time.sleep(60)
    if sys.argv[2] == "subprocess":
        child = subprocess.Popen(["sleep", "60"], close_fds=False, stdout=subprocess.DEVNULL).pid
    print(child, flush=True)
    time.sleep(60)
"""


def _hold(path, kind="alone"):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, path, kind], stdout=subprocess.PIPE, text=True)
    return holder, int(holder.stdout.readline())


def test_a_second_job_is_refused_at_once_naming_the_first(tmp_path):
    path = tmp_path / "run.h5"
    holder, _ = _hold(path)
    try:
        begin = time.perf_counter()
        with pytest.raises(LockedError) as caught, OutputLock(path):
            pass
        assert time.perf_counter() - begin < 2.0
    finally:
        holder.kill()
        holder.wait()
    message = str(caught.value)
    assert message.startswith(f"'{path}' is being written by another job (host {socket.gethostname()}, ")
    assert f"process {holder.pid}, started {time.strftime('%Y')}-" in message
    assert "\n" not in message


@pytest.mark.parametrize("kind", ["alone", "fork", "subprocess"])
def test_a_killed_jobs_lock_is_taken_over_though_its_children_live(tmp_path, kind):
    path = tmp_path / "run.h5"
    holder, child = _hold(path, kind)
    holder.kill()
    holder.wait()
    try:
        assert (tmp_path / "run.h5.lock").exists()
        with OutputLock(path):
            assert f"process {os.getpid()}, " in (tmp_path / "run.h5.lock").read_text()
            if child:
                os.kill(child, 0)  # still there
    finally:
        if child:
            os.kill(child, signal.SIGKILL)


def test_the_lock_is_released_and_leaves_nothing(tmp_path):
    lock = OutputLock(tmp_path / "run.h5")
    for _ in range(2):
        with lock:
            assert os.listdir(tmp_path) == ["run.h5.lock"]
        assert os.listdir(tmp_path) == []
    with pytest.raises(ZeroDivisionError), lock:
        raise ZeroDivisionError
    assert os.listdir(tmp_path) == []


def test_a_job_cannot_lock_twice_and_other_outputs_are_free(tmp_path):
    (tmp_path / "alias.h5").symlink_to("run.h5")
    with OutputLock(tmp_path / "run.h5"), OutputLock(tmp_path / "other.h5"):
        for name in ("run.h5", "alias.h5"):
            with pytest.raises(LockedError), OutputLock(tmp_path / name):
                pass
        assert sorted(os.listdir(tmp_path)) == ["alias.h5", "other.h5.lock", "run.h5.lock"]


def _is_file(descriptor, status):
    try:
        return os.path.samestat(os.fstat(descriptor), status)
    except OSError:
        return False


def test_a_forked_child_neither_holds_nor_releases_the_lock(tmp_path):
    with OutputLock(tmp_path / "run.h5") as lock:
        lock_file = os.stat(lock.lock_path)
        process = os.fork()
        if process == 0:
            held = [number for number in range(3, 100) if _is_file(number, lock_file)]
            lock.__exit__(None, None, None)
            os._exit(len(held))
        assert os.waitpid(process, 0)[1] == 0
        assert any(_is_file(number, lock_file) for number in range(3, 100))
        assert (tmp_path / "run.h5.lock").exists()
        with pytest.raises(LockedError), OutputLock(tmp_path / "run.h5"):
            pass


def test_a_place_without_a_folder_is_a_clear_error(tmp_path):
    with pytest.raises(OutputError, match=r"cannot write '.*run\.h5': the folder '.*' does not exist"):
        OutputLock(tmp_path / "absent" / "run.h5").__enter__()
    with pytest.raises(OutputError, match=r"cannot write '/proc/run\.h5': No such file"):
        OutputLock("/proc/run.h5").__enter__()
    (tmp_path / "run.h5.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="symbolic links"), OutputLock(tmp_path / "run.h5"):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_holder_that_wrote_nothing_or_nonsense_is_survived(tmp_path):
    with OutputLock(tmp_path / "run.h5") as lock:
        for text, shown in ((b"", "unknown holder"), (b"\x1b[31m\nx\xff" * 99, "?[31m?x")):
            lock.lock_path.write_bytes(text)
            with pytest.raises(LockedError) as caught, OutputLock(tmp_path / "run.h5"):
                pass
            assert caught.value.holder.startswith(shown)
            assert len(str(caught.value)) < 500


def test_a_file_system_without_locks_is_a_warning(tmp_path, monkeypatch):
    def unsupported(descriptor, operation):
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with (
        pytest.warns(UserWarning, match=r"no lock on .*: Operation not supported"),
        OutputLock(tmp_path / "a"),
    ):
        assert os.listdir(tmp_path) == ["a.lock"]
    assert os.listdir(tmp_path) == []


CONTEND = """
import os, sys
from vmc.output.lock import LockedError, OutputLock
held = 0
for _ in range(1000):
    try:
        with OutputLock(sys.argv[1]):
            os.close(os.open(sys.argv[1] + ".inside", os.O_CREAT | os.O_EXCL))
            os.unlink(sys.argv[1] + ".inside")
            held += 1
    except LockedError:
        pass
print(held)
"""


def test_never_two_holders_while_the_lock_file_comes_and_goes(tmp_path):
    jobs = [
        subprocess.Popen([sys.executable, "-c", CONTEND, tmp_path / "run.h5"], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    held = [int(job.communicate(timeout=60)[0]) for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0, 0]
    assert min(held) > 0
    assert os.listdir(tmp_path) == []
