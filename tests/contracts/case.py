"""What a wave function under contract is, and what is true of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pytest

from wavefunctions.base import WaveFunction


@dataclass(frozen=True)
class Case:
    """A wave function and what is true of it.

    Attributes
    ----------
    build : makes a fresh object.
    twin : log|psi| written independently, (theta, points).
    symmetric : whether exchanging particles leaves psi alone, where they have a spin those of equal spin.
    fermionic : whether exchanging particles of one spin turns the sign of psi; there are nodes then.
    core : no pair closer than this, where psi vanishes.
    accuracy : relative accuracy of the derivatives; coarse for finite differences.
    n_points : configurations to compare at, fewer where the twin is slow.
    slow : whether it compiles for long and adds little to the others.
    oscillates : whether psi has a wavelength, so that at a distance r it is only known to about r times rounding.
    """

    name: str
    build: Callable[[], WaveFunction]
    twin: Callable
    symmetric: bool = True
    fermionic: bool = False
    core: float = 0.0
    accuracy: float = 1e-10
    n_points: int = 100
    oscillates: bool = False
    slow: bool = False


def for_each(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """Run a test for each of the cases, for the slow ones among the slow tests."""
    slow = pytest.mark.slow
    return pytest.mark.parametrize(
        "case", [pytest.param(case, id=case.name, marks=slow if case.slow else ()) for case in cases]
    )


def perturbed(wave_function):
    """Parameters away from their initial zeros and ones."""
    wave_function.theta += np.random.default_rng(7).normal(0.0, 0.2, wave_function.n_params)
    return wave_function
