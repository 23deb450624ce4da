"""Pictures of images of digits: draws, weights, the latent plane, reconstructions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from vmc.plotting import COLOURS, blank_figure, house_style
from vmc.statistics.formatting import format_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE = 8
#: Images along a side of the latent plane.
N_PLANE = 15
#: One colour and marker for each digit; no pair shares both.
DIGIT_COLOURS = [COLOURS[name] for name in ("blue", "vermillion", "green", "purple", "orange")] * 2
DIGIT_MARKERS = ["o"] * 5 + ["^"] * 5


def mosaics_picture(mosaics: dict[str, tuple[np.ndarray, dict[str, Any]]]) -> Figure:
    """A square of images for the data and for each model, with the log-likelihood of images kept back."""
    figure = blank_figure()
    figure.set_layout_engine("compressed")
    with house_style():
        figure.set_size_inches(7.0, 5.0)
        for axes, (name, (images, found)) in zip(figure.subplots(2, 3).ravel(), mosaics.items()):
            _show(axes, _mosaic(images, round(np.sqrt(len(images)))))
            axes.set_title(f"{name}\n{_likelihood(name, found)}")
    return figure


def features_picture(weights: np.ndarray) -> Figure:
    """Weights (n_hidden, 64) from each hidden unit to the pixels, all in the same colours."""
    figure = blank_figure()
    figure.set_layout_engine("compressed")
    with house_style():
        figure.set_size_inches(7.0, 1.75)
        panels = figure.subplots(2, -(-len(weights) // 2))
        largest = float(np.abs(weights).max())
        order = np.argsort(-np.linalg.norm(weights, axis=1))
        for axes, image in zip(panels.ravel(), weights[order]):
            shown = axes.imshow(image.reshape(SIDE, SIDE), cmap="RdBu", vmin=-largest, vmax=largest)
            axes.set_xticks([])
            axes.set_yticks([])
        bar = figure.colorbar(shown, ax=panels, pad=0.01, aspect=20)
        bar.set_label("weight")
        bar.outline.set_linewidth(0.5)
    return figure


def latent_picture(model: Any, codes: np.ndarray, labels: np.ndarray) -> Figure:
    """Codes of images kept back by the digit they show, and what is decoded from equal shares of the prior."""
    figure = blank_figure()
    with house_style():
        figure.set_size_inches(7.0, 3.4)
        left, right = figure.subplots(1, 2)
        for digit, (colour, marker) in enumerate(zip(DIGIT_COLOURS, DIGIT_MARKERS)):
            chosen = codes[labels == digit]
            face = colour if marker == "o" else "white"
            look = {"color": colour, "markerfacecolor": face, "markersize": 3.2, "markeredgewidth": 0.8}
            left.plot(*chosen.T, marker, label=str(digit), **look)
        reach = 1.05 * float(np.abs(codes).max())
        left.set_xlim(-reach, reach)
        left.set_ylim(-reach, reach)
        left.set_aspect("equal")
        left.set_xlabel("mean of $z_1$")
        left.set_ylabel("mean of $z_2$")
        left.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=0.8, borderpad=0.2)
        quantiles = ndtri((np.arange(N_PLANE) + 0.5) / N_PLANE)
        z1, z2 = np.meshgrid(quantiles, quantiles[::-1])
        images = model.inverse_transform(np.column_stack([z1.ravel(), z2.ravel()]))
        _show(right, _mosaic(images, N_PLANE))
        places = (SIDE + 1) * np.array([0.5, N_PLANE / 2.0, N_PLANE - 0.5]) - 1.0
        names = [f"{quantiles[k]:.1f}".replace("-", "−") for k in (0, N_PLANE // 2, -1)]
        right.set_xticks(places, labels=names)
        right.set_yticks(places[::-1], labels=names)
        right.set_xlabel("$z_1$")
        right.set_ylabel("$z_2$")
    return figure


def reconstructions_picture(
    originals: np.ndarray, rebuilt: dict[str, np.ndarray], errors: dict[str, dict[str, float]]
) -> Figure:
    """Ten images kept back above what each model makes of them, and its mean squared error of an image."""
    figure = blank_figure()
    with house_style():
        figure.set_size_inches(6.0, 2.5)
        rows = {"original": originals, **rebuilt}
        for axes, (name, images) in zip(figure.subplots(len(rows), 1), rows.items()):
            _show(axes, _mosaic(images, 10))
            text = f"{name}\n(squared error)"
            if name in errors:
                text = name + f"\n{format_value(errors[name]['squared_error'], errors[name]['error'])}"
            axes.set_ylabel(text, rotation=0, ha="right", va="center")
    return figure


def _likelihood(name: str, found: dict[str, Any]) -> str:
    if "test" in found:
        sign = r"$\geq$ " if found["method"] == "importance-weighted" else ""
        return f"{sign}{format_value(found['test'], found['test_error'])} nats".replace("-", "−")
    return "kept back" if name == "data" else "no likelihood"


def _mosaic(images: np.ndarray, columns: int) -> np.ndarray:
    """Images (n, 64) beside and below each other, with white lines between."""
    rows = len(images) // columns
    tiles = np.pad(images.reshape(rows, columns, SIDE, SIDE), ((0, 0), (0, 0), (0, 1), (0, 1)))
    return tiles.transpose(0, 2, 1, 3).reshape(rows * (SIDE + 1), columns * (SIDE + 1))[:-1, :-1]


def _show(axes: Axes, image: np.ndarray) -> None:
    axes.imshow(image, cmap="Greys", vmin=0.0, vmax=1.0, interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])
