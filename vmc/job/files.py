"""The files of a job."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vmc.config import Config, parse_config, to_toml
from vmc.errors import UserError
from vmc.job.snapshot import take_snapshot
from vmc.output.atomic import check_writable, previous_path
from vmc.output.checkpoint import Loaded, load_checkpoint, save_checkpoint
from vmc.output.plain_errors import plain_errors
from vmc.parallel import on_root
from vmc.results.file import save_results
from vmc.stages.driver import Driver
from vmc.stages.energy_summary import EnergySummary

#: How the names of checkpoints end.
CHECKPOINTS = (".ckpt.h5", ".ckpt.previous.h5")


def refuse_folder(output: Path) -> None:
    """Check that an output, NAME or NAME.h5, is no folder, beside which the results would lie.

    Raises
    ------
    UserError
        if it is.
    """
    if output.is_dir():
        raise UserError(f"{output} is a folder, expected the name of a results file")


def refuse_other_than_results(path: Path) -> None:
    """Check that a path, NAME or NAME.h5, can be that of the results of a job, and say which these are where it is not.

    Raises
    ------
    UserError
        for a checkpoint, a configuration or a folder.
    """
    for ending in CHECKPOINTS:
        if path.name.endswith(ending):
            results = path.with_name(path.name.removesuffix(ending) + ".h5")
            raise UserError(f"{path} is a checkpoint, expected the results beside it, {results}")
    if JobFiles.at(path).results.exists():
        return
    if path.suffix == ".toml":
        raise UserError(f"{path} is a configuration, expected results, such as {path.with_suffix('.h5')}")
    if path.is_dir():
        raise UserError(f"{path} is a folder, expected the name of a results file")


@dataclass(frozen=True)
class JobFiles:
    """Results NAME.h5 and checkpoint NAME.ckpt.h5 with the generation before it."""

    results: Path

    @classmethod
    def at(cls, output: Path) -> JobFiles:
        """Files of a job whose output is NAME or NAME.h5."""
        return cls(output if output.suffix == ".h5" else output.with_name(output.name + ".h5"))

    @property
    def checkpoint(self) -> Path:
        """Where the state for a continuation lies."""
        return self.results.with_name(self.results.name.removesuffix(".h5") + ".ckpt.h5")

    def refuse_existing(self, overwrite: bool) -> None:
        """Check that a new job may write here.

        Raises
        ------
        UserError
            if the folder cannot be written, the name is that of a checkpoint, or results or a checkpoint stand there
            already.
        """
        if self.results.name.endswith(CHECKPOINTS):
            raise UserError(f"{self.results}: checkpoints are called so, expected another name for results")
        bare = self.results.with_suffix("")
        if bare.exists() and not (bare.is_file() or bare.is_dir()):
            raise UserError(f"{bare}: there is a device of that name, expected the name of a file")
        with plain_errors():
            check_writable(self.results)
        taken = [path for path in (self.results, self.checkpoint) if path.exists()]
        if taken and not overwrite:
            raise UserError(
                f"{taken[0]} exists: continue it with 'vmc resume {self.results}', "
                "choose another -o, or give --overwrite"
            )

    def remove_existing(self) -> None:
        """Make room for a new job that is ready to begin."""
        for path in (self.results, self.checkpoint, previous_path(self.checkpoint)):
            path.unlink(missing_ok=True)

    def load(self) -> Loaded:
        """The newest intact checkpoint."""
        with plain_errors():
            return load_checkpoint(self.checkpoint)


def stored_config(loaded: Loaded) -> Config:
    """The configuration a checkpoint was made with."""
    return parse_config(str(loaded.attributes["config_toml"]), (), loaded.path.name)


def write_state(
    driver: Driver,
    config: Config,
    files: JobFiles,
    attributes: dict[str, Any],
    kernels: dict[str, dict[str, str]],
    gave_up: str = "",
) -> EnergySummary | None:
    """Write checkpoint and results; collective, the summary is known on the root only.

    `gave_up` says why the job ends here, if it does: results tell it until the job goes on.
    """
    communicator = driver.ensemble.communicator
    snapshot = take_snapshot(driver)
    summary = driver.evaluation.summary() if driver.evaluation.n_done else None

    def write() -> None:
        assert snapshot is not None
        tree, state = snapshot
        state |= {"config_toml": to_toml(config), "kernels": json.dumps(kernels, sort_keys=True)}
        found = {**attributes, "phase": driver.phase, **({"gave_up": gave_up} if gave_up else {})}
        with plain_errors():
            save_checkpoint(files.checkpoint, tree, state)
            save_results(files.results, driver, config, summary, found)

    on_root(communicator, write)
    return summary
