import numpy as np
import pytest

from vmc.output.tree import Dataset, flatten, get_array, payload_hash

TREE = {
    "theta": Dataset(np.arange(3.0), "", "parameters", ("parameter",)),
    "walkers": {"x": Dataset(np.ones((4, 2)))},
}
ATTRIBUTES = {"iteration": 7, "walkers": {"time_step": 0.01}}


@pytest.mark.parametrize(
    "data",
    [
        np.array(["a"]),
        np.array([{}], dtype=object),
        np.ones(2, complex),
        np.ones(2, "f2"),
        np.zeros(2, "i4,f8"),
    ],
)
def test_dataset_refuses_types_that_are_not_stored(data):
    with pytest.raises(ValueError, match="expected one of bool"):
        Dataset(data)


def test_dataset_refuses_dimension_names_that_do_not_fit():
    with pytest.raises(ValueError, match="dimension names"):
        Dataset(np.ones((2, 3)), dims=("walker",))
    with pytest.raises(ValueError, match="repeat"):
        Dataset(np.ones((3, 3)), dims=("parameter", "parameter"))
    with pytest.raises(ValueError, match="cannot be a name"):
        Dataset(np.ones(3), dims=("two words",))


def test_dataset_is_held_contiguous_and_little_endian():
    data = np.arange(6, dtype=">f8").reshape(2, 3).T
    held = Dataset(data).data
    assert held.flags.c_contiguous
    assert held.dtype == np.dtype("<f8")
    np.testing.assert_array_equal(held, data)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a b", "ψ", "x" * 201, "REFERENCE_LIST", "\n"])
def test_names_that_a_file_cannot_carry_are_refused(name):
    with pytest.raises(ValueError, match="cannot be a name"):
        list(flatten({name: Dataset(np.ones(1))}, {}))
    with pytest.raises(ValueError, match="cannot be a name"):
        list(flatten({}, {name: 1}))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (2**64, "64 bits"),
        (None, "NoneType"),
        ([1, 2], "list"),
        (1j, "complex"),
        ("a\0b", "NUL"),
        ("\ud800", "surrogates"),
        (np.zeros(10_000), "make it a dataset"),
        (np.array(["a"]), "dtype"),
    ],
)
def test_attributes_that_cannot_be_stored_are_refused(value, message):
    with pytest.raises(ValueError, match=message):
        list(flatten({}, {"key": value}))


def test_attributes_of_a_group_that_is_not_there_are_refused():
    with pytest.raises(ValueError, match="no group of that name"):
        list(flatten(TREE, {"theta": {"key": 1}}))
    with pytest.raises(ValueError, match="expected a Dataset"):
        list(flatten({"x": np.ones(3)}, {}))


def test_get_array_checks_path_dtype_and_shape():
    assert get_array(TREE, "walkers/x", "f8", (None, 2)).shape == (4, 2)
    for path, dtype, shape in (
        ("walkers/x", "f4", (None, 2)),
        ("walkers/x", "f8", (None, 3)),
        ("walkers/x", "f8", (None,)),
        ("walkers", "f8", (4, 2)),
        ("theta/x", "f8", (4, 2)),
    ):
        with pytest.raises(ValueError, match=f"'{path}'"):
            get_array(TREE, path, dtype, shape)


def _variants():
    """Everything that differs from (TREE, ATTRIBUTES) in one respect."""
    theta = TREE["theta"]
    other_theta = {
        "value": Dataset(np.array([0.0, 1.0, 2.0000000000000004]), "", "parameters", ("parameter",)),
        "negative zero": Dataset(np.array([-0.0, 1.0, 2.0]), "", "parameters", ("parameter",)),
        "dtype": Dataset(np.arange(3), "", "parameters", ("parameter",)),
        "bytes as integers": Dataset(theta.data.view("i8"), "", "parameters", ("parameter",)),
        "units": Dataset(theta.data, "a_ho", "parameters", ("parameter",)),
        "long_name": Dataset(theta.data, "", "Parameters", ("parameter",)),
        "dims": Dataset(theta.data, "", "parameters", ("index",)),
        "field boundary": Dataset(theta.data, "p", "arameters", ("parameter",)),
    }
    for name, item in other_theta.items():
        yield name, TREE | {"theta": item}, ATTRIBUTES
    yield "shape", TREE | {"walkers": {"x": Dataset(np.ones((2, 4)))}}, ATTRIBUTES
    yield "path", TREE | {"walkers": {"y": Dataset(np.ones((4, 2)))}}, ATTRIBUTES
    yield "empty group", TREE | {"more": {}}, ATTRIBUTES
    for value in (8, 7.0, "7", True, np.array([7])):
        yield f"iteration {value!r}", TREE, ATTRIBUTES | {"iteration": value}
    yield "group attribute", TREE, {"iteration": 7, "walkers": {"time_step": 0.02}}
    yield "attribute moved", TREE, {"iteration": 7, "time_step": 0.01}


def test_payload_hash_depends_on_everything_and_on_nothing_else():
    reference = payload_hash(TREE, ATTRIBUTES)
    hashes = {name: payload_hash(tree, attributes) for name, tree, attributes in _variants()}
    assert len({reference, *hashes.values()}) == 1 + len(hashes)
    reordered = (
        dict(reversed(TREE.items())),
        {"walkers": {"time_step": np.float64(0.01)}, "iteration": np.int64(7)},
    )
    assert payload_hash(*reordered) == reference
