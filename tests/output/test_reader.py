"""Files made to harm: every one is refused before data is read, and no other file is opened."""

import ctypes
import io
import os
import resource
import subprocess
import sys

import h5py
import numpy as np
import pytest

from vmc.output.reader import DamagedFileError, Limits, read_bytes, read_tree

SECRET = np.frombuffer(b"the secret bytes", "u1")


def _add_texts(dataset, dims=""):
    dataset.attrs["units"] = dataset.attrs["long_name"] = ""
    dataset.attrs["dims"] = dims
    return dataset


def _external_link(file, folder):
    file["x"] = h5py.ExternalLink(str(folder / "secret.h5"), "/secret")


def _external_storage(file, folder):
    _add_texts(file.create_dataset("x", (16,), "u1", external=[(str(folder / "secret.bin"), 0, 16)]))


def _virtual(file, folder):
    layout = h5py.VirtualLayout((16,), "u1")
    layout[:] = h5py.VirtualSource(str(folder / "secret.h5"), "secret", (16,))
    _add_texts(file.create_virtual_dataset("x", layout))


def _virtual_unlimited(file, folder):
    layout = h5py.VirtualLayout((16,), "u1", maxshape=(None,))
    source = h5py.VirtualSource(str(folder / "secret.h5"), "secret", (16,), maxshape=(None,))
    layout[: h5py.h5s.UNLIMITED] = source[: h5py.h5s.UNLIMITED]
    _add_texts(file.create_virtual_dataset("x", layout))


def _soft_link_loop(file, folder):
    file["x"] = h5py.SoftLink("/x")


def _soft_link(file, folder):
    _add_texts(file.create_dataset("y", data=np.ones(3)))
    file["x"] = h5py.SoftLink("/y")


def _group_inside_itself(file, folder):
    file["a/b"] = np.ones(2)
    _add_texts(file["a/b"])
    file["a/x"] = file["a"]


def _same_dataset_twice(file, folder):
    file["x"] = _add_texts(file.create_dataset("y", data=np.ones(3)))


def _deep_nesting(file, folder):
    file.create_group("/".join("x" * 40))


def _many_objects(file, folder):
    for number in range(300):
        file.create_group(f"x{number}")


def _named_type(file, folder):
    file["x"] = np.dtype("f8")


def _raw(name, data=None, **options):
    def add(file, folder):
        _add_texts(file.create_dataset(name, data=data, **options))

    return add


def _attribute(value, dtype=None, on_dataset=False):
    def add(file, folder):
        target = _add_texts(file.create_dataset("x", data=np.ones(2))) if on_dataset else file
        target.attrs.create("units" if on_dataset else "key", value, dtype=dtype)

    return add


def _filter_nobody_has(file, folder):
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk((16,))
    plan.set_filter(32000, h5py.h5z.FLAG_OPTIONAL)
    space = h5py.h5s.create_simple((16,))
    _add_texts(h5py.Dataset(h5py.h5d.create(file.id, b"x", h5py.h5t.NATIVE_DOUBLE, space, plan)))


def _huge_chunk(file, folder):
    dataset = _add_texts(file.create_dataset("x", (4,), "f8", chunks=(1 << 18,), maxshape=(None,), compression=9))
    dataset[:] = 1.0


def _unnamed_scale_with_values(file, folder):
    file.create_dataset("x", data=np.ones(3)).attrs["extra"] = 1


HOSTILE = {
    "external link": (_external_link, "soft or external link"),
    "external storage": (_external_storage, "in another file"),
    "virtual": (_virtual, "virtual"),
    "virtual unlimited": (_virtual_unlimited, "virtual"),
    "soft link": (_soft_link, "soft or external link"),
    "soft link loop": (_soft_link_loop, "soft or external link"),
    "group inside itself": (_group_inside_itself, "second link"),
    "dataset twice": (_same_dataset_twice, "second link"),
    "deep nesting": (_deep_nesting, "deeper than 16"),
    "many objects": (_many_objects, "more than 200 objects"),
    "named type": (_named_type, "neither a group nor a dataset"),
    "vlen": (_raw("x", np.array([np.ones(2), np.ones(3)], object), dtype=h5py.vlen_dtype("f8")), "type"),
    "text": (_raw("x", ["a", "b"]), "type"),
    "fixed text": (_raw("x", np.array([b"a"])), "type"),
    "reference": (_raw("x", shape=(2,), dtype=h5py.ref_dtype), "type"),
    "opaque": (_raw("x", np.zeros(2, "V8")), "type"),
    "compound": (_raw("x", np.zeros(2, "i4,f8")), "type"),
    "complex": (_raw("x", np.zeros(2, complex)), "type"),
    "array type": (_raw("x", shape=(2,), dtype=np.dtype(("f8", (3,)))), "type"),
    "enumeration": (_raw("x", shape=(2,), dtype=h5py.enum_dtype({"a": 1}, "i8")), "type"),
    "big endian": (_raw("x", np.zeros(2, ">f8")), "type"),
    "half": (_raw("x", np.zeros(2, "f2")), "type"),
    "null space": (_raw("x", h5py.Empty("f8")), "no data space"),
    "8 TB claimed": (_raw("x", shape=(1 << 40,), dtype="f8"), "claims 8796093022208 bytes but stores 0"),
    "8 TB compressed": (
        _raw("x", shape=(1 << 40,), dtype="f8", chunks=(1024,), compression=9),
        "but stores 0",
    ),
    "zip bomb": (_raw("x", np.zeros(1 << 18), chunks=(1 << 14,), compression=9), "above the limit"),
    "huge chunk": (_huge_chunk, "above the limit"),
    "too much data": (_raw("x", np.ones(1 << 18)), "above the limit"),
    "lzf": (_raw("x", np.ones(99), compression="lzf"), "foreign filter"),
    "scale-offset": (_raw("x", np.ones(99, int), scaleoffset=0), "foreign filter"),
    "foreign filter": (_filter_nobody_has, "foreign filter 32000"),
    "bad name": (_raw("ψ", np.ones(2)), "cannot be a name"),
    "dims of wrong rank": (
        lambda file, folder: _add_texts(file.create_dataset("x", data=np.ones(3)), "a b"),
        "dim",
    ),
    "foreign attribute": (_unnamed_scale_with_values, "unexpected attribute"),
    "lacking attributes": (
        lambda file, folder: file.create_dataset("x", data=np.ones(3)),
        "lacks the attribute",
    ),
    "attribute of objects": (_attribute([h5py.h5r.Reference()] * 2, h5py.ref_dtype), "type"),
    "attribute of texts": (_attribute(["a", "b"]), "type"),
    "attribute of bytes": (_attribute(np.bytes_(b"a")), "type"),
    "attribute of reference": (_attribute(h5py.h5r.Reference(), h5py.ref_dtype), "type"),
    "empty attribute": (_attribute(h5py.Empty("f8")), "no data space"),
    "numeric units": (_attribute(3.0, on_dataset=True), "must be text"),
}


