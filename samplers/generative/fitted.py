"""What a fit leaves: all of it or nothing, and the settings with which alone it may be used."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, TypeVar, cast

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

#: A method that learns.
Fit = TypeVar("Fit", bound=Callable[..., Any])


def all_or_nothing(fit: Fit) -> Fit:
    """Of a fit: one that is refused, breaks or is interrupted leaves the model as it was before, to the last bit.

    Arrays and random numbers are put back in place, so that whoever shares them with the model sees the same again.
    """

    @wraps(fit)
    def guarded(model: Any, *args: Any, **kwargs: Any) -> Any:
        put_back = _kept(model)
        try:
            return fit(model, *args, **kwargs)
        except BaseException:  # an interrupt, too: half a fit looks like a whole one
            put_back()
            raise

    return cast(Fit, guarded)


def _kept(value: Any) -> Callable[[], Any]:
    """Copy what may change inside a value; the function returned puts it back there."""
    if isinstance(value, np.ndarray) and value.flags.writeable:
        copy = value.copy()
        return lambda: np.copyto(value, copy)
    if isinstance(value, np.random.Generator):
        return _kept(value.bit_generator)
    if isinstance(value, np.random.BitGenerator):
        state = value.state
        return lambda: setattr(value, "state", state)
    if isinstance(value, np.random.RandomState):
        legacy = value.get_state(legacy=False)
        return lambda: value.set_state(legacy)
    if isinstance(value, BaseEstimator):
        return _kept(vars(value))
    if isinstance(value, dict):
        return _kept_dict(value)
    if isinstance(value, list):
        return _kept_list(value)
    return _nothing


def _kept_dict(entries: dict) -> Callable[[], None]:
    before = entries.copy()
    # Private attributes are made again from the others when they are needed: networks, and what they work in.
    inside = [_kept(value) for name, value in before.items() if not str(name).startswith("_")]

    def put_back() -> None:
        entries.clear()
        entries.update(before)
        for part in inside:
            part()

    return put_back


def _kept_list(entries: list) -> Callable[[], None]:
    before, inside = entries.copy(), [_kept(value) for value in entries]

    def put_back() -> None:
        entries[:] = before
        for part in inside:
            part()

    return put_back


def _nothing() -> None:
    """Numbers, texts and functions do not change."""


class Fitted(BaseEstimator):
    """An estimator that says which of its settings belong to what it has learnt, and is not used without a fit."""

    #: Settings that say what the parameters mean: as long as a fit is used they stay as they were when it began.
    structure: ClassVar[tuple[str, ...]] = ()

    def _ready(self) -> None:
        """Refuse to use a model that has no fit, or one whose settings have changed since."""
        # What scikit-learn looks at takes ten times as long, and chains ask at every step.
        if "structure_" not in vars(self):
            check_is_fitted(self)
        self._check_structure()

    def _remember_structure(self) -> None:
        self.structure_ = {name: _settled(getattr(self, name)) for name in self.structure}

    def _check_structure(self) -> None:
        """Refuse, by name, settings that have changed since the fit: its parameters would make another density."""
        for name, before in getattr(self, "structure_", {}).items():
            now = getattr(self, name)
            if now is not before and _settled(now) != before:
                raise ValueError(f"{type(self).__name__}: {name} was {before!r} in the fit and is {now!r}: fit again")

    def _forget(self) -> None:
        """Drop what a fit found, for what is given in its place."""
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)


def _settled(value: Any) -> Any:
    """A setting as it stays: lists, which may change and which files give back as tuples, are those."""
    return tuple(value) if isinstance(value, list | np.ndarray) else value
