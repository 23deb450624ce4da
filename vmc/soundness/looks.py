"""What is looked at before walkers are moved: whether what they will average is the energy of a state."""

from __future__ import annotations

import numpy as np

from vmc.measuring.compiling import plain_refusals
from vmc.measuring.ensemble import Ensemble
from vmc.parallel import on_root
from vmc.soundness.contact import refuse_infinite_contact
from vmc.soundness.decay import refuse_growth
from vmc.soundness.exchange import refuse_symmetric_electrons
from vmc.soundness.noise import refuse_noise
from vmc.soundness.own_kernels import has_own_part, refuse_wrong_kernels
from vmc.soundness.own_observables import refuse_wrong_observables
from vmc.soundness.periodicity import refuse_what_does_not_repeat
from vmc.soundness.smoothness import refuse_unsmooth
from vmc.soundness.tails import refuse_tails_without_mean


def refuse_unsound(ensemble: Ensemble, contact: bool = True) -> None:
    """Look at psi, the potential and observables of the user's where the walkers start.  Collective.

    Parameters
    ----------
    contact : whether to look at particles that meet, which somebody else may have done, without compiling anything.

    Raises
    ------
    UserError
        on every rank, for what the other files of :mod:`vmc.soundness` say.
    """
    wave_function = ensemble.measurement.wave_function

    @plain_refusals()  # kernels that the loop does not need are compiled here for the first time
    def look() -> None:
        refuse_symmetric_electrons(wave_function, ensemble.X)
        refuse_wrong_kernels(wave_function, ensemble.X)
        refuse_wrong_observables(ensemble.measurement.observables.observables, ensemble.X)
        _look_at_parameters(ensemble, contact)

    on_root(ensemble.communicator, look)
    ensemble.looked_at = wave_function.theta.copy()


def refuse_unsound_parameters(ensemble: Ensemble) -> None:
    """Look again where parameters are others than when psi was looked at.  Collective.

    Raises
    ------
    UserError
        on every rank.
    """
    wave_function = ensemble.measurement.wave_function
    if ensemble.looked_at is not None and np.array_equal(wave_function.theta, ensemble.looked_at):
        return
    look = plain_refusals()(_look_at_parameters)
    on_root(ensemble.communicator, lambda: look(ensemble, contact=has_own_part(wave_function)))


def _look_at_parameters(ensemble: Ensemble, contact: bool) -> None:
    wave_function, hamiltonian = ensemble.measurement.wave_function, ensemble.measurement.hamiltonian
    refuse_growth(wave_function, ensemble.X)
    refuse_tails_without_mean(wave_function, hamiltonian, ensemble.X)
    refuse_noise(wave_function, hamiltonian, ensemble.X)  # before kinks and jumps, which rounding looks like
    refuse_what_does_not_repeat(wave_function, hamiltonian, ensemble.X)
    if contact:
        refuse_infinite_contact(wave_function, hamiltonian, ensemble.X)
    refuse_unsmooth(wave_function, ensemble.X)  # after contact, which it would find too
