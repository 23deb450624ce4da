"""Write docs/configuration.md from the schema: python docs/make_configuration.py [--check]."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticUndefined

from vmc.config import (
    backflow_sections,
    factor_sections,
    hamiltonian_sections,
    observable_sections,
    optimizer_sections,
    schema,
)
from vmc.config.sections import LARGEST, MOST

PAGE = Path(__file__).with_name("configuration.md")
INTRODUCTION = """# Configuration

A configuration is a TOML file. Unknown keys, values of the wrong type and values out of range are refused with the
nearest valid spelling. `vmc init SYSTEM` writes one with comments, `vmc check FILE --resolved` prints one with all its
defaults, and `-s key=value` lays a value over a file, e.g. `-s optimizer.learning_rate=0.1`,
`-s wavefunction.rbm.n_hidden=4` or `-s "sampler={kind='metropolis', n_walkers=64}"`.

A number that cannot be negative may be as large as 1e12, a length, mass or frequency also as small as 1e-12, a count as
large as 1000000000; text has no NUL characters.

Units: hbar = 1, and m = 1 unless `system.masses` says otherwise; lengths and energies follow from omega.
`[[wavefunction]]` may occur several times: the factors are multiplied. So may `[[observables]]`, every kind once. This
page is written by `python docs/make_configuration.py` from the schema itself.

Some keys shape the compiled code, and a value that no run had before compiles what depends on it: `system.n_dim`, the
`kind` of a factor, interaction or sampler, switches of a factor, `order` of a series or polynomial (5 to 18 s on one
core), `activation`, `layer_norm` and `residual` of a network (10 to 20 s). Numbers of particles, walkers, iterations
and units in a layer, omega, initial parameters and settings of the optimiser compile nothing. Orders are among the
former because loops over powers that are not unrolled made factors two to thirteen times slower.
"""
EXAMPLE = """## Example: an open shell

Four electrons in a dot, two of either spin, with two electrons in the second shell: the singlet without angular
momentum is the sum of the determinants with both in one orbital. Orbitals are counted from 0, shell by shell
([theory](theory.md), section 19); weights are parameters, and a further determinant is one more list for each spin.

