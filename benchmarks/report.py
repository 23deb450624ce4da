"""Write the tables of benchmarks/README.md and README.md from benchmarks/results: python benchmarks/report.py."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

from ansatze_table import ansatze_table
from comparisons import CEILINGS, COMPARISONS, TIE, Comparison
from generative.table import generative_table

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"


def measured(rounds: dict[str, list]) -> list[Comparison]:
    """Comparisons whose workload is among the results."""
    return [comparison for comparison in COMPARISONS if comparison.workload in rounds]


def figures(rounds: list[dict], kind: str, place: tuple[str, str]) -> list[float | None]:
    """A figure in every round, None where the script failed; a larger one is better."""
    script, name = place
    key = "cpu_seconds" if kind == "process" else "per_cpu_second"
    found = [r.get(script, {}).get("figures", {}).get(name, {}).get(key) for r in rounds]
    return [1 / value if value is not None and kind == "process" else value for value in found]


def text(value: float, kind: str) -> str:
    """Rates as they are, everything else as seconds."""
    if kind == "rate":
        return f"{value / 1e6:.3g} M/s" if value >= 1e6 else f"{value / 1e3:.3g} k/s"
    return f"{1 / value:.2g} s"


def peers_table() -> str:
    """Ours beside every peer, with the ratio and its range over the rounds."""
    rounds = json.loads((RESULTS / "peers.json").read_text())["rounds"]
    lines = ["| workload | this package | peer | its figure | ratio (range) | target |", "|:--|--:|:--|--:|--:|--:|"]
    for c in measured(rounds):
        ours = figures(rounds[c.workload], c.kind, c.ours)
        best = max(value for value in ours if value is not None)
        ceiling = CEILINGS.get(c.ours[1])
        shown = text(best, c.kind) + (f" (target: {ceiling:g} s)" if ceiling else "")
        for peer, place in c.peers.items():
            theirs = figures(rounds[c.workload], c.kind, place)
            lines.append(f"| {c.title} | {shown} | {peer} | {cells(ours, theirs, c.kind, c.targets.get(peer))} |")
    return "\n".join(lines)


def cells(ours: list, theirs: list, kind: str, target: float | None) -> str:
    """The peer's figure, the ratio within each round, and the target."""
    ratios = ratios_of(ours, theirs)
    if not ratios:
        return "failed | | "
    best = max(value for value in theirs if value is not None)
    ratio = statistics.median(ratios)
    verdict = f"{ratio:.3g} ({ratios[0]:.3g} to {ratios[-1]:.3g})"
    if 1 / TIE < ratio < TIE:
        verdict += ", a tie"
    wanted = "" if target is None else ("no slower" if target < 1 else f"{target:g}")
    return f"{text(best, kind)} | {verdict} | {wanted}"


def versions() -> str:
    """The peers' versions as they report them, and who was skipped."""
    data = json.loads((RESULTS / "peers.json").read_text())
    scripts = [result for rounds in data["rounds"].values() for part in rounds for result in part.values()]
    reported = {result["peer"]: result["version"] for result in scripts if "peer" in result}
    known = {name: reported.get(name, text) for name, text in data["peers"].items()}
    return "Peers: " + ", ".join(f"{name} {text}" for name, text in known.items()) + "."


def short_table() -> str:
    """Each workload in a line: our figure, and the ratio to every peer."""
    rounds = json.loads((RESULTS / "peers.json").read_text())["rounds"]
    lines = ["| workload, one core, float64 | this package | times as fast as |", "|:--|--:|:--|"]
    for c in measured(rounds):
        ours = figures(rounds[c.workload], c.kind, c.ours)
        parts = []
        for peer, place in c.peers.items():
            ratios = ratios_of(ours, figures(rounds[c.workload], c.kind, place))
            if ratios:
                parts.append(f"{peer}: {float(f'{statistics.median(ratios):.2g}'):g}")
        best = max(value for value in ours if value is not None)
        lines.append(f"| {c.title.partition(': ')[2] or c.title} | {text(best, c.kind)} | {', '.join(parts)} |")
    return "\n".join(lines)


