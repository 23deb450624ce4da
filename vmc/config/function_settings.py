"""Settings of wave functions that say what function of its parameters each factor is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vmc.config.factor_sections import Factor
from vmc.config.sections import Section

#: What stands for a key that is absent.
NONE = "not given"


def differing_settings(here: Sequence[Factor], there: Sequence[Factor]) -> list[str]:
    """In what factors that have the same parameters are other functions of them, 'pade.cusp = 1.0 here, 0.5 there'.

    First values of parameters and their number do not count: the parameters hold them.  Factors are compared with those
    of their kind, the first with the first.
    """
    kinds = [[factor.kind for factor in factors] for factors in (here, there)]
    lines = []
    if kinds[0] != kinds[1]:
        lines.append(f"wavefunction = {' x '.join(kinds[0])} here, {' x '.join(kinds[1])} there")
    for one, other in _pairs(here, there):
        ours, theirs = _function_settings(one, one.kind), _function_settings(other, other.kind)
        lines += [
            f"{key} = {_written(ours, key)} here, {_written(theirs, key)} there"
            for key in (ours | theirs)
            if ours.get(key) != theirs.get(key)
        ]
    return lines


def _pairs(here: Sequence[Factor], there: Sequence[Factor]) -> list[tuple[Factor, Factor]]:
    """Factors of the same kind, in the order of those here."""
    left = list(there)
    found = []
    for one in here:
        other = next((factor for factor in left if factor.kind == one.kind), None)
        if other is not None:
            left.remove(other)
            found.append((one, other))
    return found


def _function_settings(section: Section, name: str) -> dict[str, Any]:
    """Key -> value of a table and of those in it, without what the parameters hold."""
    found: dict[str, Any] = {}
    for key in type(section).model_fields:
        value = getattr(section, key)
        if key in section.held_by_parameters():
            continue
        if isinstance(value, list) and all(isinstance(part, Section) for part in value):
            for k, part in enumerate(value):
                found |= _function_settings(part, f"{name}.{key}" + (f"[{k}]" if len(value) > 1 else ""))
        else:
            found[f"{name}.{key}"] = value
    return found


def _written(settings: dict[str, Any], key: str) -> str:
    value = settings.get(key)
    return NONE if value is None else repr(value)