@pytest.fixture
def folder(tmp_path):
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["secret"] = SECRET
    (tmp_path / "secret.bin").write_bytes(SECRET.tobytes())
    return tmp_path


def _build(add, folder):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        add(file, folder)
    return buffer.getvalue()


class _OpenWatch:
    """Counts the openings of files in a folder, by the kernel's own report (inotify)."""

    def __init__(self, folder):
        library = ctypes.CDLL(None, use_errno=True)
        self.descriptor = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if library.inotify_add_watch(self.descriptor, os.fsencode(folder), 0x20) < 0:  # IN_OPEN
            pytest.skip("no inotify here")

    def any_opened(self):
        try:
            return bool(os.read(self.descriptor, 1 << 16))
        except BlockingIOError:
            return False


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_and_opens_no_other(name, folder):
    add, message = HOSTILE[name]
    content = _build(add, folder)
    watch = _OpenWatch(folder)
    with pytest.raises(DamagedFileError, match=message) as caught:
        read_tree(content, "run.h5", Limits(max_data_bytes=1 << 20, max_objects=200))
    assert not watch.any_opened()
    assert str(caught.value).startswith("'run.h5' cannot be used: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["external link", "external storage", "virtual"])
def test_plain_h5py_does_return_the_secret(name, folder):
    """Negative control: the planted files work, and the watch sees it."""
    (folder / "elsewhere").mkdir()
    planted = folder / "elsewhere" / "run.h5"
    planted.write_bytes(_build(HOSTILE[name][0], folder))
    watch = _OpenWatch(folder)
    with h5py.File(planted) as file:
        assert file["x"][()].tobytes() == SECRET.tobytes()
    assert watch.any_opened()


def test_a_small_file_that_claims_terabytes_is_small(folder):
    assert len(_build(HOSTILE["8 TB claimed"][0], folder)) < 8000


def test_the_three_known_filters_are_read(folder):
    data = np.random.default_rng(1).integers(0, 9, 5000)
    options = {"compression": 4, "shuffle": True, "fletcher32": True}
    tree, _ = read_tree(_build(_raw("x", data, **options), folder))
    np.testing.assert_array_equal(tree["x"].data, data)


def test_files_that_are_no_hdf5_are_refused_by_their_kind(tmp_path):
    empty, text, pipe = tmp_path / "empty.h5", tmp_path / "text.h5", tmp_path / "pipe.h5"
    empty.write_bytes(b"")
    text.write_text("[system]\n")
    os.mkfifo(pipe)
    cases = {
        empty: "is empty",
        text: "not an HDF5 file",
        pipe: "not a regular file",
        tmp_path: "Is a directory",
    }
    for path, message in cases.items():
        with pytest.raises(DamagedFileError, match=message) as caught:
            read_bytes(path)
        assert caught.value.path == path
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "absent.h5")


def test_a_large_file_is_refused_by_its_size_alone(tmp_path):
    path = tmp_path / "large.h5"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # sparse
    with pytest.raises(DamagedFileError, match="1099511627776 bytes, limit 5368709120"):
        read_bytes(path)


def test_reading_stays_within_little_memory(folder):
    """A zip bomb of 1 GB does not fit into the 600 MB this child may have; it never asks for them."""
    path = folder / "bomb.h5"
    path.write_bytes(_build(_raw("x", shape=(1 << 27,), dtype="f8", chunks=(1 << 20,), compression=9), folder))
    with h5py.File(path, "r+") as file:
        file["x"][: 1 << 20] = 0.0
    code = "import sys; from vmc.output.reader import *; read_tree(read_bytes(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20)),
    )
    assert done.returncode == 1
    assert "claims 1073741824 bytes but stores" in done.stderr
