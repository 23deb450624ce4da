"""Late binding and fingerprints, inside one process; what the disk cache makes of them is in test_cache.py."""

import enum
import logging
import types

import numba
import numpy as np
import pytest

from numerics.link import ELEMENTARY_OPTIONS, OPTIONS, Slot, as_kernel, kernel, link
from numerics.link.fingerprint import UnidentifiableError, fingerprint

compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="asks about compiled functions")

function = Slot("function", "(x)")
shift = Slot("shift", "")
FACTOR = 3.0
TABLE = np.array([1.0, 2.0, 4.0])


def template(x):
    return function(x) + 1.0


def shifted(x):
    return x + shift


@kernel
def square(x):
    return x * x


def plain_square(x):
    return x * x


@kernel
def cube(x):
    return x * x * x


@kernel
def helper(x):
    return FACTOR * x + TABLE[1]


def test_slot_is_filled():
    assert link(template, function=square)(3.0) == 10.0
    assert link(template, function=cube)(3.0) == 28.0
    assert link(template, function=plain_square)(3.0) == 10.0


def test_template_itself_is_left_alone():
    link(template, function=square)
    assert template.__globals__["function"] is function
    with pytest.raises(TypeError, match=r"slot 'function\(x\)' was called before link\(\) filled it"):
        template(1.0)


def test_constant_fills_a_slot():
    assert link(shifted, shift=2.0)(1.0) == 3.0
    assert link(shifted, shift=5.0)(1.0) == 6.0
    np.testing.assert_array_equal(link(shifted, shift=TABLE)(1.0), [2.0, 3.0, 5.0])


def test_any_global_may_be_replaced():
    assert link(helper, FACTOR=10.0)(1.0) == 12.0
    assert helper(1.0) == 5.0


def test_unknown_slot_is_refused():
    with pytest.raises(TypeError, match="template does not use funktion"):
        link(template, function=square, funktion=square)


def test_empty_slot_is_named_with_its_signature():
    with pytest.raises(TypeError, match=r"template needs a kernel 'function\(x\)'"):
        link(template)


def test_slot_cannot_fill_a_slot():
    with pytest.raises(TypeError, match="slot 'shift' cannot be filled with another slot"):
        link(template, function=shift)


def test_only_functions_are_templates():
    with pytest.raises(TypeError, match="expected a function, got 3"):
        link(3)  # type: ignore[arg-type]


def test_same_content_is_the_same_object():
    assert link(template, function=square) is link(template, function=square)
    assert link(template, function=square) is link(template, function=plain_square)
    assert link(template, function=square) is not link(template, function=cube)
    assert link(shifted, shift=2.0) is not link(shifted, shift=2)
    assert as_kernel(square) is as_kernel(as_kernel(square))


@compiled
def test_other_options_are_another_object():
    strict = link(template, function=square, options=ELEMENTARY_OPTIONS)
    assert strict is not link(template, function=square)
    assert strict.targetoptions["fastmath"] != link(template, function=square).targetoptions["fastmath"]


@compiled
def test_options_of_a_users_jitted_function_are_kept():
    own = numba.njit(fastmath=False, error_model="python")(plain_square)
    assert as_kernel(own).targetoptions["error_model"] == "python"
    untouched = numba.njit(plain_square)
    assert OPTIONS.items() <= as_kernel(untouched).targetoptions.items()


@compiled
def test_nan_and_infinity_keep_their_meaning():
    """Neither `nnan` nor `ninf` may be among the flags, or tests for nan are compiled away."""

    def is_nan(x):
        return x != x

    assert link(is_nan)(np.nan)
    assert not OPTIONS["fastmath"] & {"nnan", "ninf", "fast"}
    assert ELEMENTARY_OPTIONS["fastmath"] == {"contract"}


def print_of(plain, **names):
    """The fingerprint of a function with some of its globals replaced."""
    copy = types.FunctionType(plain.__code__, {**plain.__globals__, **names}, "copy", plain.__defaults__)
    return fingerprint(copy, OPTIONS)


def uses_helper(x):
    return helper(x) + function(x)


def with_default(x, factor=2.0):
    return factor * x


@pytest.mark.parametrize("changed", [{"helper": cube}, {"helper": 1.0}, {"function": cube}])
def test_fingerprint_sees_what_is_reached(changed):
    assert print_of(uses_helper, function=square) != print_of(uses_helper, **{"function": square, **changed})


