"""Every command as a user types it."""

import json
import os
import re
import subprocess
import sys
import time
import tomllib

import pytest

from vmc.commands.templates import SYSTEMS

COMMANDS = ("run", "resume", "check", "show", "plot", "list", "init", "cache", "watch", "compare", "verify")


def test_help_is_quick_and_complete(folder):
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        done = folder.vmc("--help")
        seconds.append(time.perf_counter() - start)
    assert done.returncode == 0
    assert all(command in done.stdout for command in COMMANDS)
    assert min(seconds) < 1.5  # about 0.6 s; a loaded machine gets some grace


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command(folder, command):
    done = folder.vmc(command, "--help")
    assert done.returncode == 0
    assert "Usage: vmc " + command in done.stdout


def test_usage_errors(folder):
    done = folder.vmc("rum")
    assert done.returncode == 2
    assert "rum" in done.stderr
    done = folder.vmc("run", "--walkers", "3")
    assert done.returncode == 2
    assert "--walkers" in done.stderr


def test_version_and_script():
    version = subprocess.run([sys.executable, "-m", "vmc", "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("vmc 0.")


#: Templates whose kernels take long to compile, and that add little to the others.
LONG = ("calogero", "electron-gas", "fermion-dot", "hard-spheres", "harmonic-bosons")


@pytest.mark.parametrize("system", SYSTEMS)
def test_templates_are_valid(folder, system):
    """And commented from the schema."""
    assert folder.vmc("init", system, "-o", "new.toml").returncode == 0
    text = (folder.path / "new.toml").read_text()
    assert "# total over all ranks" in text
    data = tomllib.loads(text)
    assert data["system"] == {**SYSTEMS[system]["system"], "masses": 1.0}
    assert folder.vmc("check", "new.toml").returncode == 0


@pytest.mark.parametrize(
    "system", [pytest.param(name, marks=pytest.mark.slow) if name in LONG else name for name in SYSTEMS]
)
def test_templates_run_as_they_are(folder, system):
    """Shortened here."""
    assert folder.vmc("init", system, "-o", "new.toml").returncode == 0
    short = ["optimizer.iterations=2", "optimizer.samples=2", "evaluation.samples=30", "sampler.thermalise=50"]
    done = folder.vmc("run", "new.toml", "--json", "-q", *(part for s in short for part in ("-s", s)))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["finished"]


def test_init_refuses_what_it_cannot_do(folder):
    done = folder.vmc("init", "calogro")
    assert done.returncode == 1
    assert "did you mean 'calogero'" in done.stderr
    done = folder.vmc("init", "calogero", "-o", "dot.toml")
    assert done.returncode == 1
    assert "dot.toml is there already" in done.stderr
    assert folder.vmc("init", "calogero").stdout.startswith("# Run with")


def test_check_counts_without_sampling(folder):
    done = folder.vmc("check", "dot.toml", "--json", "--ranks", "2")
    cost = json.loads(done.stdout)
    assert cost["n_params"] == 4 + 3 + 12 + 1
    assert cost["parameters"]["rbm.weights"] == [4, 3]
    assert cost["local_energies"] == 64 * (12 * 5 + 2 * 10 + 40)
    assert cost["moves"] == 64 * (50 + 12 * (5 + 10) + 2 * (50 + 10) + 50 + 40)
    assert sorted(path.name for path in folder.path.iterdir()) == ["dot.toml"]
    resolved = folder.vmc("check", "dot.toml", "--resolved", "-s", "seed=9")
    assert tomllib.loads(resolved.stdout)["seed"] == 9
    words = folder.vmc("check", "dot.toml", "-s", "optimizer.fixed=['pade', 'rbm.weights[0,1]']").stdout
    assert "memory per rank" in words
    for line in ("rbm.hidden_bias 3", "rbm.weights 4 x 3, 1 of 12 fixed", "pade.beta 1, fixed"):
        assert line in re.sub(" +", " ", words)
    deep = "wavefunction=[{kind='gaussian'}, {kind='feed_forward', hidden=[2, 2, 2, 2, 2, 2, 2]}]"
    words = folder.vmc("check", "dot.toml", "-s", deep, "-s", "optimizer.fixed=['feed_forward.biases1']").stdout
    assert "feed_forward    49 in 16 arrays (--json names them), 2 of 49 fixed" in words
    assert "counts are the most" in folder.vmc("check", "dot.toml", "-s", "evaluation.target_error=0.1").stdout
    none_left = folder.vmc("check", "dot.toml", "-s", "evaluation.equilibration=40")
    assert none_left.returncode != 0
    assert "evaluation.equilibration = 40: expected less than evaluation.samples = 40" in none_left.stderr


def test_run_prints_a_summary_and_json(folder):
    done = folder.vmc("run", "dot.toml", "--json")
    summary = json.loads(done.stdout)
    assert summary["finished"]
    assert summary["energy"]["unit"] == "hartree"
    assert summary["energy"]["error"] > 0
    assert summary["energy"]["variance_error"] > 0
    assert summary["reliable"] == (summary["reasons"] == [])
    assert summary["verdict"].startswith("error bar ")
    assert summary["diagnostics"]["n_walkers"] == 64
    assert summary["target_reached"] is None
    shown = json.loads(folder.vmc("show", "dot.h5", "--json").stdout)
    assert shown == summary
    assert (shown["finished"], shown["results"]) == (True, "dot.h5")
    assert shown["reference"]["energy"] == 3.0
    assert set(shown["components"]) == {"kinetic", "trap", "interaction"}
    for word in ("energy", "variance", "verdict", "kinetic", "trap", "interaction", "virial", "reference"):
        assert word in done.stderr
    quiet = folder.vmc("run", "dot.toml", "-o", "b.h5", "-q")
    assert (quiet.stdout, quiet.stderr) == ("", "")


def test_show_and_list(dot):
    shown = dot.vmc("show", "dot.h5")
    assert "verdict" in shown.stdout
    data = json.loads(dot.vmc("show", "dot.h5", "--json").stdout)
    assert data["phase"] == "done"
    assert len(data["theta"]) == 20
    assert tomllib.loads(dot.vmc("show", "dot.h5", "--config").stdout)["seed"] == 3
    assert "dot.h5" in dot.vmc("list", ".").stdout
    assert [row["file"] for row in json.loads(dot.vmc("list", ".", "--json").stdout)] == ["dot.h5"]
    assert dot.vmc("list", "nowhere").returncode == 1


def test_cache(folder):
    own = {"VMC_CACHE_DIR": str(folder.path / "kernels")}
    energy = "HarmonicTrap(System(1, 1)).potential_energy(np.ones((1, 1)))"
    imports = "import numpy as np; from hamiltonians.system import System; from hamiltonians.trap import HarmonicTrap"
    subprocess.run([sys.executable, "-c", f"{imports}; {energy}"], env={**os.environ, **own}, check=True)
    assert " 0 files" not in folder.vmc("cache", **own).stdout
    assert "deleted" in folder.vmc("cache", "--clear", **own).stdout
    assert " 0 files" in folder.vmc("cache", **own).stdout
