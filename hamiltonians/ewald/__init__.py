"""Ewald sums: long-ranged interactions of charges in a periodic cell."""

from hamiltonians.ewald.madelung_constant import madelung
from hamiltonians.ewald.sums import Ewald

__all__ = ["Ewald", "madelung"]
