"""What a kernel reaches is what it was when it was linked, however late it is compiled."""

import time
import types

import numba
import numpy as np
import pytest

from numerics.link import Slot, as_kernel, link

function = Slot("function", "(x)")
FACTOR = 1.0
TABLE = np.array([1.0])
settings = types.ModuleType("settings")


@numba.njit
def by_global(x):
    return FACTOR * x


def over_helper(helper):
    @numba.njit
    def kernel(x):
        return helper(x)

    return kernel


def over_array(array):
    @numba.njit
    def kernel(x):
        return array[0] * x

    return kernel


@numba.njit
def by_module(x):
    return settings.scale(x)


@numba.njit
def by_table(x):
    return TABLE[0] * x


def caller(x):
    return function(x)


def used(kernel, x=2.0):
    return link(caller, function=kernel)(x)


def set_factor(value):
    globals()["FACTOR"] = value


@pytest.mark.parametrize("make", [lambda: by_global, lambda: over_helper(by_global), lambda: over_helper(by_module)])
def test_a_helper_is_linked_as_it_is_now(make):
    """Numba keeps what it compiled of a helper first: so did all that called it, and the cache under another name."""
    settings.scale = by_global
    new = float(time.time_ns() % 10**12)  # a number that no other process has left kernels of on the disk
    for factor in (new, new + 1.0, new, new + 2.0):
        set_factor(factor)
        assert used(make()) == 2.0 * factor


def test_numbers_of_modules():
    @numba.njit
    def kernel(x):
        return settings.number * x

    for number in (1.0, 3.0, 1.0):
        settings.number = number
        assert used(kernel) == 2.0 * number


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="asks when functions are compiled")
def test_what_changes_between_linking_and_compiling_is_not_seen():
    array = np.array([4.0])
    settings.scale, settings.number = by_global, 2.0
    set_factor(4.0)
    TABLE[0] = 4.0
    kernels = [as_kernel(kernel) for kernel in (over_array(array), over_helper(by_global), by_module, by_table)]
    array[0] = TABLE[0] = 7.0
    set_factor(7.0)
    settings.scale = by_table
    assert [used(kernel, 1.0) for kernel in kernels] == [4.0] * len(kernels)


def test_a_changed_array_makes_another_kernel():
    array = np.array([1.0])
    kernel = over_array(array)
    for value in (1.0, 3.0, 1.0):
        array[0] = value
        assert used(kernel) == 2.0 * value


def test_a_name_without_a_value_is_refused():
    def outer():
        def first(x):
            return second(x)

        as_kernel(first)

        def second(x):
            return x

    with pytest.raises(TypeError, match="has no value yet"):
        outer()
