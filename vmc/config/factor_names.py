"""Parameters by the kind of factor that a configuration calls it by.

Their own names begin with the class of the factor in a product and with nothing alone: they change when a factor, a
backflow or a second determinant comes in.
"""

from __future__ import annotations

from collections.abc import Sequence

from wavefunctions.parameters import ParameterLayout

#: Kinds that are made of one of several classes, or of one of another name.
_CLASSES = {
    "slater": ("slater", "slater_expansion", "backflow_slater", "backflow_expansion", "backflow_excitations"),
    "user": ("custom",),
}
_KIND = {name: kind for kind, names in _CLASSES.items() for name in names}


def by_kind(names: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Names of parameters or their entries with the kind of the factor in front: 'gaussian.alpha' for 'alpha'.

    Parameters
    ----------
    kinds : of the factors of the wave function, in its order.
    """
    if len(kinds) == 1:
        return [f"{kinds[0]}.{name}" for name in names]
    found = []
    for name in names:
        factor, dot, rest = name.partition(".")
        stem = factor.rstrip("0123456789")  # of several of a kind
        found.append(f"{_KIND.get(stem, stem)}{factor.removeprefix(stem)}{dot}{rest}")
    return found


def own_names(chosen: Sequence[str], layout: ParameterLayout, kinds: Sequence[str]) -> list[str]:
    """The parameters' own names for names that may go by kind; each as it is if it is a name already.

    Raises
    ------
    ValueError
        for a name of nothing either way.
    """
    own = [name for name, _ in layout.shapes]
    found: list[str] = []
    for name in chosen:
        before = len(found)
        for mine, spoken in zip(own, by_kind(own, kinds)):
            if name == spoken or spoken.startswith(f"{name}."):
                found.append(mine)
            elif name.startswith(f"{spoken}["):
                found.append(mine + name.removeprefix(spoken))
        if len(found) == before:
            found.append(name)
    layout.chosen(found)
    return found
