"""What all of PyTorch's fits share: batches, Adam with a cosine schedule, and how a figure is handed over."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import numpy as np
import torch


@dataclass
class Peer:
    """A figure of PyTorch's, and the item of the row that it stands beside.

    Attributes
    ----------
    item : of the row.
    text : the figure, as it is to be read.
    value, seconds : the same figure as a number, and CPU seconds of the fit.
    """

    item: str
    text: str
    value: float
    seconds: float

    def as_dict(self) -> dict:
        """For JSON."""
        return asdict(self)


def network(*sizes: int, activation: Callable[[], torch.nn.Module] = torch.nn.SiLU) -> torch.nn.Sequential:
    """Dense layers with an activation between them."""
    layers: list[torch.nn.Module] = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers += [torch.nn.Linear(n_in, n_out), activation()]
    return torch.nn.Sequential(*layers[:-1])


def fit(
    parameters: Iterable[torch.nn.Parameter],
    train: np.ndarray,
    loss: Callable[[torch.Tensor], torch.Tensor],
    n_epochs: int,
    rate: float,
    batch_size: int = 64,
    after: Callable[[], None] = lambda: None,
) -> float:
    """Adam over shuffled batches, its rate a cosine down to zero; CPU seconds.  `after` is called after every step."""
    optimizer = torch.optim.Adam(parameters, lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_epochs)
    X = torch.tensor(train, dtype=torch.float32)
    started = time.process_time()
    for _ in range(n_epochs):
        for rows in torch.randperm(len(X)).split(batch_size):
            optimizer.zero_grad()
            loss(X[rows]).backward()
            optimizer.step()
            after()
        schedule.step()
    return time.process_time() - started
