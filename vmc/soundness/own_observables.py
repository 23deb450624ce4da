"""Kernels of observables that somebody wrote: they add to their own sums, and leave walkers and psi alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numba.core.errors import NumbaError

from vmc.errors import UserError
from vmc.observables.base import Observable
from vmc.observables.trial import examples, refuse_wrong_shapes, told

#: Configurations that are looked at, and as plain Python, which is slow.
_N_LOOKS, _N_PLAIN = 64, 8
#: Entries before and after the sums, and what all of them hold before.
_GUARD, _BEFORE = 64, 1.5
#: Differences of what is added to other sums that rounding explains, as a share of it and of what they hold before.
_ROUNDING, _SMALL = 1e-6, 0.1 * _BEFORE
#: How much farther out than they start walkers come.
_FARTHER = 2.0


def refuse_wrong_observables(observables: Sequence[Observable], X: np.ndarray) -> None:
    """Look at observables with kernels of the user's at a few of the configurations X (n, N d), and farther out.

    Raises
    ------
    UserError
        naming the observable, for a kernel that fails, writes beyond its sums or instead of adding to them, or changes
        the configurations or the parameters of psi, and for a function that cannot be computed from such sums.
    """
    for observable in filter(has_own_kernel, observables):
        _refuse_sums_that_are_too_few(observable, _looks(X[:_N_PLAIN]))
        sums = _refuse_what_does_not_add(observable, _looks(X[:_N_LOOKS]))
        _refuse_values_that_fail(observable, sums / len(X[:_N_LOOKS]))


def has_own_kernel(observable: Observable) -> bool:
    """Whether an observable's kernel is from outside the package; a mean of one's own function has one of ours."""
    kernel = observable.accumulate
    return not getattr(kernel, "py_func", kernel).__module__.startswith("vmc.observables.")


def _looks(X: np.ndarray) -> np.ndarray:
    """A tile (N d, n) of configurations (n, N d), every other one of them stretched."""
    tile = np.array(X.T, order="C")
    tile[:, ::2] *= _FARTHER
    return tile


def _refuse_sums_that_are_too_few(observable: Observable, X: np.ndarray) -> None:
    """Call the kernel as plain Python, which looks at every index; compiled code does not."""
    kernel = observable.accumulate
    plain = getattr(kernel, "py_func", kernel)
    try:
        with np.errstate(all="ignore"):
            plain(_copies(observable.arguments()), X.copy(), np.zeros(observable.n_sums))
    except IndexError as error:
        n_sums = observable.n_sums
        raise UserError(
            f"{told(observable)}: its kernel fails with n_sums = {n_sums} and X of shape {X.shape}: {error}"
        ) from error
    except Exception:
        return  # a helper that only compiled code can call, or an infinity: the compiled kernel is looked at next


def _refuse_what_does_not_add(observable: Observable, X: np.ndarray) -> np.ndarray:
    """The sums (n_sums,) over the configurations of a tile X, added by a kernel that touches nothing else."""
    tile, o = X.copy(), _copies(observable.arguments())
    given = list(_parameters(observable, _copies(o)))
    added = []
    for before in (0.0, _BEFORE):
        held = np.full(observable.n_sums + 2 * _GUARD, _BEFORE)
        sums = held[_GUARD:-_GUARD]
        sums[:] = before
        _call(observable, o, tile, sums)
        if not (held[:_GUARD] == _BEFORE).all() or not (held[-_GUARD:] == _BEFORE).all():
            raise UserError(f"{told(observable)}: its kernel writes beyond its sums, n_sums = {observable.n_sums}")
        added.append(sums - before)
    if not np.array_equal(tile, X):
        raise UserError(f"{told(observable)}: its kernel changes X, the walkers themselves: let it work on X.copy()")
    if not all(np.array_equal(now, then, equal_nan=True) for now, then in zip(_parameters(observable, o), given)):
        raise UserError(f"{told(observable)}: its kernel changes the parameters p of psi, expected the sums only")
    first, second = added
    differs = ~np.isclose(second, first, rtol=_ROUNDING, atol=_SMALL, equal_nan=True)
    if differs.any():
        k = int(np.argmax(differs))
        raise UserError(
            f"{told(observable)}: its kernel adds {first[k]:.8g} to sums[{k}] = 0 and {second[k]:.8g} to "
            f"{_BEFORE}, expected the same: kernels add to what the sums hold, sums[{k}] += ..."
        )
    return first


def _call(observable: Observable, o: tuple[Any, ...], X: np.ndarray, sums: np.ndarray) -> None:
    try:
        with np.errstate(all="ignore"):
            observable.accumulate(o, X, sums)
    except NumbaError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        raise UserError(f"{told(observable)}: its kernel raises {said}") from error


def _refuse_values_that_fail(observable: Observable, means: np.ndarray) -> None:
    """Refuse a function of the sums that fails for those of real configurations, and for all others."""
    errors = []
    for example in (means, *examples(observable.n_sums)):
        try:
            with np.errstate(all="ignore"):
                found = observable.values(example), observable.outside(example)
        except Exception as error:
            errors.append(error)
            continue
        try:
            refuse_wrong_shapes(observable, "values", found[0])
            refuse_wrong_shapes(observable, "outside", found[1])
        except ValueError as error:
            raise UserError(str(error)) from error
        return
    said = f"{type(errors[0]).__name__}: {errors[0]}".rstrip(": ")
    raise UserError(f"{told(observable)}: values fails with the mean sums {means}: {said}") from errors[0]


def _copies(o: Any) -> Any:
    """Arguments of a kernel, nested tuples of numbers and arrays, with arrays of their own."""
    if isinstance(o, tuple):
        return tuple(map(_copies, o))
    return o.copy() if isinstance(o, np.ndarray) else o


def _parameters(observable: Observable, o: tuple[Any, ...]) -> Iterator[np.ndarray]:
    """Arrays of psi that the kernel is handed; its own constants may be memory to work in."""
    return _arrays(o[0] if observable.wave_function is not None else ())


def _arrays(o: Any) -> Iterator[np.ndarray]:
    if isinstance(o, tuple):
        for part in o:
            yield from _arrays(part)
    elif isinstance(o, np.ndarray):
        yield o
