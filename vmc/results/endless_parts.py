"""Parts of an energy whose variance has no end, beside an energy that may have one: poles that psi makes up for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from vmc.build.hamiltonian import build_particles
from vmc.config.hamiltonian_sections import InverseSquare, TrapSection, UserFunction
from vmc.statistics.summary import ZERO_VARIANCE

if TYPE_CHECKING:
    from hamiltonians.system import System
    from vmc.config import Config
    from vmc.stages.energy_summary import EnergySummary

#: sqrt(sum d^4) / sum d^2 of deviations d of walkers, one where a single walker has all of the variance, beyond which
#: a few make most of it. Of 64 normal numbers it is 0.21, and above 0.5 in none of 400 000 trials; of means of 1 / r in
#: three dimensions, which have a variance and no fourth moment, in 2 of 100 short runs (64 walkers of 100 independent
#: measurements) and 2 of 1000 longer ones (128 of 400).
MOST = 0.5
#: Walkers, and measurements of each, below which chance makes a few have most of it.
MINIMUM_WALKERS = 64
MINIMUM_MEASUREMENTS = 100


def endless_parts(summary: EnergySummary, config: Config) -> str:
    """A line on parts of the energy whose variance is infinite, or seems to be, with errors that are too small then.

    Their poles cancel in the energy where psi is right at contact, so that its variance does not tell of theirs.
    """
    if not summary.components:
        return ""
    ratio = " and the virial ratio's" if math.isfinite(summary.virial_ratio.value) else ""
    if (power := inverse_square_contact(config)) is not None:
        return (
            "parts       interaction and kinetic have an infinite variance, whatever its estimate: where particles "
            f"meet 1 / r^2 is averaged over |psi|^2 as r^{2.0 * power:.3g}; their errors{ratio} may be far too small"
        )
    names = uneven_parts(summary) if has_own_poles(config) else []
    if not names:
        return ""
    return (
        f"parts       a few walkers make most of the variance of {' and '.join(names)}: it may be infinite, and their "
        f"errors{ratio} too small"
    )


def inverse_square_contact(config: Config) -> float | None:
    """Power p of psi where two particles meet whose 1 / r^2 has a mean but no variance in it; None elsewhere.

    Psi goes as r^p with p^2 + (d - 2) p = m exponent (exponent - 1), docs/theory.md eq. (10), and the mean of r^-4 is
    infinite for 2 p + d < 4.  At 2 p + d = 4 the variance grows as the logarithm of the number of samples only.
    """
    system, trap = build_particles(config), config.hamiltonian
    if not (isinstance(trap, TrapSection) and isinstance(trap.interaction, InverseSquare) and _meets(system)):
        return None
    strength, d = trap.interaction.exponent * (trap.interaction.exponent - 1.0), system.n_dim
    masses = np.sort(system.particle_masses)
    first, second = masses[:2] if strength > 0.0 else masses[-2:]  # those on which the zero is weakest
    square = 0.25 * (d - 2.0) ** 2 + strength * 2.0 * first * second / (first + second)
    power = 0.5 * (2.0 - d) + math.sqrt(max(square, 0.0))
    return power if strength != 0.0 and 2.0 * power + d < 4.0 else None


def _meets(system: System) -> bool:
    """Whether any pair comes as near as it likes without a node of its own, as those of one spin have off a line."""
    return system.particles_meet or (system.n_dim == 1 and system.n_pairs > 0)


def has_own_poles(config: Config) -> bool:
    """Whether a function of the user's is in the potential, of whose poles nothing is known.

    Those of charges need no look: in three dimensions they have a variance, in two it grows as a logarithm, where one
    walker often has most of it and the errors are right all the same.  Without a pole in the potential one of the
    kinetic energy is in the energy too.
    """
    trap = config.hamiltonian
    return isinstance(trap, TrapSection) and (trap.potential is not None or isinstance(trap.interaction, UserFunction))


def uneven_parts(summary: EnergySummary) -> list[str]:
    """Names of the parts of whose variance between walkers, which are independent, a few have most."""
    means = summary.walker_means_of_parts
    if summary.n_measurements - summary.equilibration < MINIMUM_MEASUREMENTS:
        return []
    return [
        name
        for name, part in summary.components.items()
        if math.isfinite(part.error)
        and len(means.get(name, ())) >= MINIMUM_WALKERS
        and share_of_few(means[name]) > MOST
    ]


def share_of_few(values: np.ndarray) -> float:
    """sqrt(sum d^4) / sum d^2 of the deviations d of (n,) values from their mean, zero where these are rounding."""
    squares = (values - values.mean()) ** 2
    if not squares.sum() > len(values) * (ZERO_VARIANCE * values.mean()) ** 2:
        return 0.0
    return float(np.sqrt((squares**2).sum()) / squares.sum())
