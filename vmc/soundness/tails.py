"""Tails that fall as a power: psi may be normalised and its local energy have no mean, or a mean and no variance.

Where n coordinates go out, psi falls as r^-q and the local energy grows as r^k, the mean of E_L exists for
2 q - n > k and that of its square for 2 q - n > 2 k only: docs/theory.md section 5.  Walkers come too seldom to where
averages fail, and look well until one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hamiltonians.base import Hamiltonian
from vmc.errors import UserError
from vmc.measuring.local_energy import local_energies
from vmc.soundness.outward import Outlook, outlooks, power_of_fall
from wavefunctions.base import WaveFunction

#: How near to a limit a power counts as the limit.
_AT_LIMIT = 2e-3


@dataclass(frozen=True)
class Tail:
    """psi and the local energy on a way out on which psi falls as a power.

    Attributes
    ----------
    what : who goes where, in words.
    q, k : powers of psi = r^-q and of the local energy, r^k.
    n_out : coordinates that grow with r.
    """

    what: str
    q: float
    k: float
    n_out: int

    def needs(self, moment: int) -> float:
        """q above which the mean of E_L to the power of ``moment`` exists, as far as this way goes."""
        return 0.5 * (moment * self.k + self.n_out)

    def lacks(self, moment: int) -> bool:
        """Whether the mean of E_L to the power of ``moment`` does not exist, by what is on this way."""
        return self.k > _AT_LIMIT and self.q <= self.needs(moment) + _AT_LIMIT


def refuse_tails_without_mean(wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray) -> None:
    """Look far out from a few of the configurations X (n, N d).

    Raises
    ------
    UserError
        where the local energy has no mean.
    """
    if where := _lacking(wave_function, hamiltonian, X, 1):
        raise UserError(f"the energy is infinite, though walkers may average a number: {where}")


def tail_without_variance(wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray) -> str:
    """Where far out of the configurations X (n, N d) the variance of the local energy is infinite; '' for nowhere."""
    return _lacking(wave_function, hamiltonian, X, 2)


def _lacking(wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray, moment: int) -> str:
    """The tail farthest from a mean of E_L to the power of ``moment``, and what is expected of it; '' for none."""
    found = [tail for tail in _tails(wave_function, hamiltonian, X) if tail.lacks(moment)]
    if not found:
        return ""
    tail = max(found, key=lambda tail: tail.needs(moment) - tail.q)
    return (
        f"{tail.what}, psi falls as r^-{tail.q:.3g} and the local energy goes as r^{tail.k:.3g}; expected a psi that "
        f"falls faster than r^-{tail.needs(moment):.3g} there"
    )


def _tails(wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray) -> Iterator[Tail]:
    for look in outlooks(wave_function, X):
        powers = [power_of_fall(rows) if np.isfinite(rows).all() else None for rows in look.log.T]
        falls = np.array([power is not None for power in powers])
        if np.mean(falls) > 0.5:
            q = float(np.median([power for power in powers if power is not None]))
            yield Tail(look.way.what, q, _power_of_energy(wave_function, hamiltonian, look, falls), look.way.n_out)


def _power_of_energy(wave_function: WaveFunction, hamiltonian: Hamiltonian, look: Outlook, falls: np.ndarray) -> float:
    """k of |E_L| = r^k at the last three distances, the smaller of two; what is infinite or no number has none."""
    places = look.places[-3:, falls]
    with np.errstate(invalid="ignore", divide="ignore"):
        E = local_energies(wave_function, hamiltonian, places.reshape(-1, places.shape[2])).sum(axis=1)
        k = np.diff(np.log2(np.abs(E)).reshape(3, -1), axis=0).min(axis=0)
    return float(np.median(np.where(np.isfinite(k), k, 0.0)))
