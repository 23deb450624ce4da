"""Names of quantities that observables of the package have, and files and summaries know them by."""

from __future__ import annotations

from collections.abc import Sequence

#: Quantities by the kind of observable, all that there may be.
SHIPPED = {
    "radial_density": ("radial_density", "radial_density_up", "radial_density_down"),
    "density_profiles": ("density_x", "density_y", "density_z"),
    "density_map": ("density_map",),
    "pair_distribution": ("pair_distribution", "pair_distribution_equal", "pair_distribution_opposite"),
    "moments": ("r", "r2", "x2", "y2", "z2", "pair_distance"),
    "pair_correlation": ("pair_correlation", "pair_correlation_equal", "pair_correlation_opposite"),
    "structure_factor": ("structure_factor", "spin_structure_factor"),
    "momentum_distribution": ("momentum_distribution", "momentum_distribution_up", "momentum_distribution_down"),
    "kinetic_forms": ("kinetic_gradient", "kinetic_difference"),
}
#: What stands in a summary beside parts of the energy.
IN_SUMMARIES = ("energy", "variance", "virial", "verdict")


def refuse_taken_name(name: str, components: Sequence[str] = ()) -> None:
    """Refuse the name of something else for an observable of the user's.

    Parameters
    ----------
    components : parts of the energy, where they are known.

    Raises
    ------
    ValueError
        with all names that are taken.
    """
    taken = [*(quantity for names in SHIPPED.values() for quantity in names), *IN_SUMMARIES, *components]
    if name in taken:
        raise ValueError(
            f"observable '{name}': results have that for something else, expected another name than {', '.join(taken)}"
        )
