"""What the functions of an observable give, tried with sums that could be before anything is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from vmc.observables.base import Observable, Quantity

#: Errors of somebody who mistook what there is, whatever the numbers are; others may be those of this example.
_SLIPS = (IndexError, TypeError, NameError, AttributeError)


def examples(n_sums: int) -> list[np.ndarray]:
    """Mean sums (n_sums,) that a function of them is tried with."""
    rng = np.random.default_rng(1)
    return [np.ones(n_sums), rng.uniform(size=n_sums), rng.normal(size=n_sums)]


def refuse_wrong_functions(observable: Observable) -> None:
    """Try `values` and `outside` of an observable with examples of mean sums.

    Raises
    ------
    ValueError
        for a function that cannot take them, or does not return one real array of its shape (a number for `outside`)
        for each quantity.
    """
    for means in examples(observable.n_sums):
        for name in ("values", "outside"):
            try:
                with np.errstate(all="ignore"):
                    found = getattr(observable, name)(means)
            except _SLIPS as error:
                said = f"{type(error).__name__}: {error}"
                raise ValueError(
                    f"{told(observable)}: {name} fails with mean sums of shape {means.shape}: {said}"
                ) from error
            except Exception:
                continue  # of this example; vmc.soundness looks again, with sums of real configurations
            refuse_wrong_shapes(observable, name, found)


def refuse_wrong_shapes(observable: Observable, name: str, found: Any) -> None:
    """Refuse what `values` or `outside` (`name`) returned, unless it is a real array for each quantity.

    Raises
    ------
    ValueError
        naming the observable, what was returned and what was expected.
    """
    quantities = observable.quantities
    if not (isinstance(found, tuple | list) or (isinstance(found, np.ndarray) and found.ndim)):
        raise ValueError(
            f"{told(observable)}: {name} returns {found!r}, expected a tuple with an entry for each quantity"
        )
    if len(found) != (n := len(quantities)):
        raise ValueError(
            f"{told(observable)}: {name} returns {len(found)} entries, expected {n}, one for each quantity"
        )
    for quantity, value in zip(quantities, found):
        expected = () if name == "outside" else shape_of(quantity)
        array = np.asarray(value) if _is_even(value) else np.empty(0, object)
        if array.dtype.kind not in "fiub":
            raise ValueError(f"observable '{quantity.name}': {name} returns {value!r}, expected real numbers")
        if array.shape != expected:
            wanted = f"shape {expected}, that of its axes" if expected else "a number"
            raise ValueError(f"observable '{quantity.name}': {name} returns shape {array.shape}, expected {wanted}")


def _is_even(value: Any) -> bool:
    """Whether a value makes an array: lists of unlike lengths do not."""
    try:
        np.asarray(value)
    except ValueError:
        return False
    return True


def shape_of(quantity: Quantity) -> tuple[int, ...]:
    """Shape of a quantity's array: the number of bins or points of each axis."""
    return tuple(len(axis.centres) for axis in quantity.axes)


def told(observable: Observable) -> str:
    """An observable as messages call it, by the names of its quantities."""
    return f"observable {', '.join(repr(quantity.name) for quantity in observable.quantities)}"
