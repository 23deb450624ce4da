import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vmc.output.image import to_bytes
from vmc.output.reader import read_tree
from vmc.output.tree import DTYPES, Dataset, payload_hash

xarray = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")


def _sample(dtype, rng):
    shape = (3, 4)
    if dtype == np.bool_:
        return rng.random(shape) < 0.5
    return np.frombuffer(rng.bytes(12 * dtype.itemsize), dtype).reshape(shape)  # NaN payloads included


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_every_stored_type_comes_back_bit_for_bit(dtype):
    data = _sample(dtype, np.random.default_rng(1))
    tree, _ = read_tree(to_bytes({"x": Dataset(data, "ħω", "größe", ("row", "column"))}, {}))
    back = tree["x"]
    assert back.data.dtype == dtype
    assert back.data.tobytes() == data.tobytes()
    assert (back.units, back.long_name, back.dims) == ("ħω", "größe", ("row", "column"))


@pytest.mark.parametrize("data", [np.array(2.5), np.zeros((0, 3)), np.zeros(0), np.ones((1, 1, 1, 1, 2))])
def test_scalars_empty_arrays_and_high_ranks_keep_their_shape(data):
    tree, _ = read_tree(to_bytes({"x": Dataset(data)}, {}))
    assert tree["x"].data.shape == data.shape
    assert tree["x"].dims == ()


def test_attributes_come_back_with_type_and_value():
    attributes = {
        "text": "E = ⟨ψ|H|ψ⟩\nline two",
        "nothing": "",
        "long": "ω" * 200_000,
        "yes": True,
        "count": -3,
        "large": 2**64 - 1,
        "ratio": 0.1,
        "infinite": float("-inf"),
        "twist": np.array([0.25, 0.5]),
        "flags": np.array([True, False]),
        "walkers": {"inner": {"deep": 1}},
    }
    tree, back = read_tree(to_bytes({"walkers": {"inner": {}}}, attributes))
    assert tree == {"walkers": {"inner": {}}}
    assert back.keys() == attributes.keys()
    for name, value in attributes.items():
        assert type(back[name]) is type(value), name
        assert np.array_equal(back[name], value), name


_names = st.text("abcdefgh_0123456789", min_size=1, max_size=6)
_arrays = st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0)))
_trees = st.recursive(
    st.dictionaries(_names, st.builds(Dataset, _arrays, st.text("Eħω/", max_size=3)), max_size=3),
    lambda below: st.dictionaries(_names, below, max_size=3),
    max_leaves=4,
)
_attributes = st.dictionaries(_names.map("at_".__add__), st.integers(-(2**63), 2**64 - 1) | st.floats() | st.booleans())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(_trees, _attributes)
def test_any_tree_survives_the_round_trip(tree, attributes):
    content = to_bytes(tree, attributes)
    assert payload_hash(*read_tree(content)) == payload_hash(tree, attributes)
    assert to_bytes(tree, attributes) == content


def test_dimensions_that_contradict_each_other_are_refused():
    long, short = Dataset(np.ones(5), dims=("draw",)), Dataset(np.ones(4), dims=("draw",))
    for tree in (
        {"a": long, "b": short},
        {"a": long, "group": {"b": short}},
        {"a": long, "group": {"draw": short}},
    ):
        with pytest.raises(ValueError, match="dimension 'draw' is 4 here, 5 elsewhere"):
            to_bytes(tree, {})
    with pytest.raises(ValueError, match="name of a dimension"):
        to_bytes({"a": long, "draw": Dataset(np.ones((5, 2)))}, {})
    with pytest.raises(ValueError, match="name of a dimension"):
        to_bytes({"a": long, "draw": {}}, {})
    to_bytes({"one": {"a": long}, "two": {"a": short}}, {})  # side by side, each has its own


def _results_tree():
    energy = np.arange(10.0).reshape(2, 5)
    return {
        "optimization": {
            "iteration": Dataset(np.arange(4), "", "iteration", ("iteration",)),
            "energy": Dataset(np.linspace(3.1, 3.0, 4), "hartree", "energy", ("iteration",)),
            "accepted": Dataset(np.array([True, False, True, True]), dims=("iteration",)),
            "rng": Dataset(np.full((4, 2), 2**64 - 1, "u8")),
            "wall_time": Dataset(np.array(1.5), "s", "wall time"),
        },
        "posterior": {"energy": Dataset(energy, "hartree", "local energy", ("chain", "draw"))},
        "sample_stats": {"acceptance_rate": Dataset(energy / 10, "", "acceptance rate", ("chain", "draw"))},
    }


@pytest.fixture
def results_file(tmp_path):
    path = tmp_path / "run.h5"
    attributes = {"seed": 7, "config": "[system]\nω = 1\n", "optimization": {"method": "sr"}}
    path.write_bytes(to_bytes(_results_tree(), attributes))
    return path


@pytest.mark.parametrize("engine", ["h5netcdf", None])
def test_xarray_opens_it_with_dimensions_and_units(results_file, engine):
    with xarray.open_datatree(results_file, engine=engine) as tree:
        assert tree.attrs["config"] == "[system]\nω = 1\n"
        steps = tree["optimization"]
        assert steps.attrs["method"] == "sr"
        assert steps["energy"].dims == ("iteration",)
        assert steps["energy"].attrs["units"] == "hartree"
        assert steps["energy"].sel(iteration=3).item() == 3.0
        assert steps["accepted"].dtype == bool
        assert steps["rng"].dims == ("rng_dim_0", "rng_dim_1")
        assert steps["rng"].values[0, 0] == 2**64 - 1
        energy = tree["posterior"]["energy"]
        assert energy.dims == ("chain", "draw")
        assert energy.attrs["long_name"] == "local energy"
        assert "draw" not in energy.coords
        np.testing.assert_array_equal(energy.mean("draw"), [2.0, 7.0])


def test_arviz_opens_it(results_file):
    arviz_base = pytest.importorskip("arviz_base")
    tree = arviz_base.convert_to_datatree(str(results_file))
    assert dict(arviz_base.extract(tree).sizes) == {"sample": 10}
    assert dict(tree["sample_stats"].sizes) == {"chain": 2, "draw": 5}
    tree.close()
