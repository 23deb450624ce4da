"""A diffusion that predicts noise, and the density of its probability flow, in the plane."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import torch
from data import mean_and_error

from samplers.generative.targets import EightGaussians, TwoMoons
from torch_peers.learning import Peer, fit, network
from vmc.statistics import format_value

#: Noise of beta from 0.1 to 20 in times from 0 to 1 (Y. Song et al., ICLR 2021); the flow ends at LEAST_TIME.
BETA_MIN, BETA_MAX, LEAST_TIME = 0.1, 20.0, 1e-3
N_WAVES = 4


def signal_and_noise(t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Alpha and sigma at times t."""
    exponent = BETA_MIN * t + 0.5 * (BETA_MAX - BETA_MIN) * t**2
    return torch.exp(-0.5 * exponent), torch.sqrt(-torch.expm1(-exponent))


class Noise(torch.nn.Module):
    """Three layers of 96 units that see x and waves of the time."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = network(2 + 1 + 2 * N_WAVES, 96, 96, 96, 2)

    def forward(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """Epsilon for rows x and their times (rows, 1)."""
        phases = np.pi * t * torch.arange(1, N_WAVES + 1, dtype=t.dtype)
        return self.layers(torch.cat([x, 2.0 * t - 1.0, torch.sin(phases), torch.cos(phases)], dim=1))


def log_density(model: Noise, X: np.ndarray, n_steps: int = 200) -> np.ndarray:
    """By Runge-Kutta steps of order four, evenly spaced in the square root of time, with the exact divergence."""
    x = torch.tensor(X, dtype=torch.float64)
    total = torch.zeros(len(x), dtype=torch.float64)
    roots = np.linspace(np.sqrt(LEAST_TIME), 1.0, n_steps + 1)
    for here, there in itertools.pairwise(roots):
        h, middle = there - here, 0.5 * (here + there)
        k1, d1 = _change(model, x, here)
        k2, d2 = _change(model, x + 0.5 * h * k1, middle)
        k3, d3 = _change(model, x + 0.5 * h * k2, middle)
        k4, d4 = _change(model, x + h * k3, there)
        x = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        total = total + h / 6.0 * (d1 + 2.0 * d2 + 2.0 * d3 + d4)
    return (total - 0.5 * (x**2).sum(dim=1) - np.log(2.0 * np.pi)).numpy()


def _change(model: Noise, x: torch.Tensor, root: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Dx/ds and its divergence, s the root of time: dx/dt = -beta (x - epsilon / sigma) / 2, dt = 2 s ds."""
    x = x.detach().requires_grad_()
    t = torch.full((len(x), 1), root**2, dtype=x.dtype)
    beta = BETA_MIN + (BETA_MAX - BETA_MIN) * t
    speed = -beta * root * (x - model(x, t) / signal_and_noise(t)[1])
    parts = [torch.autograd.grad(speed[:, k].sum(), x, retain_graph=k == 0)[0][:, k] for k in range(2)]
    return speed.detach(), parts[0] + parts[1]


def diffusion() -> Iterator[Peer]:
    """As many draws, epochs, rows a batch and units as ours; a running average of the parameters is what is judged."""
    for target in (EightGaussians(), TwoMoons()):
        X, Y = target.sample(20000, np.random.default_rng(0)), target.sample(4000, np.random.default_rng(1))
        model = Noise()
        average = torch.optim.swa_utils.AveragedModel(
            model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995)
        )

        def loss(x: torch.Tensor, model: Noise = model) -> torch.Tensor:
            t = 1e-5 + (1.0 - 1e-5) * torch.rand(len(x), 1)
            epsilon, (alpha, sigma) = torch.randn_like(x), signal_and_noise(t)
            return ((model(alpha * x + sigma * epsilon, t) - epsilon) ** 2).sum(dim=1).mean()

        def follow(average=average, model=model) -> None:
            average.update_parameters(model)

        seconds = fit(model.parameters(), X, loss, 420, 3e-3, 256, follow)
        kl, error = mean_and_error(target.log_density(Y) - log_density(average.module.double(), Y))
        yield Peer(f"diffusion, {target.name}, KL (ODE)", f"{format_value(kl, error)}", kl, seconds)
