"""Binary digits: masked autoregressive network, variational autoencoder and Boltzmann machine, as large as ours."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch
from data import all_rows, digits

from torch_peers.learning import Peer, fit, network


class Masked(torch.nn.Linear):
    """A linear layer whose weights are cut by a mask."""

    def __init__(self, mask: np.ndarray) -> None:
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", torch.tensor(mask, dtype=torch.float32))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """W x + b with the masked W."""
        return torch.nn.functional.linear(x, self.weight * self.mask, self.bias)


def made() -> Iterator[Peer]:
    """One hidden layer of 300 units, 120 epochs of Adam with a cosine schedule."""
    train, test = digits()
    n, hidden = 64, 300
    degrees = np.arange(hidden) % (n - 1) + 1
    inputs = np.arange(1, n + 1)
    net = torch.nn.Sequential(
        Masked(degrees[:, None] >= inputs[None]), torch.nn.ReLU(), Masked(inputs[:, None] > degrees[None])
    )
    loss = torch.nn.BCEWithLogitsLoss(reduction="none")
    seconds = fit(net.parameters(), train, lambda x: loss(net(x), x).sum(dim=1).mean(), 120, 2e-3)
    with torch.no_grad():
        x = torch.tensor(test, dtype=torch.float32)
        score = -float(loss(net(x), x).sum(dim=1).mean())
    yield Peer("autoregressive, digits, test log-likelihood", f"{score:.2f}", score, seconds)


def vae(n_importance: int = 2000) -> Iterator[Peer]:
    """Eight latent variables, 300 epochs; 2,000 importance weights."""
    train, test = digits()
    encoder = network(64, 128, 128, 16, activation=torch.nn.ReLU)
    decoder = network(8, 128, 128, 64, activation=torch.nn.ReLU)
    bce = torch.nn.BCEWithLogitsLoss(reduction="none")

    def bound(x: torch.Tensor) -> torch.Tensor:
        mean, log_var = encoder(x).chunk(2, dim=1)
        z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
        kl = 0.5 * (mean**2 + log_var.exp() - 1.0 - log_var).sum(dim=1)
        return (bce(decoder(z), x).sum(dim=1) + kl).mean()

    seconds = fit([*encoder.parameters(), *decoder.parameters()], train, bound, 300, 2e-3)
    with torch.no_grad():
        x = torch.tensor(test, dtype=torch.float32)
        mean, log_var = encoder(x).chunk(2, dim=1)
        weights = []
        for _ in range(n_importance):
            noise = torch.randn_like(mean)
            z = mean + torch.exp(0.5 * log_var) * noise
            log_q = -0.5 * (noise**2 + log_var).sum(dim=1)
            weights.append(-bce(decoder(z), x).sum(dim=1) - 0.5 * (z**2).sum(dim=1) - log_q)
        score = float((torch.logsumexp(torch.stack(weights), dim=0) - np.log(n_importance)).mean())
    yield Peer("VAE, digits, test, 2000 importance weights", f"{score:.2f}", score, seconds)


class Machine(torch.nn.Module):
    """Boltzmann machine of two-valued units; the gradient is that of the difference of two free energies."""

    def __init__(self, mean: torch.Tensor, n_hidden: int) -> None:
        super().__init__()
        self.a = torch.nn.Parameter(torch.logit(mean.clamp(1e-3, 1.0 - 1e-3)))
        self.b = torch.nn.Parameter(torch.zeros(n_hidden))
        self.W = torch.nn.Parameter(0.01 * torch.randn(len(mean), n_hidden))

    def free_energy(self, v: torch.Tensor) -> torch.Tensor:
        """Of every row."""
        return -v @ self.a - torch.nn.functional.softplus(v @ self.W + self.b).sum(dim=1)

    @torch.no_grad()
    def gibbs(self, v: torch.Tensor) -> torch.Tensor:
        """Hidden units given the visible ones, and back."""
        h = torch.bernoulli(torch.sigmoid(v @ self.W + self.b))
        return torch.bernoulli(torch.sigmoid(h @ self.W.T + self.a))

    @torch.no_grad()
    def score(self, v: torch.Tensor) -> float:
        """Exact mean log-likelihood, in double precision, by the sum over all states of the hidden units."""
        double = self.double()
        h = torch.tensor(all_rows(len(self.b)))
        log_weights = h @ double.b + torch.nn.functional.softplus(h @ double.W.T + double.a).sum(dim=1)
        return -float(double.free_energy(v.double()).mean() + torch.logsumexp(log_weights, dim=0))


def machine(n_seeds: int = 5) -> Iterator[Peer]:
    """16 hidden units, 200 epochs with 100 persistent chains, our rate, 0.3, that falls to zero; five seeds."""
    train, test = (torch.tensor(part, dtype=torch.float32) for part in digits())
    scores, seconds = [], []
    for seed in range(n_seeds):
        torch.manual_seed(seed)
        started = time.process_time()
        model = _persistent(train, 16, 200, 0.3)
        seconds.append(time.process_time() - started)
        scores.append(model.score(test))
    mean = float(np.mean(scores))
    item = "digits, 16 hidden units, test log-likelihood, 5 seeds"
    yield Peer(item, f"{mean:.2f}", mean, float(np.mean(seconds)))


def _persistent(train: torch.Tensor, n_hidden: int, n_epochs: int, rate: float) -> Machine:
    model = Machine(train.mean(dim=0), n_hidden)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, n_epochs)
    chains = torch.bernoulli(train.mean(dim=0).repeat(100, 1))
    for _ in range(n_epochs):
        for rows in torch.randperm(len(train)).split(100):
            chains = model.gibbs(chains)
            optimizer.zero_grad()
            (model.free_energy(train[rows]).mean() - model.free_energy(chains).mean()).backward()
            optimizer.step()
        schedule.step()
    return model
