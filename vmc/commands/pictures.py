"""The command that draws: plot."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import typer

from vmc.errors import UserError
from vmc.output.atomic import check_writable, replace_file
from vmc.output.plain_errors import plain_errors
from vmc.plotting.contents import absent
from vmc.plotting.kinds import KINDS, figure_of, needs
from vmc.plotting.style import picture
from vmc.results.loading import load

SUFFIXES = (".png", ".pdf", ".svg")


def plot_command(results: Path, output: Path | None, kind: str) -> int:
    """Draw a results file into a picture; no screen is needed.

    Raises
    ------
    UserError
        for an unknown kind or format, unreadable results or some that hold nothing of this kind, or a picture that
        cannot be written.
    """
    _expect("kind of plot", kind, KINDS)
    target = output or default_picture(results, kind)
    if target.is_dir():
        raise UserError(f"{target} is a folder, expected the name of a picture ({', '.join(SUFFIXES)})")
    _expect(f"{target}: format", target.suffix.lower(), SUFFIXES)
    loaded = load(results)
    missing = absent(loaded)
    reasons = list(dict.fromkeys(missing[part] for part in needs(kind) if part in missing))
    if all(part in missing for part in needs(kind)):
        there = [other for other in KINDS if not all(part in missing for part in needs(other))]
        raise UserError(
            f"{results}: nothing to draw for '{kind}': {', '.join(reasons)}"
            + (f"; there is {', '.join(there)}" if there else "")
        )
    with plain_errors():
        check_writable(target)
        replace_file(target, picture(figure_of(loaded, kind), target.suffix.lower()))
    typer.echo(str(target))
    for reason in reasons:
        typer.echo(f"note: {reason}", err=True)
    return 0


def default_picture(results: Path, kind: str) -> Path:
    """NAME.png or NAME-kind.png beside the results NAME.h5."""
    name = results.name.removesuffix(".h5")
    return results.with_name(f"{name}.png" if kind == "summary" else f"{name}-{kind}.png")


def _expect(what: str, given: str, allowed: Sequence[str]) -> None:
    """Refuse what is not allowed, with the nearest that is."""
    if given in allowed:
        return
    near = difflib.get_close_matches(given, allowed, n=1, cutoff=0.5)
    hint = f", did you mean '{near[0]}'?" if near else ":"
    raise UserError(f"{what} '{given}'{hint} expected one of {', '.join(allowed)}")
