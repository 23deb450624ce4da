"""A flow of coupling layers with rational-quadratic splines, as large as ours, in the plane."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from data import mean_and_error

from samplers.generative.targets import EightGaussians, TwoMoons
from torch_peers.learning import Peer, fit, network
from vmc.statistics import format_value

BOUND, N_BINS, LEAST = 4.0, 12, 1e-3


def spline(x: torch.Tensor, raw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Value and log slope of a spline of x (rows,), with parameters raw (rows, 3 bins - 1), the identity outside.

    C. Durkan, A. Bekasov, I. Murray and G. Papamakarios, NeurIPS 32 (2019), eqs. (4) and (5).
    """
    of_widths, of_heights, of_slopes = raw.split([N_BINS, N_BINS, N_BINS - 1], dim=1)
    left, widths = _knots(of_widths)
    low, heights = _knots(of_heights)
    inner = LEAST + torch.nn.functional.softplus(of_slopes + np.log(np.expm1(1.0 - LEAST)))
    slopes = torch.nn.functional.pad(inner, (1, 1), value=1.0)
    inside = x.abs() < BOUND
    here = torch.where(inside, x, torch.zeros_like(x))[:, None]
    bin_of = (torch.searchsorted(left.contiguous(), here, right=True) - 1).clamp(0, N_BINS - 1)
    x0, w, y0, h, d0 = (part.gather(1, bin_of) for part in (left, widths, low, heights, slopes))
    d1 = slopes.gather(1, bin_of + 1)
    s, t = h / w, (here - x0) / w
    below = s + (d1 + d0 - 2.0 * s) * t * (1.0 - t)
    y = y0 + h * (s * t**2 + d0 * t * (1.0 - t)) / below
    log_slope = 2.0 * torch.log(s / below) + torch.log(d1 * t**2 + 2.0 * s * t * (1.0 - t) + d0 * (1.0 - t) ** 2)
    return torch.where(inside, y[:, 0], x), torch.where(inside, log_slope[:, 0], torch.zeros_like(x))


def _knots(raw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Left ends and widths of the bins of [-BOUND, BOUND]."""
    widths = 2.0 * BOUND * (LEAST + (1.0 - LEAST * N_BINS) * torch.softmax(raw, dim=1))
    return torch.cumsum(widths, dim=1) - widths - BOUND, widths


class Flow(torch.nn.Module):
    """Six layers in turn map one coordinate with the other one known."""

    def __init__(self, X: np.ndarray, n_layers: int = 6) -> None:
        super().__init__()
        self.mean, self.deviation = (
            torch.tensor(part, dtype=torch.float32) for part in (X.mean(axis=0), X.std(axis=0))
        )
        self.networks = torch.nn.ModuleList(network(1, 64, 64, 3 * N_BINS - 1) for _ in range(n_layers))
        for layers in self.networks:
            torch.nn.init.normal_(layers[-1].weight, std=0.01)
            torch.nn.init.zeros_(layers[-1].bias)

    def log_density(self, x: torch.Tensor) -> torch.Tensor:
        """Of every row."""
        z = list(((x - self.mean) / self.deviation).unbind(dim=1))
        total = -torch.log(self.deviation).sum() - np.log(2.0 * np.pi)
        for k, layers in enumerate(self.networks):
            z[k % 2], log_slope = spline(z[k % 2], layers(z[1 - k % 2][:, None]))
            total = total + log_slope
        return total - 0.5 * (z[0] ** 2 + z[1] ** 2)


def flows() -> Iterator[Peer]:
    """As many draws, epochs and rows a batch as ours."""
    for target in (EightGaussians(), TwoMoons()):
        X, Y = target.sample(20000, np.random.default_rng(0)), target.sample(20000, np.random.default_rng(1))
        model = Flow(X)
        seconds = fit(model.parameters(), X, lambda x, model=model: -model.log_density(x).mean(), 60, 5e-3, 512)
        with torch.no_grad():
            log_q = model.log_density(torch.tensor(Y, dtype=torch.float32)).double().numpy()
        kl, error = mean_and_error(target.log_density(Y) - log_q)
        yield Peer(f"flow, {target.name}, KL", f"{format_value(kl, error)}", kl, seconds)
