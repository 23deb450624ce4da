"""What is told of an electron gas beside its energy: the numbers of one electron, and what Hartree-Fock leaves out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from hamiltonians.base import Hamiltonian
from hamiltonians.cell import Cell
from hamiltonians.electron_gas import ElectronGas, gas_cell, hartree_fock
from hamiltonians.system import System
from vmc.build.hamiltonian import build_particles
from vmc.config import Config
from vmc.config.hamiltonian_sections import ElectronGasSection
from vmc.stages.energy_summary import EnergySummary
from vmc.statistics import format_value

#: Said of an energy that is above that of the determinant of plane waves.
ABOVE = ", which is LOWER: plane waves alone would be better"
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
    known = _hartree_fock(gas_cell(n, section.r_s, system.n_dim, section.lattice), build_particles(config))
    energy = summary.energy
    return GasSummary(energy.value / n, energy.error / n, known, section.r_s, (2 * n_up - n) / n)


def _hartree_fock(cell: Cell, system: System) -> float | None:
    """Energy of one electron, None for an open shell."""
    try:
        return hartree_fock(cell, *system.spin_counts, system.spin_masses).total
    except ValueError:
        return None


def fermi_wave_numbers(config: Config) -> dict[str, float]:
    """Of the spins that differ: (6 pi^2 n)^(1/3) or (4 pi n)^(1/2) with the density n of a spin, in 1 / bohr.

    Empty where the Hamiltonian is another one.
    """
    section, system = config.hamiltonian, config.system
    if not isinstance(section, ElectronGasSection) or system.n_up is None:
        return {}
    volume = gas_cell(system.n_particles, section.r_s, system.n_dim, section.lattice).volume
    factor, power = (6.0 * math.pi**2, 1.0 / 3.0) if system.n_dim == 3 else (4.0 * math.pi, 0.5)
    counts = {"spin up": system.n_up, "spin down": system.n_particles - system.n_up}
    found = {spin: (factor * count / volume) ** power for spin, count in counts.items() if count}
    return found if len(set(counts.values())) == 2 else {"spin up": found["spin up"]}


def gas_lines(gas: GasSummary) -> list[str]:
    """The same in words."""
    lines = [f"an electron {format_value(gas.energy, gas.error)} hartree ({CONVENTION})"]
    if gas.correlation is not None:
        lines.append(
            f"correlation {format_value(gas.correlation, gas.error)} hartree an electron, Hartree-Fock "
            f"{gas.hartree_fock:.9f}" + (ABOVE if gas.correlation > 5.0 * gas.error else "")
        )
    return lines


def gas_record(hamiltonian: Hamiltonian, summary: EnergySummary | None, config: Config) -> dict[str, Any] | None:
    """What a results file says of a gas: cell, spins, Hartree-Fock, the splitting of the Ewald sums, and its energies.

    None where the Hamiltonian is another one; energies are left out before the evaluation.
    """
    if not isinstance(hamiltonian, ElectronGas):
        return None
    n_up, n_down = hamiltonian.system.spin_counts
    cell, splitting = hamiltonian.ewald.cell, hamiltonian.ewald.splitting
    record: dict[str, Any] = {
        "convention": CONVENTION,
        "unit": "hartree",
        "r_s": hamiltonian.r_s,
        "n_up": n_up,
        "n_down": n_down,
        "polarisation": hamiltonian.polarisation,
        "masses": list(hamiltonian.system.spin_masses),
        "lattice_vectors": cell.lattice.tolist(),
        "madelung": 0.5 * hamiltonian.ewald.madelung,
        "hartree_fock": _hartree_fock(cell, hamiltonian.system),
        "ewald": {"eta": splitting.eta, "cutoff": splitting.cutoff, "k_cutoff": splitting.k_cutoff},
    }
    gas = None if summary is None else gas_summary(summary, config)
    return record if gas is None else record | gas_dict(gas)


def record_lines(record: dict[str, Any]) -> list[str]:
    """A record of a results file in words, without the energies of an evaluation, which `gas_lines` tells."""
    lines = []
    if "energy" not in record and record["hartree_fock"] is not None:
        lines = [f"Hartree-Fock {record['hartree_fock']:.9f} hartree an electron ({CONVENTION})"]
    vectors = "; ".join(" ".join(f"{a:.6g}" for a in row) for row in record["lattice_vectors"])
    ewald = record["ewald"]
    masses = record.get("masses", [1.0, 1.0])  # files of older versions do not say
    return [
        *lines,
        f"gas         r_s = {record['r_s']:.6g} bohr, {record['n_up']} up and {record['n_down']} down, "
        f"polarisation {record['polarisation']:.4g}, Madelung energy {record['madelung']:.9f} an electron",
        *([] if masses == [1.0, 1.0] else [f"masses      {masses[0]:.6g} of spin up, {masses[1]:.6g} of spin down"]),
        f"cell        lattice vectors {vectors} bohr",
        f"Ewald sums  eta = {ewald['eta']:.6g}, up to r = {ewald['cutoff']:.6g} and k = {ewald['k_cutoff']:.6g}",
    ]


def gas_dict(gas: GasSummary) -> dict[str, object]:
    """The same for JSON, which has no nan: None there."""
    return {
        "energy": _finite(gas.energy),
        "error": _finite(gas.error),
        "hartree_fock": gas.hartree_fock,
        "correlation": _finite(gas.correlation),
        "unit": "hartree",
        "convention": CONVENTION,
        "r_s": gas.r_s,
        "polarisation": gas.polarisation,
    }


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
