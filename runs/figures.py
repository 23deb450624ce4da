"""Draw the figures of the studies into docs/images: python runs/figures.py [NAME ...] [--format png|pdf|svg].

They are drawn from what runs/run_study.py and runs/measure_samplers.py have stored.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from study_figures import alpha_sweep, bosons_1d, gas, hard_spheres, optimisers, samplers
from study_figures.sources import MissingDataError

from vmc.plotting import blank_figure, house_style, picture

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
FIGURES = {
    "alpha-sweep": alpha_sweep.draw,
    "optimisers": optimisers.draw,
    "samplers": samplers.draw,
    "hard-spheres": hard_spheres.draw,
    "bosons-1d": bosons_1d.draw,
    "electron-gas-pairs": gas.draw_pairs,
    "electron-gas-correlation": gas.draw_correlation,
    "electron-gas-energy": gas.draw_energy,
}


def main() -> int:
    """Draw the chosen figures, all where none is named; 1 where the data of one are missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help=f"of {', '.join(FIGURES)}")
    parser.add_argument("--format", choices=("png", "pdf", "svg"), default="png")
    parser.add_argument("--output", type=Path, default=IMAGES, help="folder of the pictures")
    arguments = parser.parse_args()
    unknown = set(arguments.name) - set(FIGURES)
    if unknown:
        parser.error(f"no figure {', '.join(sorted(unknown))}: expected some of {', '.join(FIGURES)}")
    status = 0
    for name in arguments.name or FIGURES:
        path = arguments.output / f"{name}.{arguments.format}"
        try:
            figure = blank_figure()
            with house_style():
                FIGURES[name](figure)
        except MissingDataError as error:
            print(f"{name}: {error}", file=sys.stderr)
            status = 1
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(figure, path.suffix))
        print(path)
    return status


if __name__ == "__main__":
    sys.exit(main())
