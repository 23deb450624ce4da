"""Whether psi falls on the way out: one that grows in any direction cannot be normalised, and has no energy.

Walkers hardly tell: they follow it outwards at the pace of their steps, and their averages look like those of a state.
The integral of |psi|^2 needs more than a fall; what is looked for is growth, a constant, and a fall as r^-q that is too
slow where n coordinates go out, q <= n / 2.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vmc.errors import UserError
from vmc.soundness.outward import farthest, outlooks, power_of_fall, spread
from wavefunctions.base import WaveFunction
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import GaussianPair
from wavefunctions.product import Product

#: Change of log|psi| that is rounding, as a share of it where that is larger than one.
_ROUNDING = 1e-6


def refuse_growth(wave_function: WaveFunction, X: np.ndarray) -> None:
    """Look as :func:`growth` does.

    Raises
    ------
    UserError
        where it has something to say.
    """
    if message := growth(wave_function, X):
        raise UserError(message)


def growth(wave_function: WaveFunction, X: np.ndarray) -> str:
    """In which direction psi does not fall, in one line; nothing where it falls, and in a periodic cell.

    From a few of the configurations X (n, N d) the look goes far out along every axis and across them: with one
    particle, with two that go apart, with all together, with all away from their centre of mass, and with all from the
    origin.  Most configurations have to agree.
    Places where psi is zero, or no number, do not count: determinants underflow.
    """
    for look in outlooks(wave_function, X):
        n_out = look.way.n_out
        verdicts = [found for rows in look.log.T if (found := _does_not_fall(rows, n_out)) is not None]
        if verdicts and np.mean([bool(found) for found in verdicts]) > 0.5:
            return (
                f"psi cannot be normalised: {look.way.what}, log|psi| {next(filter(None, verdicts))} as far as a "
                f"distance of {farthest(X):.3g} from where walkers stand, and averages are no energies: expected a psi "
                f"that vanishes far out in every direction{_condition(wave_function)} (no further was looked, from "
                f"walkers spread over {spread(X):.3g}: is start_spread the width of psi?)"
            )
    return ""


def _does_not_fall(log: np.ndarray, n_out: int) -> str | None:
    """What log|psi| at the distances does instead of falling, '' if it falls; None where it cannot be seen."""
    log = log[: int(np.argmin(np.isfinite(log))) if not np.isfinite(log).all() else len(log)]
    if len(log) < 2:
        return None
    near, far = log[-2:]
    if far - near > -_ROUNDING * (1.0 + abs(far)):
        return "grows" if far - near > _ROUNDING * (1.0 + abs(far)) else "does not fall"
    power = power_of_fall(log)
    if power is not None and power <= 0.5 * n_out:
        return f"falls as -{power:.2g} log r, not faster than -{0.5 * n_out:g} log r"
    return ""


def _condition(wave_function: WaveFunction) -> str:
    """What the coefficients of a Gaussian and a Gaussian of pairs have to fulfil, where psi has both."""
    factors = list(_factors(wave_function))
    gaussian = next((factor for factor in factors if isinstance(factor, Gaussian)), None)
    pair = next((factor for factor in factors if isinstance(factor, GaussianPair)), None)
    if gaussian is None or pair is None:
        return ""
    n, alpha, gamma = wave_function.system.n_particles, float(gaussian.theta.min()), float(pair.theta[0])
    mass = "" if wave_function.system.common_mass == 1.0 else "m "
    return (
        f"; gaussian times gaussian_pair by itself needs {mass}alpha > 0 and {mass}alpha + N gamma > 0, here "
        f"alpha = {alpha:g}, gamma = {gamma:g}, N = {n}"
    )


def _factors(wave_function: WaveFunction) -> Iterator[WaveFunction]:
    if isinstance(wave_function, Product):
        for factor in wave_function.factors:
            yield from _factors(factor)
    else:
        yield wave_function
