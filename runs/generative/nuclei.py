"""Measured binding energies of nuclei, and the liquid drop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Masses in u of the hydrogen atom (AME2020, M. Wang et al., Chinese Phys. C 45, 030003 (2021)) and of the neutron
#: (CODATA 2018), and u in MeV (CODATA 2018).
HYDROGEN, NEUTRON, MEV = 1.00782503190, 1.00866491595, 931.49410242
MAGIC = np.array([2, 8, 20, 28, 50, 82, 126, 184])
#: Largest error of a mass, MeV.  The table has extrapolated masses among measured ones without marking them.  By the
#: original table of AME2020, 27 of the 2,367 nuclei that are left with mendeleev 1.3.0 are extrapolated ones, and 117
#: measured ones are left out; binding energies agree with the original ones to 0.5 keV a nucleon.
LARGEST_ERROR = 0.1
#: Fewest protons, and fewest neutrons.
FEWEST = 8


@dataclass(frozen=True)
class Nuclei:
    """Nuclei, one an entry of each array (n,).

    Attributes
    ----------
    Z, N : protons and neutrons.
    energy : binding energy B in MeV, that of the electrons included.
    """

    Z: np.ndarray
    N: np.ndarray
    energy: np.ndarray

    @property
    def A(self) -> np.ndarray:
        """Nucleons."""
        return self.Z + self.N

    def part(self, chosen: np.ndarray) -> Nuclei:
        """Some of them."""
        return Nuclei(self.Z[chosen], self.N[chosen], self.energy[chosen])


def measured() -> Nuclei:
    """Binding energies from the atomic masses of AME2020, as the package mendeleev has them.

    Raises
    ------
    SystemExit
        if it is not installed.
    """
    try:
        from mendeleev.fetch import fetch_table
    except ImportError:
        raise SystemExit("masses of nuclei come with the package mendeleev: pip install mendeleev") from None
    table = fetch_table("isotopes")[["atomic_number", "mass_number", "mass", "mass_uncertainty"]].dropna()
    Z, A, mass, error = (table[name].to_numpy() for name in table.columns)
    N = A - Z
    kept = (Z >= FEWEST) & (N >= FEWEST) & (error * MEV <= LARGEST_ERROR)
    energy = MEV * (Z * HYDROGEN + N * NEUTRON - mass)
    return Nuclei(Z[kept].astype(np.int64), N[kept].astype(np.int64), energy[kept])


def drop_terms(nuclei: Nuclei) -> np.ndarray:
    """Volume, surface, Coulomb, asymmetry and pairing, (n, 5): what their coefficients in MeV multiply.

    A, -A^(2/3), -Z (Z - 1) / A^(1/3), -(N - Z)^2 / A, and 1 / sqrt A for even Z and N, -1 / sqrt A for odd ones; C. F.
    von Weizsäcker, Z. Phys. 96, 431 (1935), H. A. Bethe and R. F. Bacher, Rev. Mod. Phys. 8, 82 (1936).
    """
    Z, N, A = nuclei.Z.astype(float), nuclei.N.astype(float), nuclei.A.astype(float)
    pairing = 1.0 - Z % 2 - N % 2
    return np.column_stack(
        [A, -(A ** (2.0 / 3.0)), -Z * (Z - 1.0) / np.cbrt(A), -((N - Z) ** 2) / A, pairing / np.sqrt(A)]
    )


def features(nuclei: Nuclei) -> np.ndarray:
    """What a network sees, (9, n): Z, N, A^(1/3), (N - Z) / A, how far Z and N are from magic numbers, parities."""
    Z, N, A = nuclei.Z, nuclei.N, nuclei.A
    from_magic = [np.abs(count[:, None] - MAGIC).min(axis=1) for count in (Z, N)]
    pairing = 1.0 - Z % 2 - N % 2
    return np.array([Z, N, np.cbrt(A), (N - Z) / A, *from_magic, Z % 2, N % 2, pairing / np.sqrt(A)], dtype=np.float64)
