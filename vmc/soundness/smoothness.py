"""Whether psi is smooth along straight lines: where it is not, local energies know nothing of a part of the energy."""

from __future__ import annotations

import numpy as np

from vmc.errors import UserError
from vmc.soundness.jumps import jump
from vmc.soundness.kinks import kink
from vmc.soundness.lines import lines_of
from vmc.soundness.own_kernels import has_own_part
from wavefunctions.base import WaveFunction


def refuse_unsmooth(wave_function: WaveFunction, X: np.ndarray) -> None:
    """Look along lines through a few of the configurations X (n, N d), if the wave function has a user's part.

    Raises
    ------
    UserError
        where psi jumps or has a kink, saying where and by how much.
    """
    if not has_own_part(wave_function):
        return
    for lines in lines_of(wave_function, X):
        if objection := jump(lines) or kink(lines):
            raise UserError(objection)
