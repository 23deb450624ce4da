"""Noise of numerical derivatives: log|psi| has rounded last digits, and second differences divide them by h^2.

At equally spaced places along a line high differences of what is smooth vanish, and those of noise of deviation s
scatter by s sqrt((2 m choose m)), m their order: R. W. Hamming, Introduction to Applied Numerical Analysis, 1971;
J. J. More and S. M. Wild, SIAM J. Sci. Comput. 33, 1292 (2011).  Kinetic energies are looked at as they are measured,
so that nothing has to be known of how they are computed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hamiltonians.base import Hamiltonian
from vmc.errors import UserError
from vmc.measuring.local_energy import local_energies
from vmc.soundness.own_kernels import has_own_part
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_values

#: The order of the differences, of which there is one in each configuration that is looked at.
_ORDER = 6
#: At most so many configurations and so many coordinates of all of them, but some configurations in any case.
_N_LOOKS, _N_COORDINATES, _FEW = 16, 600, 4
#: Distance of the places in units of the walkers' spread: short for psi, and thousands of the last digits of a float32;
#: and a shorter one, at which noise is the same, and what is smooth but changes over short lengths a millionth.
_DISTANCE, _SHORTER = 1e-3, 1e-4
#: The median of |x| where x is normal with a deviation of one.
_MEDIAN = 0.6745
#: Noise as a share of the energy above which averages are refused.
_LIMIT = 1e-3
#: Rounding of log|psi| as a share of it, or of one, that a sum of some terms in double precision explains.
_DOUBLE = 1e-12
#: log|psi| above which its size is the reason.
_LARGE = 1e4


@dataclass(frozen=True)
class Noise:
    """Deviations that rounding makes.

    Attributes
    ----------
    of_energy : of the kinetic energy of a configuration.
    of_log : of log|psi|.
    energy : sum of the sizes of the energy's components, to compare with.
    log : the size of log|psi|.
    """

    of_energy: float
    of_log: float
    energy: float
    log: float


def energy_noise(
    wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray, distance: float = _DISTANCE
) -> Noise | None:
    """Rounding at a few of the configurations X (n, N d), as medians; None where psi has no part of the user's.

    Places where energies are not finite, at nodes say, do not count; None where there are no others.

    Parameters
    ----------
    distance : of the places in each configuration, in units of the walkers' spread.
    """
    if not has_own_part(wave_function):
        return None
    places = _places(X, distance)
    rows = places.reshape(-1, X.shape[1])
    E = local_energies(wave_function, hamiltonian, rows).reshape(*places.shape[:2], -1)
    log_psi = link_log_values(wave_function.kernels)
    log = log_psi(wave_function.arguments(), np.ascontiguousarray(rows.T)).reshape(places.shape[:2])
    kept = np.isfinite(E).all(axis=(1, 2)) & np.isfinite(log).all(axis=1)
    if not kept.any():
        return None
    E, log = E[kept], log[kept]
    energy, size = float(np.median(np.abs(E).sum(axis=2))), float(np.median(np.abs(log)))
    return Noise(noise_of(E[:, :, 0]), noise_of(log), energy, size)


def noise_of(values: np.ndarray) -> float:
    """The deviation of noise in values (n, n_places) at equally spaced places, each row smooth but for it."""
    differences = np.diff(values, n=_ORDER, axis=1)
    return float(np.median(np.abs(differences))) / (_MEDIAN * math.sqrt(math.comb(2 * _ORDER, _ORDER)))


def _places(X: np.ndarray, distance: float) -> np.ndarray:
    """Places (n_looks, n_places, N d) along one direction, in which every coordinate moves by its own spread."""
    spread = X.std(axis=0)
    spread = np.where(spread > 0.0, spread, X.std() or 1.0)
    direction = distance * spread * np.random.default_rng(1).normal(size=X.shape[1])
    n_looks = min(_N_LOOKS, max(_N_COORDINATES // X.shape[1], _FEW))
    return X[:n_looks, None, :] + np.arange(_ORDER + 1)[:, None] * direction


def refuse_noise(wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray) -> None:
    """Look at the configurations X (n, N d) as :func:`energy_noise` does.

    Raises
    ------
    UserError
        where the noise is no small share of the energy.
    """
    noise = None
    for distance in (_DISTANCE, _SHORTER):
        noise = energy_noise(wave_function, hamiltonian, X, distance)
        if noise is None or not noise.of_energy > _LIMIT * noise.energy:
            return
    assert noise is not None
    raise UserError(
        f"local energies of about {noise.energy:.2g} carry numerical noise of {noise.of_energy:.1g}: log|psi|, "
        f"about {noise.log:.2g}, is rounded to {noise.of_log:.1g}, which differences over short steps enlarge: "
        f"{_advice(noise)}, or a kernel grad_laplacian of your own"
    )


def _advice(noise: Noise) -> str:
    if noise.of_log > _DOUBLE * max(noise.log, 1.0):
        return "expected a log|psi| computed in double precision (float64) throughout"
    if noise.log > _LARGE:
        return "expected a log|psi| without a large constant, which can be subtracted"
    return "expected units in which psi changes over lengths of about one"
