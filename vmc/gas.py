"""What is told of an electron gas beside its energy: the numbers of one electron, and what Hartree-Fock leaves out."""

from __future__ import annotations

from dataclasses import dataclass

from hamiltonians.electron_gas import gas_cell, hartree_fock
from vmc.config import Config
from vmc.config.hamiltonian_sections import ElectronGasSection
from vmc.evaluation import EnergySummary
from vmc.statistics import format_value

CONVENTION = "background and Madelung energy included"


@dataclass(frozen=True)
class GasSummary:
    """Energies of one electron in hartree.

    Attributes
    ----------
    energy, error : with background and Madelung energy.
    hartree_fock : of the same cell; None for an open shell.
    r_s, polarisation : density parameter in bohr, and (n_up - n_down) / N.
    """

    energy: float
    error: float
    hartree_fock: float | None
    r_s: float
    polarisation: float

    @property
    def correlation(self) -> float | None:
        """Energy beyond Hartree-Fock."""
        return None if self.hartree_fock is None else self.energy - self.hartree_fock


def gas_summary(summary: EnergySummary, config: Config) -> GasSummary | None:
    """The numbers of one electron; None where the Hamiltonian is another one."""
    section, system = config.hamiltonian, config.system
    if not isinstance(section, ElectronGasSection) or system.n_up is None:
        return None
    n, n_up = system.n_particles, system.n_up
    try:
        known = hartree_fock(gas_cell(n, section.r_s, system.n_dim, section.lattice), n_up, n - n_up).total
    except ValueError:
        known = None
    energy = summary.energy
    return GasSummary(energy.value / n, energy.error / n, known, section.r_s, (2 * n_up - n) / n)


def gas_lines(gas: GasSummary) -> list[str]:
    """The same in words."""
    lines = [f"an electron {format_value(gas.energy, gas.error)} hartree ({CONVENTION})"]
    if gas.correlation is not None:
        lines.append(
            f"correlation {format_value(gas.correlation, gas.error)} hartree an electron, Hartree-Fock "
            f"{gas.hartree_fock:.9f}"
        )
    return lines


def gas_dict(gas: GasSummary) -> dict[str, object]:
    """The same for JSON."""
    return {
        "energy": gas.energy,
        "error": gas.error,
        "hartree_fock": gas.hartree_fock,
        "correlation": gas.correlation,
        "unit": "hartree",
        "convention": CONVENTION,
        "r_s": gas.r_s,
        "polarisation": gas.polarisation,
    }
