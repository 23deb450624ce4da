"""Functions compiled for compiled callers and for Python, each when it is first asked for."""

import numba
import numpy as np
import pytest

from numerics.link import Slot, kernel, link

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="asks about compiled functions")

inner = Slot("inner", "(x)")


def total(x):
    return x.sum() + 0.0


def shifted_total(x, shift=1.0):
    return x.sum() + shift


def caller(x):
    return inner(x) + 1.0


def make_kernel():
    @kernel
    def doubled(x):
        return 2.0 * x.sum()

    return doubled


def test_each_version_is_compiled_when_asked_for():
    doubled, x = make_kernel(), np.arange(3.0)

    @numba.njit
    def use(x):
        return doubled(x)

    assert use(x) == 6.0
    assert (len(doubled.bare.overloads), len(doubled.overloads)) == (1, 0)
    assert doubled(x) == 6.0
    assert (len(doubled.bare.overloads), len(doubled.overloads)) == (1, 1)


def test_there_is_no_wrapper_for_compiled_callers():
    """Negative control: there is one in Python's version."""
    doubled, types = make_kernel(), (numba.typeof(np.arange(3.0)),)
    has_wrapper = []
    for version in (doubled, doubled.bare):
        version.compile(types)
        compiled = version.overloads[types]
        has_wrapper.append(bool(compiled.library.get_pointer_to_function(compiled.fndesc.llvm_cpython_wrapper_name)))
    assert has_wrapper == [True, False]


@pytest.mark.parametrize("apart", [False, True])
def test_python_may_call_all_of_them(apart):
    x = np.arange(3.0)
    below = link(total, apart=apart)
    assert link(caller, inner=below)(x) == 4.0
    assert below(x) == 3.0


@pytest.mark.parametrize("apart", [False, True])
def test_callers_may_leave_out_arguments_with_defaults(apart):
    x = np.arange(3.0)
    below = link(shifted_total, apart=apart)
    assert link(caller, inner=below)(x) == 5.0
    assert (below(x), below(x, 2.0)) == (4.0, 5.0)