def test_fingerprint_sees_constants_behind_helpers():
    def rebuilt(**names):
        inner = types.FunctionType(helper_source.__code__, {**helper_source.__globals__, **names})
        return print_of(uses_helper, function=square, helper=inner)

    helper_source = getattr(helper, "py_func", helper)
    seen = [rebuilt(), rebuilt(FACTOR=3.5), rebuilt(FACTOR=3), rebuilt(TABLE=TABLE + 1e-12)]
    seen += [rebuilt(TABLE=TABLE.astype(np.float32)), rebuilt(TABLE=TABLE[:2])]
    assert len(set(seen)) == len(seen)
    assert rebuilt(FACTOR=3.0, TABLE=TABLE.copy()) == seen[0]


def test_fingerprint_sees_defaults_and_closures():
    other = types.FunctionType(with_default.__code__, with_default.__globals__, "other", (3.0,))
    assert fingerprint(with_default, OPTIONS) != fingerprint(other, OPTIONS)

    def scaled(factor):
        def scale(x):
            return factor * x

        return scale

    assert fingerprint(scaled(1.0), OPTIONS) == fingerprint(scaled(1.0), OPTIONS)
    assert fingerprint(scaled(1.0), OPTIONS) != fingerprint(scaled(2.0), OPTIONS)
    assert fingerprint(scaled(square), OPTIONS) != fingerprint(scaled(cube), OPTIONS)


def test_fingerprint_sees_signed_zero_and_types():
    prints = [print_of(shifted, shift=value) for value in (0.0, -0.0, 0, False, np.float32(0), "0", (0,), None)]
    assert len(set(prints)) == len(prints)


def test_fingerprint_sees_field_names():
    first = np.zeros(2, dtype=[("a", "f8"), ("b", "f8")])
    assert print_of(shifted, shift=first) != print_of(shifted, shift=first.view([("b", "f8"), ("a", "f8")]))


def test_fingerprint_sees_options():
    assert fingerprint(plain_square, OPTIONS) != fingerprint(plain_square, ELEMENTARY_OPTIONS)
    assert fingerprint(plain_square, {**OPTIONS, "boundscheck": True}) != fingerprint(plain_square, OPTIONS)


def asks_module(x):
    return parts.inner.scale(x)  # type: ignore[name-defined] # noqa: F821


def test_fingerprint_sees_functions_of_modules_in_modules():
    def package(scale):
        outer, inner = types.ModuleType("outer"), types.ModuleType("outer.inner")
        outer.inner, inner.scale, inner.outer = inner, scale, outer  # type: ignore[attr-defined]
        return outer

    same = [print_of(asks_module, parts=package(square)) for _ in range(2)]
    assert same[0] == same[1] != print_of(asks_module, parts=package(cube))


def test_fingerprint_does_not_see_names_lines_or_comments():
    def first(x):
        return 2.0 * x

    def second(x):
        # Another place, another name.
        return 2.0 * x

    assert fingerprint(first, OPTIONS) == fingerprint(second, OPTIONS)


def test_recursion_ends():
    @kernel
    def factorial(n):
        return 1 if n < 2 else n * factorial(n - 1)

    assert len(fingerprint(getattr(factorial, "py_func", factorial), OPTIONS)) == 16


class Side(enum.Enum):
    LEFT = 1
    RIGHT = 2


def of_enumeration(x):
    return x if Side.LEFT.value == 1 else -x


@pytest.mark.parametrize("value", [object(), {1: 2}, Side, np.array([object()])])
def test_objects_without_known_content_are_refused(value):
    with pytest.raises(UnidentifiableError):
        print_of(shifted, shift=value)


@compiled
def test_unidentifiable_kernel_is_compiled_without_cache(caplog):
    """A template that reaches such an object works; the log says why it is not cached."""
    with caplog.at_level(logging.INFO, logger="numerics.link.template"):
        linked = link(of_enumeration)
    assert linked(4.0) == 4.0
    assert linked.stats.cache_path is None
    assert "of_enumeration is compiled without a disk cache: class Side" in caplog.text


@compiled
def test_template_over_unidentifiable_kernel_works():
    linked = link(template, function=of_enumeration)
    assert linked(4.0) == 5.0
    assert linked.stats.cache_path is None
