"""Pictures of densities in the plane and of draws from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from samplers.generative import Diffusion
from samplers.generative.diffusion.noise import GAMMA_MAX, GAMMA_MIN, sigma
from vmc.plotting import COLOURS, blank_figure, house_style
from vmc.plotting.density_map import COLOUR_MAP
from vmc.statistics.formatting import format_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: A label, figures, draws (n, 2), and the density on a grid (y, x) or None.
Panel = tuple[str, dict[str, Any], np.ndarray, np.ndarray | None]
#: Paths shown, and amounts of noise at which they are looked at.
N_PATHS, N_TIMES = 40, 111
SNAPSHOTS = (GAMMA_MAX, 1.0, -1.0, -2.0, -4.0, GAMMA_MIN)
#: Amounts of noise between which paths bend.
BENDS = (4.0, -8.0)


def densities(target: Any, exact: np.ndarray, panels: list[Panel]) -> Figure:
    """Densities in the colours of the exact one, each above draws from it; two such rows, and a bar of the colours."""
    figure = blank_figure()
    figure.set_layout_engine("compressed")
    left, right, bottom, top = target.extent
    columns = len(panels) // 2 + 1
    with house_style():
        figure.set_size_inches(7.2, 1.5 + 26.0 / columns * (top - bottom) / (right - left))
        rows = figure.subplots(4, columns, sharex=True, sharey=True)
        greatest = float(exact.max())
        for k, (label, found, draws, density) in enumerate(panels):
            upper, lower = rows[2 * (k // columns) : 2 * (k // columns) + 2, k % columns]
            if density is None:
                words = "a bound only" if "kl" in found else "has no density"
                upper.text(0.5, 0.5, words, transform=upper.transAxes, ha="center", va="center", fontsize=6.5)
            else:
                image = upper.imshow(
                    density, origin="lower", extent=target.extent, cmap=COLOUR_MAP, vmin=0.0, vmax=greatest
                )
            upper.set_title(f"{label}\n{_divergence(found)}", fontsize=7.0)
            lower.plot(*draws.T, ",", color=COLOURS["blue"], alpha=0.7, rasterized=True)
            for axes in (upper, lower):
                _frame(axes, target)
        for axes in [*rows[3, : columns - 1], rows[1, -1]]:
            axes.set_xlabel("$x$")
        rows[1, -1].tick_params(labelbottom=True)
        for axes, name in zip(rows[:, 0], ("density", "draws") * 2):
            axes.set_ylabel(f"{name}\n$y$")
        for empty in rows[2:, -1]:
            empty.axis("off")
        bar = figure.colorbar(image, cax=rows[2, -1].inset_axes((0.1, 0.0, 0.12, 1.0)), extend="max")
        bar.set_label("$q(x, y)$")
        bar.outline.set_linewidth(0.5)
    return figure


def trajectories(target: Any, model: Diffusion, n_draws: int) -> Figure:
    """Draws of a diffusion at falling noise along the probability flow, and paths of some of them."""
    figure = blank_figure()
    left, right, bottom, top = target.extent
    with house_style():
        figure.set_size_inches(7.2, 2.2 + 0.9 * (top - bottom) / (right - left))
        axes = figure.subplot_mosaic([[f"{k}" for k in range(len(SNAPSHOTS))], ["paths"] * len(SNAPSHOTS)])
        clouds = model.trajectories(n_draws, np.array(SNAPSHOTS), random_state=2)
        shown = _common_frame(clouds, target)
        for k, (gamma, cloud) in enumerate(zip(SNAPSHOTS, clouds)):
            panel = axes[f"{k}"]
            panel.plot(*cloud.T, ",", color=COLOURS["blue"], alpha=0.7)
            panel.set_title(rf"$\sigma^2 = {_power(float(sigma(gamma)) ** 2)}$")
            panel.set_xlim(*shown[:2])
            panel.set_ylim(*shown[2:])
            _square(panel)
            panel.set_xlabel("$x$")
            if k:
                panel.tick_params(labelleft=False)
        axes["0"].set_ylabel("$y$")
        _draw_paths(axes["paths"], model)
    return figure


def _draw_paths(axes: Axes, model: Diffusion) -> None:
    gammas = np.linspace(*BENDS, N_TIMES)
    paths = model.trajectories(N_PATHS, gammas, random_state=2)[:, :, 0]
    up = paths[-1] > np.median(paths[-1])
    for chosen, colour in ((up, COLOURS["vermillion"]), (~up, COLOURS["blue"])):
        axes.plot(gammas, paths[:, chosen], color=colour, linewidth=0.6, alpha=0.8)
    axes.set_xlim(*BENDS)
    axes.set_xlabel(r"$\gamma = \log(\sigma^2 / \alpha^2)$, from noise to data")
    axes.set_ylabel("$x$ along a path")
    for gamma in SNAPSHOTS[1:-1]:
        axes.axvline(gamma, color="#666666", linewidth=0.5, linestyle=":")


def _common_frame(clouds: np.ndarray, target: Any) -> tuple[float, ...]:
    """The target's extent, wider if draws of pure noise are."""
    low, high = np.quantile(clouds, [0.002, 0.998], axis=(0, 1))
    left, right, bottom, top = target.extent
    return min(left, low[0]), max(right, high[0]), min(bottom, low[1]), max(top, high[1])


def _divergence(found: dict[str, Any]) -> str:
    """The KL in nats, or that it is at most so much."""
    if "kl" not in found:
        return ""
    sign = r"$\leq$ " if found["method"] == "lower bound" else ""
    return f"KL {sign}{format_value(found['kl'], found['kl_error'])} nats"


def _frame(axes: Axes, target: Any) -> None:
    axes.set_xlim(*target.extent[:2])
    axes.set_ylim(*target.extent[2:])
    _square(axes)


def _square(axes: Axes) -> None:
    """One length for both axes, and few ticks."""
    axes.set_aspect("equal")
    axes.locator_params(nbins=4, steps=[1, 2, 5, 10], integer=True)


def _power(value: float) -> str:
    """Two digits, and a power of ten where they are far from one."""
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{value:.2g}" if value > 1e-3 else rf"{mantissa} \times 10^{{{int(exponent)}}}"
