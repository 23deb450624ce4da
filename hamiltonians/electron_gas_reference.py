"""Energies of electron gases to compare with: total energies of finite cells in hartree.

As everywhere in this package they hold the background and the Madelung energy xi / 2 of every electron, so that a run
of the same cell can be compared with them as it is.
"""

from __future__ import annotations

from hamiltonians.electron_gas import gas_cell, hartree_fock
from hamiltonians.electron_gas_pair import gas_pair_energy
from hamiltonians.reference import Reference

_ATTACCALITE = (
    "fixed-node diffusion Monte Carlo of C. Attaccalite, S. Moroni, P. Gori-Giorgi and G. B. Bachelet, "
    "Phys. Rev. Lett. 88, 256601 (2002), as quoted in the notes of the code OmegaQMC"
)
_SHEPHERD = (
    "correlation energy quoted from memory of J. J. Shepherd, G. H. Booth and A. Alavi, J. Chem. Phys. 136, 244101 "
    "(2012), not verified, beside the exact Hartree-Fock energy"
)
#: (polarised, nodes) -> r_s -> energy per electron and its error; 57 polarised electrons in a square, else 58.
_IN_A_SQUARE = {
    (False, "plane waves"): {
        1.0: (-0.2013, 1e-4),
        2.0: (-0.255802, 4e-6),
        5.0: (-0.149134, 9e-6),
        10.0: (-0.0852706, 4e-7),
        20.0: (-0.046241, 1e-6),
        30.0: (-0.031923, 1e-6),
    },
    (False, "backflow"): {
        1.0: (-0.20372, 4e-5),
        2.0: (-0.25721, 3e-5),
        5.0: (-0.149518, 9e-6),
        10.0: (-0.085427, 6e-6),
        20.0: (-0.046385, 6e-6),
        30.0: (-0.031941, 2e-6),
    },
    (True, "plane waves"): {
        1.0: (0.13147, 2e-5),
        2.0: (-0.193349, 1e-6),
        5.0: (-0.143520, 5e-6),
        10.0: (-0.084555, 2e-6),
        20.0: (-0.0462385, 6e-7),
        30.0: (-0.0319298, 6e-7),
    },
    (True, "backflow"): {
        1.0: (0.13109, 4e-5),
        2.0: (-0.19359, 2e-5),
        5.0: (-0.143610, 7e-6),
        10.0: (-0.084584, 2e-6),
        20.0: (-0.0462488, 8e-7),
        30.0: (-0.031938, 1e-6),
    },
}
#: r_s -> correlation energy of 14 electrons in a cube, and its error.
_FOURTEEN = {0.5: (-0.5959, 7e-4), 1.0: (-0.5316, 4e-4), 2.0: (-0.444, 1e-3), 5.0: (-0.307, 1e-3)}


def electron_gas_pair(r_s: float) -> Reference:
    """Two electrons of opposite spin in a cube; the error is that of the extrapolation."""
    energy = gas_pair_energy(r_s)
    return Reference(energy.value, energy.error, "exact", "plane waves for the relative motion, extrapolated")


def published_square_gas(r_s: float, polarised: bool = False, nodes: str = "backflow") -> Reference:
    """Diffusion Monte Carlo energy of 58 electrons (29 of each spin) in a square, or of 57 of one spin: an upper bound.

    Parameters
    ----------
    nodes : 'plane waves' or 'backflow', those of the guiding wave function.

    Raises
    ------
    KeyError
        for nodes or a density without a published value.
    """
    values = _IN_A_SQUARE.get((polarised, nodes), {})
    if r_s not in values:
        raise KeyError(f"no published energy in a square for r_s = {r_s}, polarised = {polarised}, nodes = {nodes!r}")
    n = 57 if polarised else 58
    value, error = values[r_s]
    return Reference(n * value, n * error, "published", f"{_ATTACCALITE}, nodes of {nodes}, N = {n}")


def published_gas_14(r_s: float) -> Reference:
    """Full configuration interaction energy of 14 electrons, 7 of each spin, in a cube: an indication, see its source.

    Raises
    ------
    KeyError
        for a density without a value.
    """
    if r_s not in _FOURTEEN:
        raise KeyError(f"no published energy of 14 electrons in a cube for r_s = {r_s}")
    correlation, error = _FOURTEEN[r_s]
    value = 14 * hartree_fock(gas_cell(14, r_s), 7, 7).total + correlation
    return Reference(value, error, "published", _SHEPHERD)