```toml
[system]
n_particles = 4
n_dim = 2
n_up = 2

[hamiltonian]
interaction = { kind = "coulomb" }

[[wavefunction]]
kind = "slater"
occupied_up = [[0, 1], [0, 2]]
occupied_down = [[0, 1], [0, 2]]
weights = [1.0, 1.0]

[[wavefunction]]
kind = "pade"
```
"""
#: Sections in the order of the page: path in the file, and the models that may stand there.
SECTIONS: tuple[tuple[str, tuple[type[BaseModel], ...]], ...] = (
    ("", (schema.Config,)),
    ("system", (schema.SystemSection,)),
    ("hamiltonian", (hamiltonian_sections.TrapSection, hamiltonian_sections.ElectronGasSection)),
    (
        "hamiltonian.interaction",
        (
            hamiltonian_sections.Coulomb,
            hamiltonian_sections.HardSphere,
            hamiltonian_sections.GaussianInteraction,
            hamiltonian_sections.HarmonicPair,
            hamiltonian_sections.InverseSquare,
            hamiltonian_sections.UserFunction,
        ),
    ),
    (
        "wavefunction",
        (
            factor_sections.GaussianFactor,
            factor_sections.RBMFactor,
            factor_sections.FeedForwardFactor,
            factor_sections.DeepSetsFactor,
            factor_sections.PadeFactor,
            factor_sections.PadeSeriesFactor,
            factor_sections.PairPolynomialFactor,
            factor_sections.PlaneWavePairsFactor,
            factor_sections.RadialSeriesFactor,
            factor_sections.HardCoreFactor,
            factor_sections.PowerLawFactor,
            factor_sections.GaussianPairFactor,
            factor_sections.SlaterFactor,
            factor_sections.UserFactor,
        ),
    ),
    (
        "wavefunction.backflow",
        (
            backflow_sections.PairBackflowSection,
            backflow_sections.PlaneWaveBackflowSection,
            backflow_sections.MessagePassingSection,
        ),
    ),
    ("start", (schema.StartSection,)),
    ("pretraining", (schema.PretrainingSection,)),
    ("sampler", (schema.MetropolisSection, schema.LangevinSection, schema.GibbsSection)),
    ("sampler.proposal", (schema.MixtureProposalSection, schema.FlowProposalSection)),
    (
        "optimizer",
        (
            optimizer_sections.FirstOrderSection,
            optimizer_sections.MomentumSection,
            optimizer_sections.QuasiNewtonSection,
        ),
    ),
    (
        "optimizer.schedule",
        (
            optimizer_sections.ConstantSchedule,
            optimizer_sections.DecaySchedule,
            optimizer_sections.PowerLawSchedule,
            optimizer_sections.CosineSchedule,
        ),
    ),
    (
        "optimizer.preconditioner",
        (optimizer_sections.StochasticReconfigurationSection, optimizer_sections.MinSRSection),
    ),
    ("evaluation", (schema.EvaluationSection,)),
    (
        "observables",
        (
            observable_sections.RadialDensitySection,
            observable_sections.DensityProfilesSection,
            observable_sections.DensityMapSection,
            observable_sections.PairDistributionSection,
            observable_sections.MomentsSection,
            observable_sections.PairCorrelationSection,
            observable_sections.StructureFactorSection,
            observable_sections.MomentumDistributionSection,
            observable_sections.KineticFormsSection,
            observable_sections.UserObservable,
        ),
    ),
    ("output", (schema.OutputSection,)),
    ("reference", (schema.ReferenceSection,)),
)


def words(annotation: Any) -> list[str]:
    """The words a Literal allows."""
    return [f"`{word}`" for word in get_args(annotation)] if get_origin(annotation) is Literal else []


def kind_of(annotation: Any) -> str:
    """What a value may be."""
    if chosen := words(annotation):
        return ", ".join(chosen)
    if get_origin(annotation) is Annotated:
        inner, *further = get_args(annotation)
        alone = any(isinstance(one, BeforeValidator) for one in further)
        kind = kind_of(inner)
        return f"table or {kind}" if alone and kind != "table" else kind
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            return "table"
        return {"int": "integer", "float": "number", "str": "text", "bool": "true or false"}.get(
            annotation.__name__, annotation.__name__
        )
    parts = dict.fromkeys(kind_of(part) for part in get_args(annotation) if part is not type(None))
    if get_origin(annotation) is list:
        inner = next(iter(parts))
        return (
            "list of tables"
            if "table" in parts
            else f"list of {'lists' + inner[4:] if inner[:4] == 'list' else inner + 's'}"
        )
    if get_origin(annotation) is dict:
        return "table of numbers"
    return " or ".join(parts)


def limits(field: Any) -> str:
    """Bounds of a number, without those that the introduction says of all."""
    signs = {"gt": "> ", "ge": ">= ", "lt": "< ", "le": "<= "}
    found = {sign: getattr(m, name) for m in field.metadata for name, sign in signs.items() if hasattr(m, name)}
    for part in get_args(field.annotation):
        for meta in getattr(part, "__metadata__", ()):
            for entry in getattr(meta, "metadata", ()):
                found |= {sign: getattr(entry, name) for name, sign in signs.items() if hasattr(entry, name)}
    if (found.get(">= "), found.get("<= ")) == (1.0 / LARGEST, LARGEST):
        found = {"> ": 0, **found, ">= ": None}
    return ", ".join(f"{sign}{value}" for sign, value in found.items() if value not in (None, LARGEST, MOST))


def default(field: Any) -> str:
    """The default as TOML would have it."""
    value = field.default
    if value is PydanticUndefined:
        return "needed"
    if value is None:
        return "none"
    if isinstance(value, BaseModel):
        return f"kind = {value.kind}" if hasattr(value, "kind") else "its defaults"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`" if text else "empty"


def table(model: type[BaseModel], shown: set[str]) -> list[str]:
    """One line for each key that was not shown before."""
    lines = ["| key | value | default | meaning |", "|:--|:--|:--|:--|"]
    for name, field in model.model_fields.items():
        if name not in shown:
            value = "; ".join(part for part in (kind_of(field.annotation), limits(field)) if part)
            lines.append(f"| `{name}` | {value} | {default(field)} | {field.description or ''} |")
    return lines if len(lines) > 2 else []


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for path, models in SECTIONS:
        parts.append(f"## {'[' + path + ']' if path else 'Top level'}\n")
        base = next((m for m in models[0].__mro__ if m.__name__.endswith("Common")), None)
        common = set(base.model_fields) if base else set()
        if base:
            parts.append("For every kind:\n\n" + "\n".join(table(base, set())) + "\n")
        for model in models:
            kinds = words(model.model_fields["kind"].annotation) if "kind" in model.model_fields else []
            text = re.sub(r"\s+", " ", (model.__doc__ or "").strip())
            title = f"kind = {', '.join(kinds)}: {text}" if kinds else text
            rows = "\n".join(table(model, common | {"kind"}))
            parts.append(f"{title}\n" + (f"\n{rows}\n" if rows else ""))
    return "\n".join([*parts, EXAMPLE])


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 where the page is out of date")
    if parser.parse_args().check:
        same = PAGE.exists() and PAGE.read_text() == page()
        if not same:
            print("docs/configuration.md is out of date: python docs/make_configuration.py", file=sys.stderr)
        return int(not same)
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
