"""What local energies of an evaluation do not say of themselves, looked for at some of its walkers.

They are those of the first block, the same on any number of ranks; on the root only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vmc.measuring.ensemble import Ensemble
from vmc.measuring.kinetic_masses import other_coordinates
from vmc.measuring.measurement import Measurement
from vmc.soundness.close_by import close_by
from vmc.soundness.noise import energy_noise
from vmc.soundness.own_kernels import has_own_part
from vmc.soundness.poles import pole_without_variance
from vmc.soundness.tails import tail_without_variance
from vmc.soundness.unseen import unseen_at_contact

#: Deviations of local energies, relative to the kinetic energy, that the digits of derivatives explain: of analytic
#: ones, of determinants say, and of differences.
_ANALYTIC, _NUMERICAL = 1e-9, 1e-6


def digits_of_derivatives(measurement: Measurement) -> float:
    """Deviation of local energies, relative to the kinetic energy, up to which a state is as good as an eigenstate.

    Differences leave a bias of their own.  Analytic derivatives do not: a variance as small as that of a weak
    interaction is one, and its error bar that of any other energy.
    """
    numerical = (
        measurement.kinetic == "finite_difference"
        or has_own_part(measurement.wave_function)
        or other_coordinates(measurement.wave_function.system).size > 0
    )
    return _NUMERICAL if numerical else _ANALYTIC


def blind_spots(ensemble: Ensemble, parts: np.ndarray, variance: float, n_samples: int) -> dict[str, Any]:
    """What is noticed at walkers, by its names in `vmc.statistics.Diagnostics`; what is rounding has none.

    Parameters
    ----------
    parts, variance : means of the energy's components, and the variance of their sum.
    n_samples : that they are from.
    """
    wave_function, hamiltonian = ensemble.measurement.wave_function, ensemble.measurement.hamiltonian
    X = ensemble.X[ensemble.partition.local_walkers(ensemble.partition.blocks[0])]
    noticed: dict[str, Any] = {}
    if noise := energy_noise(wave_function, hamiltonian, X):
        noticed["derivative_noise"] = noise.of_energy
    endless = [tail_without_variance(wave_function, hamiltonian, X)]
    has_more = any(term.whole is not None for term in hamiltonian.terms)  # than pairs, of which nothing is known
    for m in (2, 3) if has_more else (2,):
        if close := close_by(wave_function, hamiltonian, X, n_samples, m):
            unseen = unseen_at_contact(close, parts)
            if unseen and not abs(unseen.energy) <= abs(noticed.get("unseen_energy", 0.0)):
                noticed |= {"unseen_energy": unseen.energy, "unseen_distance": unseen.distance, "unseen_together": m}
            endless.append(pole_without_variance(close, float(parts.sum()), variance))
    return noticed | {"infinite_variance": "; ".join(filter(None, endless))}
