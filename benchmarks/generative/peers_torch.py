"""PyTorch's side: a masked autoregressive network and a variational autoencoder of the same sizes on the same digits.

Runs in an environment of its own with torch, numpy, scipy and scikit-learn; prints JSON.
"""

from __future__ import annotations

import json
import time

import numpy as np
import torch
from data import digits

torch.set_num_threads(1)
torch.manual_seed(0)


class Masked(torch.nn.Linear):
    """A linear layer whose weights are cut by a mask."""

    def __init__(self, mask: np.ndarray) -> None:
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", torch.tensor(mask, dtype=torch.float32))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """W x + b with the masked W."""
        return torch.nn.functional.linear(x, self.weight * self.mask, self.bias)


def made(train: np.ndarray, test: np.ndarray) -> dict:
    """One hidden layer of 300 units, 120 epochs of Adam with a cosine schedule."""
    n, hidden = 64, 300
    degrees = np.arange(hidden) % (n - 1) + 1
    inputs = np.arange(1, n + 1)
    net = torch.nn.Sequential(
        Masked(degrees[:, None] >= inputs[None]), torch.nn.ReLU(), Masked(inputs[:, None] > degrees[None])
    )
    loss = torch.nn.BCEWithLogitsLoss(reduction="none")
    seconds = _train(net.parameters(), train, lambda x: loss(net(x), x).sum(dim=1).mean(), 120, 2e-3)
    with torch.no_grad():
        x = torch.tensor(test, dtype=torch.float32)
        score = -float(loss(net(x), x).sum(dim=1).mean())
    return {"item": "MADE, 300 hidden units, digits, test log-likelihood", "value": score, "seconds": seconds}


def vae(train: np.ndarray, test: np.ndarray, n_importance: int = 2000) -> dict:
    """Eight latent variables, 300 epochs; 2,000 importance weights."""
    encoder = torch.nn.Sequential(
        torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 128), torch.nn.ReLU(), torch.nn.Linear(128, 16)
    )
    decoder = torch.nn.Sequential(
        torch.nn.Linear(8, 128), torch.nn.ReLU(), torch.nn.Linear(128, 128), torch.nn.ReLU(), torch.nn.Linear(128, 64)
    )
    bce = torch.nn.BCEWithLogitsLoss(reduction="none")

    def bound(x: torch.Tensor) -> torch.Tensor:
        mean, log_var = encoder(x).chunk(2, dim=1)
        z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
        kl = 0.5 * (mean**2 + log_var.exp() - 1.0 - log_var).sum(dim=1)
        return (bce(decoder(z), x).sum(dim=1) + kl).mean()

    seconds = _train([*encoder.parameters(), *decoder.parameters()], train, bound, 300, 2e-3)
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
    return {"item": "VAE, z = 8, digits, test, 2000 importance weights", "value": score, "seconds": seconds}


def _train(parameters, train: np.ndarray, loss, n_epochs: int, rate: float) -> float:
    """Adam in batches of 64; CPU seconds."""
    optimizer = torch.optim.Adam(parameters, lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_epochs)
    X = torch.tensor(train, dtype=torch.float32)
    started = time.process_time()
    for _ in range(n_epochs):
        for rows in torch.randperm(len(X)).split(64):
            optimizer.zero_grad()
            loss(X[rows]).backward()
            optimizer.step()
        schedule.step()
    return time.process_time() - started


if __name__ == "__main__":
    train, test = digits()
    print(json.dumps([made(train, test), vae(train, test)]))
