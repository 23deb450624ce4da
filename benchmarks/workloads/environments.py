"""Creates, or finds again, one virtual environment for each peer, outside the source tree.

    python environments.py                 # all peers
    python environments.py netket jax      # some
    python environments.py --refresh       # forget the pins: newest versions, new environments

Prints one JSON line: for each peer its interpreter and versions, or the reason why it is skipped.
A peer that cannot be installed never stops the others.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PINS = Path(__file__).resolve().parent / "pins"
INSTALL_SECONDS = 1800


@dataclass(frozen=True)
class Peer:
    """What pip is asked for, the import that proves it works, the scripts to run, and what builds the rest."""

    requirements: tuple[str, ...]
    proof: str
    scripts: tuple[str, ...]
    build: str | None = None


PEERS = {
    "jax": Peer(
        ("jax", "folx"),
        "import folx, jax; jax.devices('cpu')",
        ("boson_trap_jax.py", "dot_rbm_jax.py", "network_dot_jax.py"),
    ),
    "netket": Peer(
        ("netket",),
        "import netket",
        (
            "boson_trap_netket.py",
            "dot_rbm_netket.py",
            "network_dot_netket.py",
            "first_energy_netket.py",
            "sr_solve_netket.py",
        ),
    ),
    "pyqmc": Peer(("pyqmc", "pyscf"), "import pyscf, pyqmc.api", ("first_energy_pyqmc.py",)),
    "qflow-vmc": Peer(
        ("numpy", "mpi4py", "mpich", "pybind11", "cmeel-eigen"),
        "import qflow.samplers",
        ("boson_trap_qflow.py", "dot_rbm_qflow.py"),
        "build_qflow.py",
    ),
    "emcee": Peer(("emcee",), "import emcee", ("correlated_gaussian_emcee.py",)),
    "blackjax": Peer(("blackjax",), "import blackjax", ("correlated_gaussian_blackjax.py",)),
}
OWN_ENVIRONMENT_SCRIPTS = ("sr_solve_scipy.py",)  # need no environment but this project's


class PeerUnavailable(Exception):
    """A peer cannot be installed or imported here; the message says why in one line."""


def default_root() -> Path:
    """Folder that holds the environments: ``$XDG_CACHE_HOME/nqs-vmc/peers`` or ``~/.cache/nqs-vmc/peers``."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "nqs-vmc" / "peers"


def interpreter(folder: Path) -> Path:
    """Path of the Python inside a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def last_error(text: str) -> str:
    """The line of a tool's output that says most about its failure."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(\w*error|fatal|CMake Error)\b", line, re.IGNORECASE)]
    return (errors or lines or ["no output"])[-1][:300]


def call(command: list[str], log: Path) -> str:
    """Run a command, append its output to the log and return it; raise PeerUnavailable if it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=INSTALL_SECONDS, env=environment, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerUnavailable(f"{command[0]}: {error}") from error
    with log.open("a") as stream:
        stream.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}\n")
    if done.returncode != 0:
        raise PeerUnavailable(f"{last_error(done.stdout + done.stderr)} (log: {log})")
    return done.stdout


def recipe(name: str) -> str:
    """Everything that decides what an environment holds; one made by another recipe is made anew."""
    peer, pins = PEERS[name], PINS / f"{name}.txt"
    texts = [sys.version, *peer.requirements, peer.proof]
    texts += [path.read_text() for path in (pins, PINS.parent / (peer.build or "")) if path.is_file()]
    return "\n".join(texts)


def install(name: str, folder: Path, log: Path) -> None:
    """Make the environment and install the peer, at the pinned versions where the peer has pins."""
    peer = PEERS[name]
    shutil.rmtree(folder, ignore_errors=True)
    call([sys.executable, "-m", "venv", str(folder)], log)
    pins = PINS / f"{name}.txt"
    constraints = ["-c", str(pins)] if pins.exists() else []
    call([str(interpreter(folder)), "-m", "pip", "install", *constraints, *peer.requirements], log)
    if peer.build:
        call([str(interpreter(folder)), str(PINS.parent / peer.build)], log)


def freeze(python: Path, log: Path) -> dict[str, str]:
    """Versions of everything that is installed in an environment."""
    listing = call([str(python), "-m", "pip", "freeze"], log)
    return dict(line.split("==", 1) for line in listing.splitlines() if "==" in line)


def environment_of(name: str, root: Path, refresh: bool = False) -> tuple[Path, dict[str, str]]:
    """Interpreter and installed versions of a peer, installing it first where it is not there yet.

    Raises PeerUnavailable when it cannot be installed or does not import.
    """
    root.mkdir(parents=True, exist_ok=True)
    folder, log, pins = root / name, root / f"{name}.log", PINS / f"{name}.txt"
    if refresh:
        pins.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
    python = interpreter(folder)
    ready = folder / "installed"
    if not ready.exists() or ready.read_text() != recipe(name):
        log.unlink(missing_ok=True)
        install(name, folder, log)
        call([str(python), "-c", PEERS[name].proof], log)
        if not pins.exists():
            pins.parent.mkdir(exist_ok=True)
            installed = sorted(freeze(python, log).items())
            pins.write_text("".join(f"{package}=={version}\n" for package, version in installed))
        ready.write_text(recipe(name))
    return python, freeze(python, log)


def main() -> None:
    """Prepare the peers named on the command line and print where they are."""
    parser = argparse.ArgumentParser(description="Create or find the peers' virtual environments.")
    parser.add_argument("peers", nargs="*", help=f"any of {', '.join(PEERS)}; none means all")
    parser.add_argument("--root", type=Path, default=default_root(), help="folder of the environments")
    parser.add_argument("--refresh", action="store_true", help="newest versions instead of the pinned ones")
    options = parser.parse_args()
    unknown = sorted(set(options.peers) - set(PEERS))
    if unknown:
        parser.error(f"unknown peer {', '.join(unknown)}: expected {', '.join(PEERS)}")
    report: dict[str, dict[str, object]] = {}
    for name in options.peers or PEERS:
        try:
            python, versions = environment_of(name, options.root, options.refresh)
        except PeerUnavailable as error:
            report[name] = {"skipped": str(error)}
        else:
            report[name] = {"python": str(python), "versions": versions}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
