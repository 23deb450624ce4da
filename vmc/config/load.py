"""Reading configurations: strict, and with errors that say what to write instead."""

from __future__ import annotations

import copy
import difflib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args, get_origin

import tomli_w
from pydantic import BaseModel, ValidationError

from vmc.config.schema import Config
from vmc.errors import UserError

#: A configuration is a page of text; anything larger is a mistake.
MAX_BYTES = 1_000_000


def load_config(path: str | Path, overrides: Iterable[str] = ()) -> Config:
    """Read a TOML file and apply ``section.key=value`` overrides.

    Raises
    ------
    UserError
        with one line that names the file, the key, its value, and what was expected.
    """
    return parse_config(read_text(path), overrides, str(path))


def read_text(path: str | Path) -> str:
    """The text of a configuration file, or of a list of them; a pipe will do.

    Raises
    ------
    UserError
        if it cannot be read, is larger than a configuration can be, or is no text.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)  # a device tells no size and may never end
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    if len(content) > MAX_BYTES:
        raise UserError(f"{path}: more than {MAX_BYTES} bytes, too large for a configuration")
    try:
        return content.decode("utf-8-sig")  # some editors of Windows begin a file with a mark
    except UnicodeDecodeError:
        raise UserError(f"{path}: not a UTF-8 text file") from None


def parse_config(text: str, overrides: Iterable[str] = (), name: str = "configuration") -> Config:
    """Read TOML text (see :func:`load_config`).

    A reference belongs to the Hamiltonian beside it: it is left out where overrides make another one and name none.
    """
    data, overrides = _parse(text, name), list(overrides)
    physics = _physics(data)
    for override in overrides:
        _apply(data, override)
    if _physics(data) != physics and not any(override.lstrip().startswith("reference") for override in overrides):
        data.pop("reference", None)
    return check_config(data, name)


def check_config(data: dict[str, Any], name: str = "configuration") -> Config:
    """Check a configuration given as nested dictionaries (see :func:`load_config`)."""
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise UserError(f"{name}: {_explain(error)}") from None


def to_toml(config: Config) -> str:
    """The fully resolved configuration as TOML text."""
    return tomli_w.dumps(config.model_dump(exclude_none=True))


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{name}: not valid TOML: {error}") from None
    except (RecursionError, ValueError) as error:
        raise UserError(f"{name}: not a sensible configuration: {type(error).__name__}") from None


def _physics(data: dict[str, Any]) -> list:
    """What the energy depends on beside the wave function."""
    hamiltonian = data.get("hamiltonian")
    if isinstance(hamiltonian, dict):
        hamiltonian = {key: value for key, value in hamiltonian.items() if key not in ("kinetic", "unit", "accuracy")}
    return copy.deepcopy([data.get("system"), hamiltonian])


def _apply(data: dict[str, Any], override: str) -> None:
    """Set one dotted key; a value that is not TOML is taken as text."""
    key, equals, text = override.partition("=")
    if not equals or not key.strip():
        raise UserError(f"-s {override!r}: expected section.key=value")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    *parents, last = key.strip().split(".")
    table: Any = data
    for parent in parents:
        if isinstance(table, list):
            table = _entry(table, parent, key)
        else:
            table = table.setdefault(parent, {})
        if not isinstance(table, (dict, list)):
            raise UserError(f"-s {override!r}: '{parent}' is a value, not a section")
    if isinstance(table, list):
        raise UserError(f"-s {override!r}: expected an entry of the list by number or kind, then a key")
    table[last] = value


def _entry(table: list, name: str, key: str) -> dict:
    """An entry of an array of tables, by position or by kind."""
    for position, entry in enumerate(table):
        if name == str(position) or (isinstance(entry, dict) and entry.get("kind") == name):
            return entry
    kinds = [str(entry.get("kind")) for entry in table if isinstance(entry, dict)]
    raise UserError(f"-s {key}: no entry {name!r} in the list, expected one of {', '.join(kinds)}")


def _explain(error: ValidationError) -> str:
    """The first problem in one line; of a union's alternatives, the one that fits furthest."""
    problems = error.errors(include_url=False)
    problem = max((p for p in problems if p["loc"][:2] == problems[0]["loc"][:2]), key=_how_telling)
    location = problem["loc"]
    where = ".".join(str(part) for part in _spoken(location))
    value = problem.get("input")
    if problem["type"] == "extra_forbidden":
        allowed = _allowed_keys(location[:-1])
        return f"unknown key '{where}'{_suggest(str(location[-1]), allowed)}"
    if problem["type"] == "missing":
        return f"missing key '{where}'"
    if problem["type"] == "union_tag_invalid":
        tags = problem["ctx"]["expected_tags"].replace("'", "").split(", ")
        given = value.get("kind") if isinstance(value, dict) else value
        return f"{where}.kind = {given!r}{_suggest(str(given), tags)}"
    if problem["type"] == "union_tag_not_found":
        return f"missing key '{where}.kind'"
    if problem["type"] == "literal_error":
        choices = [part.strip().strip("'") for part in problem["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return f"{where} = {value!r}{_suggest(str(value), choices)}"
    if (misshapen := _misshapen(where, location, problem["type"], value)) is not None:
        return misshapen
    text = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "value_error":
        return f"[{where}] {text}" if where else text
    for bound in [limit for limit in problem.get("ctx", {}).values() if isinstance(limit, float)]:
        text = f"{text[: text.rindex(' ')]} {bound:g}"  # 1e-12, not its twelve digits
    return f"{where} = {value!r}: {text[0].lower() + text[1:]}"


def _misshapen(where: str, location: tuple, problem: str, value: Any) -> str | None:
    """What to write where a table, or several, should stand and something else does; None where none should."""
    models = _models_at(location)
    if not models or problem not in ("list_type", "model_type", "model_attributes_type"):
        return None
    kinds = [kind for model in models for kind in _kinds_in_order(model)]
    kind = value if isinstance(value, str) and value in kinds else next(iter(kinds), None)
    if problem == "list_type":
        if isinstance(value, dict):
            return f"[{where}]: expected double brackets, [[{where}]], one for each of the list"
        return f'{where} = {value!r}: expected tables, [[{where}]] with kind = "{kind}" say'
    if isinstance(value, list) and len(location) == 1 and value and isinstance(value[0], dict):
        return f"[[{where}]]: expected single brackets, [{where}], since there is one only"
    example = f'kind = "{kind}"' if kind else f"{next(iter(models[0].model_fields))} = ..."
    return f"{where} = {value!r}: expected a table, {{ {example} }} say"


def _how_telling(problem: Any) -> tuple[int, bool]:
    """A deep problem says more than a shallow one, and a misspelt key more than the one it leaves missing."""
    return len(problem["loc"]), problem["type"] == "extra_forbidden"


def _spoken(location: tuple) -> list[str]:
    """The location without what pydantic puts in: names of union members, and the place in a list of one table."""
    model_tags = {"float", "list[constrained-float]", "constrained-float", "list[float]"}
    parts = [str(part) for part in location if str(part) not in model_tags]
    spoken: list[str] = []
    for position, part in enumerate(parts):
        previous = parts[position - 1] if position else ""
        if previous in _ONE_OR_SEVERAL and part == "0":
            continue
        if not ((previous.isdigit() or previous in _CHOSEN_BY_KIND) and part in _KINDS):
            spoken.append(part)
    return spoken


def _suggest(word: str, allowed: list[str]) -> str:
    near = difflib.get_close_matches(word, allowed, n=1, cutoff=0.5)
    hint = f", did you mean '{near[0]}'?" if near else ""
    return f"{hint or ':'} expected one of {', '.join(allowed)}" if allowed else hint


def _models(annotation: Any) -> list[type[BaseModel]]:
    """All section models that an annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) is None:
        return []
    return [model for part in get_args(annotation) for model in _models(part)]


def _kinds_in_order(model: type[BaseModel]) -> tuple[str, ...]:
    """The values of 'kind' that choose this section."""
    field = model.model_fields.get("kind")
    return get_args(field.annotation) if field is not None else ()


def _kinds(model: type[BaseModel]) -> set[str]:
    return set(_kinds_in_order(model))


def _models_at(location: tuple) -> list[type[BaseModel]]:
    """The sections that may stand at a location."""
    candidates: list[type[BaseModel]] = [Config]
    for part in location:
        if isinstance(part, int):
            continue
        tagged = [model for model in candidates if part in _kinds(model)]
        if tagged:
            candidates = tagged
            continue
        candidates = [
            found
            for model in candidates
            if part in model.model_fields
            for found in _models(model.model_fields[part].annotation)
        ]
    return candidates


def _allowed_keys(location: tuple) -> list[str]:
    """Keys of the section at a location."""
    return sorted({key for model in _models_at(location) for key in model.model_fields})


def _all_kinds() -> set[str]:
    kinds: set[str] = set()
    waiting: list[type[BaseModel]] = [Config]
    while waiting:
        model = waiting.pop()
        kinds |= _kinds(model)
        for field in model.model_fields.values():
            waiting += _models(field.annotation)
    return kinds


_KINDS = _all_kinds()
_ONE_OR_SEVERAL = ("backflow",)
_CHOSEN_BY_KIND = ("hamiltonian", "backflow", "interaction", "sampler", "proposal", "optimizer", "schedule")
