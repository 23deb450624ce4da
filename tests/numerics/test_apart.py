"""Kernels called through their address: same numbers, same errors, no leaks."""

import gc
import sys

import numba
import numpy as np
import pytest

from numerics.link import INLINE_OPTIONS, Slot, link

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is called through addresses")

inner = Slot("inner", "(p, x, n)")


def weighted_sum(p, x, n):
    """A number, an array it was given and a new one: all that a kernel returns."""
    if n < 0:
        raise ValueError("n is negative")
    total = 0.0
    for i in range(x.shape[0]):
        total += p[0] * x[i]
    return total, x, np.full(n, total)


def middle(p, x, n):
    number, given, new = inner(p, x, n)
    return number + given[0] + new.sum(), new


def outer(p, x, n):
    return inner(p, x, n)


def test_same_numbers_as_a_copy_inside():
    x, p = np.arange(4.0), (2.0, 1)
    results = [link(middle, inner=link(weighted_sum, apart=apart))(p, x, 3) for apart in (False, True)]
    assert results[0][0] == results[1][0] == 12.0 + 0.0 + 36.0
    np.testing.assert_array_equal(results[0][1], results[1][1])


def test_caller_has_no_copy():
    """Negative control: linked as usual, the caller's code holds the sum of the kernel."""
    x, p = np.arange(4.0), (2.0, 1)
    has_copy = {}
    for apart in (False, True):
        # Compiled here: there is no text of what the disk cache has.
        caller = numba.njit(link(middle, inner=link(weighted_sum, apart=apart)).py_func)
        caller(p, x, 3)
        (text,) = caller.inspect_llvm().values()
        has_copy[apart] = "define" in "".join(line for line in text.splitlines() if "weighted_sum" in line)
    assert has_copy == {False: True, True: False}


def test_copies_of_callers_above_know_it_too():
    """A function that holds a copy of the caller calls the same address."""
    x, p = np.arange(4.0), (2.0, 1)
    top = link(outer, inner=link(middle, inner=link(weighted_sum, apart=True)))
    assert top(p, x, 3)[0] == 48.0


def test_errors_come_through():
    caller = link(middle, inner=link(weighted_sum, apart=True))
    with pytest.raises(ValueError, match="n is negative"):
        caller((2.0, 1), np.ones(3), -1)


def test_each_type_of_arguments_has_its_own_code():
    caller = link(middle, inner=link(weighted_sum, apart=True))
    assert caller((2.0, 1), np.ones(4, np.float32), 1)[0] == 8.0 + 1.0 + 8.0
    assert caller((2, 1), np.arange(4), 1)[0] == 12.0 + 0.0 + 12.0
    assert caller((2.0, 1), np.ones(8)[::2], 1)[0] == 8.0 + 1.0 + 8.0


def test_nothing_leaks():
    caller = link(outer, inner=link(weighted_sum, apart=True))
    x = np.ones(4)
    caller((2.0, 1), x, 2)
    gc.collect()
    before = sys.getrefcount(x)
    for _ in range(50):
        new = caller((2.0, 1), x, 2)[2]
    assert sys.getrefcount(x) == before
    assert sys.getrefcount(new) == 2


def test_inlined_template_may_call_it():
    caller = link(middle, options=INLINE_OPTIONS, inner=link(weighted_sum, apart=True))
    assert link(outer, inner=caller)((2.0, 1), np.arange(4.0), 3)[0] == 48.0
