"""When an evaluation that runs until a target error may stop."""

from __future__ import annotations

from math import isfinite

from vmc.statistics import Estimate, Verdict

#: Measurements per walker before the first look.
FIRST_LOOK = 100


def next_look(n_done: int) -> int:
    """The first number of measurements above `n_done` at which the error is looked at: 100, 125, 156, ...

    Every look is a chance to stop on an error that is too small by accident; a quarter more data from one to
    the next keeps the looks few and each of them nearly new.
    """
    look = FIRST_LOOK
    while look <= n_done:
        look += look // 4
    return look


def is_reached(energy: Estimate, verdict: Verdict, target_error: float) -> bool:
    """Whether an error bar is small enough, and can be believed.

    The fixed-width rule of P. W. Glynn and W. Whitt, Ann. Appl. Probab. 2, 180 (1992), docs/theory.md
    eq. (33): besides the width there must be a penalty that forbids early stops, where an estimated error
    may be small by chance. Here the penalty is the verdict, which asks for many autocorrelation times.
    """
    return verdict.reliable and isfinite(energy.error) and energy.error <= target_error
