"""Functions that linked ones call have a disk cache of their own, under names that their content has."""

import pytest

from tests.numerics.fresh_process import run

#: Ends in the value of a template, and in hits and misses of the kernel that the template calls.
INNER = """
from numerics.link import Slot, kernel, link

@kernel
def helper(x):
    return SHIFT + x

@kernel
def inner(x):
    return 2.0 * helper(x)

def once(x):
    return inner(x)

def twice(x):
    return inner(x) + inner(x)

numbers = [link(TEMPLATE)(1.0)]
numbers += [sum(counter.values()) for counter in (inner.bare.stats.cache_hits, inner.bare.stats.cache_misses)]
"""


def test_another_template_loads_what_both_call(tmp_path):
    assert run(INNER.replace("TEMPLATE", "once").replace("SHIFT", "3.0"), tmp_path)[0] == [8.0, 0, 1]
    assert run(INNER.replace("TEMPLATE", "twice").replace("SHIFT", "3.0"), tmp_path)[0] == [16.0, 1, 0]


def test_an_edited_helper_is_compiled_again(tmp_path):
    for shift, expected in (("3.0", [8.0, 0, 1]), ("4.0", [10.0, 0, 1])):
        assert run(INNER.replace("TEMPLATE", "once").replace("SHIFT", shift), tmp_path)[0] == expected
    assert run(INNER.replace("TEMPLATE", "twice").replace("SHIFT", "3.0"), tmp_path)[0] == [16.0, 1, 0]


CLOSURES = """
from numerics.link import kernel, link

def add(number):
    @kernel
    def inner(x):
        return x + number
    return inner

first, second = NUMBERS
one, other = add(first), add(second)

def both(x):
    return 10.0 * one(x) + other(x)

numbers = [link(both)(0.0)]
"""


def test_functions_of_one_name_are_not_taken_for_each_other(tmp_path):
    """Their symbols would be the same but for the content: names, line and order of creation are."""
    for _ in range(2):
        assert run(CLOSURES.replace("NUMBERS", "(1.0, 2.0)"), tmp_path)[0] == [12.0]
        assert run(CLOSURES.replace("NUMBERS", "(2.0, 1.0)"), tmp_path)[0] == [21.0]
        assert run(CLOSURES.replace("NUMBERS", "(3.0, 2.0)"), tmp_path)[0] == [32.0]


REDEFINED = """
from numerics.link import kernel

SHIFT = 1.0

@kernel
def inner(x):
    return x + SHIFT

numbers = [inner(0.5)]
SHIFT = AFTERWARDS
numbers.append(inner(1))
"""


@pytest.mark.parametrize("order", [("5.0", "1.0"), ("1.0", "5.0")])
def test_a_global_that_changes_between_two_types_of_argument(order, tmp_path):
    """Numba reads globals whenever it compiles; the name must say what it read."""
    for afterwards in order:
        assert run(REDEFINED.replace("AFTERWARDS", afterwards), tmp_path)[0] == [1.5, 1.0 + float(afterwards)]


LARGE = """
import numpy as np
from numerics.link import kernel

TABLE = np.arange(200_000.0)

@kernel
def inner(i):
    return TABLE[i]

numbers = [inner(7)]
"""


def test_a_table_whose_address_is_compiled_in_is_not_kept(tmp_path):
    """Numba compiles arrays of more than a megabyte in by address, which another process must not use."""
    for _ in range(2):
        numbers, *_, n_files, stderr = run(LARGE, tmp_path)
        assert (numbers, n_files, stderr) == ([7.0], 0, "")


HELPER = """
import numba
from numerics.link import link

@numba.njit
def helper(x):
    return FACTOR * x

@numba.njit
def function(x):
    return helper(x) + 1.0

def outer(x):
    return function(x)

numbers = []
for FACTOR in FACTORS:
    numbers.append(link(outer)(1.0))
"""


@pytest.mark.parametrize("how", ["file", "standard_input"])
def test_a_number_in_a_helper_of_the_users_changes(how, tmp_path):
    """In one process, as in a notebook, and in the next one, which must not find the first number's code."""
    assert run(HELPER.replace("FACTORS", "(2.0, 3.0)"), tmp_path, how)[0] == [3.0, 4.0]
    assert run(HELPER.replace("FACTORS", "(3.0, 2.0, 3.0)"), tmp_path, how)[0] == [4.0, 3.0, 4.0]


RECURSIVE = """
import numba
from numerics.link import link

@numba.njit("int64(int64)")
def factorial(n):
    return n * factorial(n - 1) if n > 1 else 1

def outer(n):
    return factorial(n)

numbers = [link(outer)(5)]
"""


def test_helpers_may_call_themselves(tmp_path):
    for _ in range(2):
        assert run(RECURSIVE, tmp_path)[0] == [120]
