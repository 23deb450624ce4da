"""The kinetic energy from gradients alone, beside that of the local energy."""

from __future__ import annotations

import numpy as np

from numerics.dense import zero
from numerics.link import Slot, link
from vmc.observables.base import Observable, Quantity
from vmc.observables.bins import total
from wavefunctions.base import WaveFunction

workspace = Slot("workspace", "(p, tile, n)")
grad_laplacian = Slot("grad_laplacian", "(p, X, G, L, ws)")


def kinetic_forms(wave_function: WaveFunction, unit: str = "") -> Observable:
    """Kinetic energy <T_G> from gradients and <T_L> - <T_G>, docs/theory.md eqs. (84) and (85).

    The quantities are ``kinetic_gradient`` and ``kinetic_difference``.  The difference is zero, within its error, where
    psi is smooth and walkers are those of |psi|^2.  Where psi has a kink, or walkers did not reach all places, it is
    not, and the energy is wrong: by minus the difference, if it is a kink.

    Near nodes T_G goes as the inverse square of the distance, and its variance is infinite: the errors of electrons are
    too small by some factor, and the means converge as the cube root of the number of samples.

    Parameters
    ----------
    wave_function : whose gradient and Laplacian are compared, by its own kernels.
    unit : name of the unit of energy.

    Raises
    ------
    ValueError
        for particles of several masses, whose Laplacians a wave function adds up.

    References
    ----------
    R. J. Needs, M. D. Towler, N. D. Drummond and P. Lopez Rios, J. Phys.: Condens. Matter 22, 023201 (2010).
    """
    system = wave_function.system
    if system.common_mass is None:
        raise ValueError("kinetic_forms: expected particles of one mass, since a wave function gives one Laplacian")
    quantities = (
        Quantity("kinetic_gradient", "kinetic energy from gradients", unit),
        Quantity("kinetic_difference", "local kinetic energy less that from gradients", unit),
    )
    half = 0.5 / system.common_mass

    def values(means: np.ndarray) -> tuple[np.ndarray, ...]:
        squares, laplacians = means
        return np.asarray(half * squares), np.asarray(-half * (laplacians + 2.0 * squares))

    k = wave_function.kernels
    kernel = link(_add_forms, apart=True, workspace=k["workspace"], grad_laplacian=k["grad_laplacian"])
    return Observable(quantities, 2, kernel, values, (0.0,), None, wave_function, system)


def _add_forms(o, X, sums):
    # Sums of the square of the gradient of log|psi|, and of its Laplacian.
    p, _ = o
    n, tile = X.shape
    G, L, squares = np.empty((n, tile)), np.zeros(tile), np.zeros(tile)
    zero(G)
    grad_laplacian(p, X, G, L, workspace(p, tile, n))
    for k in range(n):
        for b in range(tile):
            squares[b] += G[k, b] * G[k, b]
    sums[0] += total(squares)
    sums[1] += total(L)
