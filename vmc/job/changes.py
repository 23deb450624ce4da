"""What may change between a save and a resume without making it another calculation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from vmc.config import Config, parse_config
from vmc.errors import UserError
from vmc.output.reader import DamagedFileError
from vmc.output.sealed import SchemaError
from vmc.results.comparison import flatten
from vmc.results.file import read_results
from vmc.stages.averaging import first_averaged
from vmc.stages.best import first_candidate

#: At any time.
CHANGEABLE = {"title", "output", "reference", "evaluation.samples", "evaluation.target_error"}
#: As long as the evaluation has not begun.
CHANGEABLE_BEFORE_EVALUATION = {
    "optimizer.iterations",
    "evaluation",
    "observables",
    "sampler.proposal.samples",
    "sampler.proposal.stride",
    "sampler.proposal.epochs",
}
#: Of these what has done its work when the optimisation ends.
SETTLED = {"optimizer.iterations", "evaluation.parameters"}


class Stand(NamedTuple):
    """Where a stored job stands: its phase, and how much of it is done."""

    phase: str
    position: int


def stands_at(attributes: Mapping[str, Any]) -> Stand:
    """Where a stored job stands; an evaluation without a measurement has not begun."""
    phase, position = str(attributes["phase"]), int(attributes["position"])
    return Stand("settle" if phase == "evaluate" and position == 0 else phase, position)


def refuse_changes(stored: Config, config: Config, stand: Stand, results: Path) -> None:
    """Name the first key whose change would make this another calculation."""
    if (key := _first_forbidden(stored, config, stand)) is not None:
        before, after = (_told(which, key) for which in (stored, config))
        same_parameters = not key.startswith(("system", "wavefunction"))
        raise UserError(
            f"{key} was {before} and cannot become {after} in phase '{stand.phase}': that is another calculation, "
            "start a new run"
            + (f" (with -s start.results={results} it begins with these parameters)" if same_parameters else "")
        )
    if stored.optimizer.iterations != config.optimizer.iterations:
        _refuse_other_end(stored, config, stand)


def refuse_other_results(results: Path, checkpoint: Path, stored: Config, stand: Stand) -> None:
    """Refuse a checkpoint whose job did not make the intact results beside it, which it would replace.

    A job that was killed between saving its checkpoint and its results left results of the configuration before, with
    changes that were allowed where it stood then; so may a backup.  Results that are missing or damaged are nobody's.

    Parameters
    ----------
    results, checkpoint : the files.
    stored, stand : configuration of the checkpoint, and where its job stands.

    Raises
    ------
    UserError
        naming both files and the first key that differs, or if another kind of file is in the place of the results.
    """
    try:
        attributes = read_results(results).attributes
    except (DamagedFileError, OSError):
        return
    except SchemaError as error:
        raise UserError(f"{error}: {checkpoint.name} would replace it, move one of them away") from error
    made = parse_config(str(attributes["config_toml"]), (), results.name)
    before = Stand(str(attributes["phase"]), stand.position)
    if (key := _first_forbidden(stored, made, stand, before)) is not None:
        of_results, of_checkpoint = (_told(which, key) for which in (made, stored))
        raise UserError(
            f"{results} and {checkpoint.name} are of two calculations, and the first would be replaced: "
            f"{key} is {of_results} in the one and {of_checkpoint} in the other; move one of them away"
        )


def _first_forbidden(stored: Config, other: Config, *stands: Stand) -> str | None:
    """The first key that is another one in the two and may not be at any of the places where the job stood."""
    here, there = _settings(stored), _settings(other)
    differing = (key for key in dict.fromkeys([*here, *there]) if here.get(key) != there.get(key))
    return next((key for key in differing if not any(_may_change(key, stored, stand) for stand in stands)), None)


def _settings(config: Config) -> dict[str, Any]:
    """Dotted keys and their values, without those that are none; and the order of tables, which go by their kind."""
    tables = config.model_dump(exclude_none=True)
    orders = {name: [table["kind"] for table in value] for name, value in tables.items() if isinstance(value, list)}
    return flatten(tables) | orders


def _told(config: Config, key: str) -> str:
    settings = _settings(config)
    return repr(settings[key]) if key in settings else "absent"


def _may_change(key: str, stored: Config, stand: Stand) -> bool:
    allowed, fixed = set(CHANGEABLE), set()
    if stand.phase not in ("evaluate", "done"):
        allowed |= CHANGEABLE_BEFORE_EVALUATION
        if stand.phase in ("choose", "settle") and stored.optimizer.iterations:
            fixed = SETTLED
    return key not in fixed and any(key == name or key.startswith(f"{name}.") for name in allowed)


def _refuse_other_end(stored: Config, config: Config, stand: Stand) -> None:
    """Refuse another number of iterations where what was kept of those that are made depends on the number.

    Kept are the best of the second half and the mean of the last quarter, not the parameters of every iteration.
    """
    made = stand.position if stand.phase == "optimise" else 0
    old, new = stored.optimizer.iterations, config.optimizer.iterations
    schedule = getattr(stored.optimizer, "schedule", None)
    if made and schedule is not None and schedule.kind == "cosine":
        raise UserError(
            f"optimizer.iterations = {new}: {made} iterations followed a cosine that ends after {old}, "
            f"expected {old}, or a new run"
        )
    first = {"best": first_candidate, "average": first_averaged}.get(config.evaluation.parameters)
    if first is None or first(new) >= made or first(new) == first(old):
        return
    least = next(n for n in range(new, 8 * made + 8) if first(n) >= made)
    what = "the best of the second half" if config.evaluation.parameters == "best" else "the mean of the last quarter"
    raise UserError(
        f"optimizer.iterations = {new}: {made} are made, and evaluation.parameters = "
        f"{config.evaluation.parameters!r} is {what}, of which {first(new)} to {made - 1} are not kept for another "
        f"end: expected {old}, at least {least}, or evaluation.parameters = 'last'"
    )


def refuse_other_kernels(stored: dict[str, dict[str, str]], given: dict[str, dict[str, str]]) -> None:
    """Refuse other functions of the user's, by name or by what they say: numbers of two Hamiltonians would be mixed."""
    targets, others = ({name: entry["target"] for name, entry in found.items()} for found in (stored, given))
    if targets != others:
        wanted = " ".join(f"--kernel {name}={value}" for name, value in targets.items()) or "no --kernel"
        raise UserError(f"this run was started with {wanted}: resume it with the same")
    for name, entry in stored.items():
        contents = {entry["content"], given[name]["content"]}
        if given[name]["python"] == entry["python"] and len(contents) == 2 and "" not in contents:
            raise UserError(
                f"--kernel {name}={entry['target']}: the function, or one that it calls, is not what it was when this "
                "run was started: that is another calculation, start a new run"
            )