def ratios_of(ours: list, theirs: list) -> list[float]:
    """Ratios within the rounds in which both gave a figure, in order of size."""
    return sorted(a / b for a, b in zip(ours, theirs, strict=True) if a is not None and b is not None)


def limits_table() -> str:
    """Operations counted, and the share of the dgemm rate."""
    data = json.loads((RESULTS / "limits.json").read_text())
    lines = [
        f"dgemm on this core: {data['dgemm'] / 1e9:.0f} Gflop/s. Random numbers: {data['random']['normal_ns']:.2f} ns "
        f"a normal, {data['random']['uniform_ns']:.2f} ns a uniform one.",
        "",
        "| kernel | per second | operations counted | share of dgemm rate |",
        "|:--|--:|--:|--:|",
    ]
    lines += [
        f"| {row['kernel']} | {row['per_second'] / 1e6:.3g} M | {row['operations']:.0f} | {row['share_of_dgemm']:.0%} |"
        for row in data["kernels"]
    ]
    lines += ["", "| local energies of | analytic | finite differences | ratio |", "|:--|--:|--:|--:|"]
    for row in data["kinetic"]:
        analytic, numerical = row["analytic"], row["finite_difference"]
        rates = f"{analytic / 1e6:.3g} M/s | {numerical / 1e6:.2g} M/s"
        lines.append(f"| {row['wave_function']} | {rates} | {analytic / numerical:.3g} |")
    return "\n".join(lines)


def scaling_table() -> str:
    """Time against particles and parameters, and the two ways to solve SR."""
    data = json.loads((RESULTS / "scaling.json").read_text())
    parts = []
    for key, title in (
        ("particles", "particles N (hard spheres, sweep + local energy of a walker)"),
        ("parameters", "parameters P (RBM, N = 2: sweep + local energy + sums of O)"),
    ):
        sizes, seconds = data[key]["n"], data[key]["seconds"]
        parts += [
            f"| {title} | {' | '.join(map(str, sizes))} | exponent |",
            "|:--|" + "--:|" * (len(sizes) + 1),
            f"| microseconds | {' | '.join(f'{1e6 * s:.3g}' for s in seconds)} | {data[key]['exponent']:.2f} |",
            "",
        ]
    samples = data["solvers"][0]["samples"]
    parts += [f"| SR iteration, {samples} samples: parameters | Cholesky | conjugate gradients |", "|--:|--:|--:|"]
    parts += [
        f"| {row['n_params']} | {1e3 * row['cholesky']:.3g} ms | {1e3 * row['cg']:.3g} ms |" for row in data["solvers"]
    ]
    return "\n".join(parts)


def ranks_table() -> str:
    """One rank against two."""
    lines = [
        "| optimiser | 1 rank | 2 ranks | efficiency (range of the rounds) | two jobs apart | bytes a rank sends in an "
        "iteration |",
        "|:--|--:|--:|--:|--:|--:|",
    ]
    for row in json.loads((RESULTS / "ranks.json").read_text()):
        low, high = min(row["efficiency_rounds"]), max(row["efficiency_rounds"])
        lines.append(
            f"| {row['case']} | {1e3 * row['seconds_1']:.1f} ms | {1e3 * row['seconds_2']:.1f} ms "
            f"| {row['efficiency']:.1%} ({low:.0%} to {high:.0%}) | {row['machine']:.1%} "
            f"| {row['bytes_per_iteration']:,.0f} |"
        )
    return "\n".join(lines)


def put(page: Path, name: str, content: str) -> None:
    """Replace what stands between the markers of a page."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    head, rest = page.read_text().split(begin)
    page.write_text(f"{head}{begin}\n{content}\n{end}{rest.split(end, 1)[1]}")


def main() -> None:
    """Make all tables."""
    page = HERE / "README.md"
    put(page, "peers", f"{peers_table()}\n\n{versions()}")
    put(page, "limits", limits_table())
    put(page, "scaling", scaling_table())
    put(page, "ansatze", ansatze_table(RESULTS / "ansatze.json"))
    put(page, "ranks", ranks_table())
    put(page, "generative", generative_table(RESULTS / "generative.json"))
    put(HERE.parent / "README.md", "performance", short_table())


if __name__ == "__main__":
    main()
