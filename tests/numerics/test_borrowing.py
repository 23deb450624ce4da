"""Kernels that own no array count no references; those that may own one do."""

import sys

import numba
import numpy as np
import pytest
from numba.core.runtime import _nrt_python, rtsys

from numerics.lanes import load, store, times
from numerics.link import inlined, kernel, link

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")


@inlined
def head(row):
    return row[0]


@kernel
def rows(A, out):
    for j in range(A.shape[0]):
        row, block = A[j], A.reshape(A.size)[j : j + 2]
        out[j] = head(row) + block[1] + A.T[0, j] + len(row)


@kernel
def lanes(A, B):
    for j in range(A.shape[0]):
        store(B[j], 0, times(load(A[j], 0), load(A[j], 0)))


@kernel
def product(A, B, C):
    np.dot(A.T, B, C)


@kernel
def nested(memory, out):
    (A, _), B = memory
    for j in range(A.shape[0]):
        rows(A, out)
        out[j] += B[j, 0]


@kernel
def makes_scratch(A, out):
    scratch = np.empty(A.shape[1])
    for j in range(A.shape[0]):
        scratch[0] = A[j][0]
        out[j] = scratch[0]


@kernel
def picks(A, out):
    out[0] = A[np.array([1, 0])][0, 0]


@kernel
def adds(A, out):
    out[0] = (A + A)[0, 0]


def counts(function, *arguments):
    """How often the code of a kernel that compiled functions call counts references."""

    @numba.njit
    def use(*arguments):
        function(*arguments)

    use(*arguments)
    (compiled,) = function.bare.overloads.values()
    text = compiled.library.get_llvm_str()
    return text.count("call void @NRT_incref(") + text.count("call void @NRT_decref(")


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch, tmp_path):
    """Numba shows nothing of what it loaded."""
    monkeypatch.setenv("VMC_CACHE_DIR", str(tmp_path))


@pytest.fixture
def A():
    return np.arange(1.0, 65.0).reshape(8, 8)


def test_what_only_borrows_is_not_counted(A):
    out, B = np.zeros(8), np.zeros((8, 8))
    assert counts(rows, A, out) == 0
    np.testing.assert_array_equal(out, A[:, 0] + A.ravel()[1:9] + A[:, 0] + 8)
    assert counts(lanes, A, B) == 0
    np.testing.assert_array_equal(B, A**2)


def test_arrays_in_tuples_are_borrowed_too(A):
    out = np.zeros(8)
    assert counts(nested, ((A, 1.0), A), out) == 0
    np.testing.assert_array_equal(out[-1], A[7, 0] + A.ravel()[8] + A[7, 0] + 8 + A[7, 0])


def test_products_of_matrices_keep_no_reference_to_their_result(A):
    """np.dot(A, B, C) gives C back: what is not taken has to be released."""
    C = np.zeros((8, 8))

    @numba.njit
    def use(A, C):
        product(A, A, C)

    use(A, C)
    before = sys.getrefcount(C), sys.getrefcount(A)
    for _ in range(10):
        use(A, C)
    assert (sys.getrefcount(C), sys.getrefcount(A)) == before
    np.testing.assert_allclose(C, A.T @ A, rtol=1e-14)


@pytest.mark.parametrize("owner", [makes_scratch, picks, adds])
def test_what_may_own_an_array_is_counted(A, owner):
    """Without counts these would leak, or use memory after it is free; the negative control of the tests above."""
    out = np.zeros(8)
    assert counts(owner, A.copy(), out) > 0
    assert out[0] == {makes_scratch: A[0, 0], picks: A[1, 0], adds: 2 * A[0, 0]}[owner]


def piece(A, j):
    return A[j]


piece_apart = link(piece, apart=True)


@kernel
def hands_on(n, value):
    A = np.full((2, n), value)
    return piece_apart(A, 1)


def test_memory_is_given_back():
    """As many allocations as releases."""
    hands_on(4, 3.0)
    _nrt_python.memsys_enable_stats()
    before = rtsys.get_allocation_stats()
    total = 0.0
    for _ in range(1000):
        total += hands_on(1000, 3.0).sum()
    after = rtsys.get_allocation_stats()
    _nrt_python.memsys_disable_stats()
    assert total == 3e6
    assert after.alloc - before.alloc >= 1000
    assert after.alloc - before.alloc == after.free - before.free


def test_a_piece_outlives_the_array_it_was_taken_from():
    held = hands_on(1000, 3.0)
    others = [hands_on(1000, 5.0) for _ in range(100)]
    assert (held == 3.0).all()
    assert all((other == 5.0).all() for other in others)
