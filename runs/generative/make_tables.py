"""Write the tables of runs/generative/README.md from results/*.json: python runs/generative/make_tables.py [--check].

With --check nothing is written; the exit code is 1 where the page is not what would be written.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from vmc.statistics import format_value

HERE = Path(__file__).resolve().parent
PAGE = HERE / "README.md"


def results(name: str) -> dict[str, Any]:
    """What a study has stored."""
    return json.loads((HERE / "results" / f"{name}.json").read_text())


def table(header: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown, the first column to the left."""
    lines = [header, [":--", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def toys() -> str:
    """Divergences of all models from both targets."""
    rows = []
    for target in ("eight-gaussians", "two-moons"):
        for name, found in results("toys")[target]["models"].items():
            divergence = format_value(found["kl"], found["kl_error"]) if "kl" in found else "no density"
            divergence = f"at most {divergence}" if found.get("method") == "lower bound" else divergence
            share = found.get("within_three_deviations")
            modes = "" if share is None else f"{min(found['modes']):.3f} to {max(found['modes']):.3f}"
            inside = "" if share is None else f"{share:.3f}"
            rows.append([target, name, divergence, inside, modes, f"{found['seconds']:.1f}"])
    header = ["target", "model", "KL (nats)", "within 3 sigma of a centre", "shares of the eight", "seconds"]
    return table(header, rows)


def ising_laws() -> str:
    """What fits make of 4 x 4 spins."""
    rows = []
    for name, law in results("ising")["law"]["laws"].items():
        cells = [f"{law['kl']:.4f}", f"{law['mean_energy']:.6f}", f"{law['mean_abs_magnetisation']:.6f}"]
        rows.append([name, *cells, "" if name == "exact" else f"{law['seconds']:.1f}"])
    return table(["law", "KL (nats)", "energy of a spin (J)", "mean of abs(m)", "seconds"], rows)


def ising_energies() -> str:
    """How far measured energies are from exact ones."""
    rows = []
    for size, points in results("ising")["energies"].items():
        deviations = np.array([point["deviation"] for point in points])
        errors = np.array([point["error"] / abs(point["exact"]) for point in points])
        counts = [str(len(points)), f"{100 * errors.max():.2f} %"]
        found = [f"{np.mean(deviations**2):.2f}", f"{np.abs(deviations).max():.2f}"]
        rows.append([f"{size} x {size}", *counts, *found, f"{sum(point['seconds'] for point in points):.1f}"])
    ratio = "(e - exact) / error"
    header = ["spins", "temperatures", "largest error", f"mean square of {ratio}", "largest", "seconds"]
    return table(header, rows)


def digits() -> str:
    """Log-likelihoods of images."""
    rows = []
    for name, found in results("digits")["likelihoods"].items():
        value, train = "none", ""
        if "test" in found:
            value = (
                format_value(found["test"], found["test_error"]) if "test_error" in found else f"{found['test']:.2f}"
            )
            train = f"{found['train']:.2f}" if "train" in found else ""
        bound = f"{found['test_bound']:.2f}" if "test_bound" in found else ""
        seconds = f"{found['seconds']:.1f}" if "seconds" in found else ""
        rows.append([name, value, train, bound, found.get("method", ""), seconds])
    return table(["model", "kept back (nats)", "learnt from", "lower bound", "method", "seconds"], rows)


def rebuilt() -> str:
    """Squared errors of reconstructions."""
    found = results("digits")["reconstructions"]
    rows = [
        [name, format_value(row["squared_error"], row["error"]), f"{row['seconds']:.1f}"] for name, row in found.items()
    ]
    return table(["model, 8 numbers an image", "squared error", "seconds"], rows)


def boltzmann() -> str:
    """Likelihoods at the end, over seeds."""
    rows = []
    for name, runs in results("boltzmann_learning")["curves"].items():
        last = {part: np.array([run[part][-1] for run in runs]) for part in ("train", "test")}
        cells = [format_value(last[part].mean(), last[part].std(ddof=1) / np.sqrt(len(runs))) for part in last]
        rows.append([name, *cells, str(len(runs)), f"{np.mean([run['seconds'] for run in runs]):.2f}"])
    return table(["machine", "learnt from (nats)", "kept back (nats)", "seeds", "seconds each"], rows)


def gan() -> str:
    """What a new discriminator finds, beside the game's own figures."""
    found = results("gan")
    history, rows = found["history"], []
    for row in found["judged"]:
        epoch = found["updates"].index(row["updates"])
        game = [f"{history[key][epoch]:.4f}" for key in ("real", "fake", "value", "jensen_shannon")]
        judged = format_value(row["jensen_shannon"], row["error"])
        rows.append([str(row["updates"]), *game, judged, f"{row['within_three_deviations']:.3f}"])
    header = ["updates", "D on data", "D on draws", "V", "JS in the game", "JS at least", "within 3 sigma of a centre"]
    return table(header, rows) + f"\n\nThe game took {found['seconds']:.1f} s."


def nuclear() -> str:
    """Root mean squares of residuals."""
    found, rows = results("nuclear"), []
    for name, row in found["models"].items():
        cells = [
            format_value(scale * row[part][kind]["rms"], scale * row[part][kind]["error"])
            for kind, scale in (("B", 1.0), ("B_per_nucleon", 1000.0))
            for part in ("train", "test")
        ]
        rows.append([name, *cells, f"{row['seconds']:.1f}"])
    text = ", ".join(f"{name} {value:.3f}" for name, value in found["coefficients"].items())
    header = [
        "model",
        "B, learnt (MeV)",
        "B, kept back (MeV)",
        "B / A, learnt (keV)",
        "B / A, kept back (keV)",
        "seconds",
    ]
    counts = (
        f"{found['n_train']} nuclei learnt from, {found['n_test']} kept back. Coefficients of the drop in MeV: {text}."
    )
    return f"{table(header, rows)}\n\n{counts}"


TABLES = {
    "toys": toys,
    "ising-laws": ising_laws,
    "ising-energies": ising_energies,
    "digits": digits,
    "rebuilt": rebuilt,
    "boltzmann": boltzmann,
    "gan": gan,
    "nuclear": nuclear,
}


def between(text: str, name: str, content: str) -> str:
    """The text with what stands between the markers of a name replaced."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    head, rest = text.split(begin)
    return f"{head}{begin}{content}\n{end}{rest.split(end)[1]}"


def page() -> str:
    """The page with all tables as the results have them."""
    text = PAGE.read_text()
    for name, make in TABLES.items():
        text = between(text, name, make())
    return text


def main() -> int:
    """Write the page, or compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    text = page()
    if parser.parse_args().check:
        return int(text != PAGE.read_text())
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
