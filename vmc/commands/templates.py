"""The command that writes a commented configuration: init.  All comments come from the schema."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import typer
from pydantic import BaseModel

from vmc.config import Config
from vmc.config.load import check_config
from vmc.errors import UserError
from vmc.output.atomic import check_writable, replace_file
from vmc.output.plain_errors import plain_errors

_ELLIPTIC = [1.0, 1.0, 2.8284271247461903]


def _observables(r_max: float, pair_max: float) -> list[dict[str, Any]]:
    """What is measured beside the energy: densities out to where little is left."""
    return [
        {"kind": "radial_density", "r_max": r_max},
        {"kind": "pair_distribution", "r_max": pair_max},
        {"kind": "moments"},
    ]


#: What each system says beside the defaults.
SYSTEMS: dict[str, dict[str, Any]] = {
    "quantum-dot": {
        "title": "electrons in a 2-D dot, RBM x Pade-Jastrow",
        "system": {"n_particles": 2, "n_dim": 2},
        "hamiltonian": {"interaction": {"kind": "coulomb"}, "unit": "hartree"},
        "wavefunction": [{"kind": "rbm", "n_hidden": 8}, {"kind": "pade", "beta": 0.5}],
        "sampler": {"kind": "langevin", "n_walkers": 1024, "time_step": 0.3},
        "optimizer": {
            "kind": "gradient_descent",
            "learning_rate": 0.2,
            "samples": 20,
            "stride": 2,
            "preconditioner": {"kind": "sr", "diagonal_shift": 1e-4},
        },
        "evaluation": {"samples": 2000, "stride": 2},
        "observables": _observables(4.0, 6.0),
    },
    "boson-trap": {
        "title": "bosons in a trap, no interaction",
        "system": {"n_particles": 10, "n_dim": 3},
        "wavefunction": [{"kind": "gaussian", "alpha": 0.7}],
        "sampler": {"kind": "particle_metropolis", "n_walkers": 256, "step_size": 1.0, "thermalise": 100},
        "optimizer": {"kind": "adam", "learning_rate": 0.05, "iterations": 50, "samples": 20},
        "evaluation": {"samples": 500},
        "observables": _observables(3.5, 5.0),
    },
    "hard-spheres": {
        "title": "hard-sphere bosons in an elliptic trap",
        "system": {"n_particles": 10, "n_dim": 3},
        "hamiltonian": {"omega": _ELLIPTIC, "interaction": {"kind": "hard_sphere", "core_radius": 0.0043}},
        "wavefunction": [{"kind": "gaussian", "aspect": _ELLIPTIC}, {"kind": "hard_core"}],
        "sampler": {"kind": "particle_metropolis", "n_walkers": 128, "step_size": 1.0, "thermalise": 100},
        "optimizer": {
            "kind": "gradient_descent",
            "learning_rate": 0.5,
            "iterations": 25,
            "samples": 20,
            "stride": 2,
            "preconditioner": {"kind": "sr", "diagonal_shift": 0.0},
        },
        "evaluation": {"samples": 1000, "stride": 3},
        "observables": _observables(3.5, 5.0),
    },
    "calogero": {
        "title": "Calogero model",
        "system": {"n_particles": 4, "n_dim": 1},
        "hamiltonian": {"interaction": {"kind": "inverse_square", "exponent": 2.0}},
        "wavefunction": [{"kind": "gaussian", "alpha": 0.6}, {"kind": "power_law", "exponent": 2.0}],
        "sampler": {"kind": "metropolis", "n_walkers": 256},
        "optimizer": {
            "kind": "gradient_descent",
            "learning_rate": 0.1,
            "iterations": 40,
            "samples": 20,
            "preconditioner": {"kind": "sr"},
        },
        "evaluation": {"samples": 1000},
        "observables": _observables(5.0, 8.0),
    },
    "fermion-dot": {
        "title": "electrons in a 2-D dot, Slater determinants x Pade-Jastrow",
        "system": {"n_particles": 6, "n_dim": 2, "n_up": 3},
        "hamiltonian": {"interaction": {"kind": "coulomb"}, "unit": "hartree"},
        "wavefunction": [{"kind": "slater", "omega": 0.9, "learn_omega": True}, {"kind": "pade", "beta": 0.5}],
        "sampler": {"kind": "langevin", "n_walkers": 512, "time_step": 0.1},
        "optimizer": {
            "kind": "gradient_descent",
            "learning_rate": 0.2,
            "iterations": 60,
            "samples": 20,
            "stride": 2,
            "preconditioner": {"kind": "sr", "diagonal_shift": 1e-4},
        },
        "evaluation": {"samples": 1000, "stride": 2},
        "observables": _observables(5.0, 7.0),
    },
    "electron-gas": {
        "title": "electron gas in a cube, Hartree-Fock",
        "system": {"n_particles": 14, "n_dim": 3, "n_up": 7},
        "hamiltonian": {"kind": "electron_gas", "r_s": 2.0},
        "wavefunction": [{"kind": "slater"}],
        "sampler": {"kind": "particle_metropolis", "n_walkers": 256, "step_size": 1.5, "thermalise": 100},
        "optimizer": {"kind": "adam", "iterations": 0},
        "evaluation": {"samples": 500, "stride": 2},
    },
    "harmonic-bosons": {
        "title": "bosons in a 3-D trap with harmonic pair forces",
        "system": {"n_particles": 6, "n_dim": 3},
        "hamiltonian": {"interaction": {"kind": "harmonic_pair", "strength": 0.2}},
        "wavefunction": [{"kind": "gaussian"}, {"kind": "gaussian_pair"}],
        "sampler": {"kind": "metropolis", "n_walkers": 256},
        "optimizer": {
            "kind": "gradient_descent",
            "learning_rate": 0.5,
            "iterations": 40,
            "samples": 20,
            "stride": 2,
            "preconditioner": {"kind": "sr", "diagonal_shift": 1e-5},
        },
        "evaluation": {"samples": 2000, "stride": 3},
        "observables": _observables(3.0, 4.0),
    },
}


def init_command(system: str, output: Path | None) -> int:
    """Write the configuration of a system to a new file, or to standard output.

    Raises
    ------
    UserError
        for a system that is not known, or a file that is there already or cannot be written.
    """
    text = template(system)
    if output is None:
        typer.echo(text, nl=False)
        return 0
    if output.exists():
        raise UserError(f"{output} is there already: choose another name or remove it")
    with plain_errors():
        check_writable(output)
        replace_file(output, text.encode())
    typer.echo(f"{output}: now 'vmc run {output}'")
    return 0


def template(system: str) -> str:
    """The commented configuration of a system, with every key it could say."""
    if system not in SYSTEMS:
        near = difflib.get_close_matches(system, SYSTEMS, n=1, cutoff=0.5)
        hint = f", did you mean '{near[0]}'?" if near else ":"
        raise UserError(f"system '{system}'{hint} expected one of {', '.join(SYSTEMS)}")
    config = check_config(SYSTEMS[system], system)
    head = "# Run with 'vmc run FILE' or 'mpirun -n 4 vmc run FILE'.  Units: hbar = 1."
    return "\n".join([head, *_lines(config, ""), ""])


def _lines(section: BaseModel, path: str) -> Iterator[str]:
    """The keys of a section, then its sub-sections as tables of their own."""
    tables = []
    fields = type(section).model_fields
    for name in sorted(fields, key=lambda name: name != "kind"):
        field, value = fields[name], getattr(section, name)
        if isinstance(value, BaseModel) or (isinstance(value, list) and value and isinstance(value[0], BaseModel)):
            tables.append((name, value))
            continue
        comment = "; ".join(part for part in (field.description, _allowed(section, name, path)) if part)
        if value is None:
            kinds = _kinds(field.annotation)
            entry = f"# {name} = ..."
            comment += f"; a table, kind: {' | '.join(kinds)}" if kinds else ""
        else:
            entry = f"{name} = {json.dumps(value)}"
        yield f"{entry:<32}  # {comment}" if comment else entry
    for name, value in tables:
        full = f"{path}.{name}" if path else name
        for part in value if isinstance(value, list) else [value]:
            yield ""
            header = f"[[{full}]]" if isinstance(value, list) else f"[{full}]"
            yield f"{header:<34}# {' '.join((type(part).__doc__ or '').split())}"
            yield from _lines(part, full)


def _allowed(section: BaseModel, name: str, path: str) -> str:
    """The words a key may take; for a kind, those of all sections that may stand here."""
    if name == "kind":
        return " | ".join(_kinds(_annotation_at(path)) or _words(type(section).model_fields[name].annotation))
    return " | ".join(_words(type(section).model_fields[name].annotation))


def _words(annotation: Any) -> list[str]:
    return [str(word) for word in get_args(annotation)] if get_origin(annotation) is Literal else []


def _kinds(annotation: Any) -> list[str]:
    """All kinds of the sections an annotation allows."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get("kind")
        return _words(field.annotation) if field else []
    parts = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    if get_origin(annotation) is Literal:
        return []
    return [kind for part in parts for kind in _kinds(part)]


def _annotation_at(path: str) -> Any:
    """What the schema allows at a dotted path below the root, for the first two levels."""
    model: Any = Config
    for name in path.split("."):
        fields = [m.model_fields[name] for m in _models(model) if name in m.model_fields]
        if not fields:
            return None
        model = fields[0].annotation
    return model


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
