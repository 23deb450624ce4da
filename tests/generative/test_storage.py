"""Files keep what scikit-learn and pandas put into a model: names of features, settings of NumPy's types."""

import os

import h5py
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV

from samplers.generative import MixtureAutoregressive, ProbabilisticPCA, SplineFlow, load
from tests.generative.changed_file import changed

X = np.random.default_rng(0).normal(size=(60, 3))
NAMES = ["länge", "breite", "höhe"]


def through_a_file(model, tmp_path):
    model.save(tmp_path / "model.h5")
    return load(tmp_path / "model.h5")


def test_names_of_features(tmp_path):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(X, columns=NAMES)
    model = ProbabilisticPCA(1).fit(table)
    again = through_a_file(model, tmp_path)
    assert again.feature_names_in_.tolist() == NAMES
    assert np.array_equal(again.score_samples(table), model.score_samples(table))
    with pytest.raises(ValueError, match="feature names"):
        again.score_samples(table[NAMES[::-1]])


@pytest.mark.parametrize("kind", [object, str])
def test_arrays_of_strings(kind, tmp_path):
    """Whatever NumPy keeps them in, they come back as strings, as scikit-learn keeps them."""
    model = ProbabilisticPCA(1).fit(X)
    model.feature_names_in_ = np.array(NAMES, dtype=kind)
    again = through_a_file(model, tmp_path)
    assert again.feature_names_in_.dtype == object
    assert again.feature_names_in_.tolist() == NAMES


def test_settings_of_a_search(tmp_path):
    grid = {
        "n_components": np.arange(2, 4),
        "learning_rate": np.array([0.01], np.float32),
        "verbose": np.array([False]),
    }
    search = GridSearchCV(MixtureAutoregressive(hidden=(4,), n_epochs=1, random_state=0), grid, cv=2).fit(X)
    model = search.best_estimator_
    assert isinstance(model.n_components, np.integer)  # else there is nothing to test
    again = through_a_file(model, tmp_path)
    assert again.get_params() == model.get_params()
    assert np.array_equal(again.score_samples(X), model.score_samples(X))


def test_settings_inside_tuples(tmp_path):
    model = SplineFlow(2, hidden=(np.int64(4),), n_bins=np.int32(4), n_epochs=1, random_state=0).fit(X)
    assert through_a_file(model, tmp_path).get_params() == model.get_params()


def test_what_a_file_does_not_take(tmp_path):
    model = ProbabilisticPCA(1).fit(X)
    model.random_state = object()
    with pytest.raises(TypeError, match="of type object cannot be kept in a file: expected numbers or strings"):
        model.save(tmp_path / "model.h5")
    assert list(tmp_path.iterdir()) == []


def test_files_hold_numbers_and_text_only(tmp_path):
    """Nothing that would have to be unpickled: no opaque data, and no objects but strings."""
    model = ProbabilisticPCA(1).fit(X)
    model.feature_names_in_ = np.array(NAMES, dtype=object)
    model.save(tmp_path / "model.h5")
    kinds = set()
    with h5py.File(tmp_path / "model.h5") as file:
        file.visititems(lambda name, item: kinds.add(item.dtype) if isinstance(item, h5py.Dataset) else None)
    assert all(h5py.check_string_dtype(kind) or kind.kind in "biuf" for kind in kinds)


SOURCES = {
    "MT19937": lambda: np.random.Generator(np.random.MT19937(3)),
    "Philox": lambda: np.random.Generator(np.random.Philox(3)),
    "SFC64": lambda: np.random.Generator(np.random.SFC64(3)),
    "PCG64DXSM": lambda: np.random.PCG64DXSM(3),
    "RandomState": lambda: np.random.RandomState(3),
    "SeedSequence": lambda: np.random.SeedSequence(3),
}


@pytest.mark.parametrize("source", SOURCES)
def test_whatever_made_the_random_numbers_goes_on(source, tmp_path):
    """The next epoch is that of the model that was kept."""
    model = MixtureAutoregressive(2, hidden=(4,), n_epochs=1, random_state=SOURCES[source]()).fit(X)
    again = through_a_file(model, tmp_path)
    for each in (model, again):
        each.partial_fit(X)
    assert np.array_equal(again.theta_, model.theta_)
    assert again.generator_.random() == model.generator_.random()


def small(tmp_path):
    """A fitted model, and its file."""
    model = MixtureAutoregressive(2, hidden=(4,), n_epochs=1, random_state=0).fit(X)
    model.save(tmp_path / "model.h5")
    return model, tmp_path / "model.h5"


def test_other_random_numbers_are_refused(tmp_path):
    path = small(tmp_path)[1]
    with changed(path) as file:
        attributes = file["generator_"].attrs
        attributes["generator"] = attributes["generator"].replace("PCG64", "seed")
    with pytest.raises(ValueError, match="random numbers of 'seed'"):
        load(path)


def test_a_flipped_bit_is_refused(tmp_path):
    """500 single bits, some in the last line: without it one in ten gave other densities, and nothing was said."""
    model, path = small(tmp_path)
    assert np.array_equal(load(path).score_samples(X), model.score_samples(X))
    good, rng = path.read_bytes(), np.random.default_rng(1)
    for place in np.append(rng.integers(0, len(good), 480), len(good) - 1 - np.arange(0, 73, 4)):
        damaged = bytearray(good)
        damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"^\S*model\.h5: cannot be read as a model: it.* SHA-256[^\n]*$"):
            load(path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_file_cut_short_is_refused(share, tmp_path):
    path = small(tmp_path)[1]
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match=r"model\.h5: cannot be read as a model: it does not end in a SHA-256"):
        load(path)


def test_settings_that_are_none_are_refused_by_name(tmp_path):
    """Under a right last line, as another program might write it: it ended in an AttributeError."""
    path = small(tmp_path)[1]
    with changed(path) as file:
        file.attrs["settings"] = "[]"
    with pytest.raises(ValueError, match=r"model\.h5: cannot be read as a model"):
        load(path)


def test_what_is_no_regular_file_is_refused(tmp_path):
    """A device might never end."""
    for path in (tmp_path, "/dev/zero"):
        with pytest.raises(ValueError, match="not a regular file"):
            load(path)


def test_a_failed_save_leaves_the_earlier_file(tmp_path, monkeypatch):
    """The disk is full at the last moment, when all is written but not yet flushed."""
    model, path = small(tmp_path)
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        model.partial_fit(X).save(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.h5"]
    assert path.read_bytes() == before
