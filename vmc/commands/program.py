"""All commands with their options; the work is imported when a command runs, so that --help is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

program = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Variational Monte Carlo with neural-network quantum states in continuous space.",
    epilog="Start with 'vmc init quantum-dot > dot.toml' and 'mpirun -n 2 vmc run dot.toml'.",
)

Set = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer reads this form on all supported versions
    typer.Option("--set", "-s", metavar="KEY=VALUE", help="Override a key, e.g. optimizer.learning_rate=0.1."),
]
Kernel = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--kernel",
        metavar="NAME=MODULE:FUNCTION",
        help="Use a function of yours where the configuration says kind = 'user': "
        "interaction, potential, log_psi or observable. Imports and runs the module.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
MaxTime = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--max-time", metavar="TIME", help="Save and stop before this wall time: 3600, 90m or 1:30:00."),
]
Results = Annotated[Path, typer.Argument(help="Results file (.h5).", show_default=False)]


@program.command()
def run(
    config: Annotated[Path, typer.Argument(help="Configuration (.toml).", show_default=False)],
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--output", "-o", help="Results file; the configuration's name with .h5 where not given."),
    ] = None,
    settings: Set = None,
    kernel: Kernel = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace results that stand there.")] = False,
    max_time: MaxTime = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Optimise and evaluate the wave function of a configuration.

    Under mpirun all ranks share the walkers, and the numbers are bit for bit those of one rank.
    SIGUSR1 saves; SIGTERM and Ctrl-C save and stop; 'vmc resume' goes on.
    """
    from vmc.commands.jobs import run_command

    raise typer.Exit(run_command(config, output, settings or [], kernel or [], overwrite, max_time, quiet, json))


@program.command()
def resume(
    results: Results,
    settings: Set = None,
    kernel: Kernel = None,
    max_time: MaxTime = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Go on with a run that was stopped or killed, bit for bit, on any number of ranks.

    One that has ended goes on with -s evaluation.samples=MORE or a smaller evaluation.target_error.
    """
    from vmc.commands.jobs import resume_command

    raise typer.Exit(resume_command(results, settings or [], kernel or [], max_time, quiet, json))


@program.command()
def check(
    config: Annotated[Path, typer.Argument(help="Configuration (.toml).", show_default=False)],
    settings: Set = None,
    kernel: Kernel = None,
    ranks: Annotated[int, typer.Option(min=1, help="Number of ranks to plan for.")] = 1,
    resolved: Annotated[bool, typer.Option("--resolved", help="Print the configuration with all defaults.")] = False,
    json: Json = False,
) -> None:
    """Check a configuration and tell what it will cost, without sampling."""
    from vmc.commands.inspect import check_command

    raise typer.Exit(check_command(config, settings or [], kernel or [], ranks, resolved, json))


@program.command()
def show(
    results: Results,
    config: Annotated[bool, typer.Option("--config", help="Print the configuration instead.")] = False,
    json: Json = False,
) -> None:
    """Print what a results file holds: energy, parts, verdict, where it came from."""
    from vmc.commands.inspect import show_command

    raise typer.Exit(show_command(results, config, json))


@program.command()
def plot(
    results: Results,
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--output", "-o", help="Picture (.png, .pdf or .svg); next to the results where not given."),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            "-k",
            help="summary, energy, variance, blocking, parameters, acceptance, components, "
            "density, profiles, map or pair.",
        ),
    ] = "summary",
) -> None:
    """Draw a results file: energy, variance, blocking, parameters, acceptance, densities."""
    from vmc.commands.pictures import plot_command

    raise typer.Exit(plot_command(results, output, kind))


@program.command()
def watch(
    results: Results,
    once: Annotated[bool, typer.Option("--once", help="Look once; an error where there is no file yet.")] = False,
    interval: Annotated[float, typer.Option("--interval", min=0.05, help="Seconds between two looks.")] = 1.0,
) -> None:
    """Follow a running job: energy, error, acceptance, progress, time left."""
    from vmc.commands.watching import watch_command

    raise typer.Exit(watch_command(results, once, interval))


@program.command()
def compare(
    results: Annotated[list[Path], typer.Argument(help="Results files (.h5), two or more.", show_default=False)],
    json: Json = False,
) -> None:
    """Compare runs with the first: what their configurations differ in, energies and observables."""
    from vmc.commands.comparing import compare_command

    raise typer.Exit(compare_command(results, json))


@program.command()
def verify(
    study: Annotated[
        Path,
        typer.Argument(help="Folder with config.toml and perhaps study.toml, or a .toml file.", show_default=False),
    ],
    settings: Set = None,
    kernel: Kernel = None,
    case: Annotated[str, typer.Option("--case", help="Only cases of study.toml whose name contains this.")] = "",
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run a study and compare its energies with its references; status 3 where one disagrees."""
    from vmc.commands.verifying import verify_command

    raise typer.Exit(verify_command(study, settings or [], kernel or [], case, quiet, json))


@program.command(name="list")
def list_results(
    folder: Annotated[Path, typer.Argument(help="Folder to search, with its subfolders.")] = Path("."),
    json: Json = False,
) -> None:
    """List the results files in a folder with their energies."""
    from vmc.commands.inspect import list_command

    raise typer.Exit(list_command(folder, json))


@program.command()
def init(
    system: Annotated[
        str,
        typer.Argument(
            help="quantum-dot, boson-trap, hard-spheres, calogero, fermion-dot, electron-gas or harmonic-bosons."
        ),
    ] = "quantum-dot",
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--output", "-o", help="File to write; standard output where not given."),
    ] = None,
) -> None:
    """Write a commented configuration for a system."""
    from vmc.commands.templates import init_command

    raise typer.Exit(init_command(system, output))


@program.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Delete all compiled kernels.")] = False,
) -> None:
    """Tell where compiled kernels are kept and how much there is."""
    from vmc.commands.inspect import cache_command

    raise typer.Exit(cache_command(clear))


@program.callback(invoke_without_command=True)
def common(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Options of the program itself."""
    if version:
        from vmc.results.provenance import package_version

        typer.echo(f"vmc {package_version()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit
