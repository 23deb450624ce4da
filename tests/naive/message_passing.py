"""The message-passing network of one configuration once more: plain NumPy, one pair after another."""

import itertools
import re

import numpy as np
from scipy.special import expit

ACTIVATIONS = {"silu": lambda z: z * expit(z), "tanh": np.tanh}


def dense(parameters, sizes, x, activation):
    """A network without norm or residuals; its parameters lie one behind the other."""
    position = 0
    for layer, (n_in, n_out) in enumerate(itertools.pairwise(sizes), start=1):
        W = parameters[position : position + n_out * n_in].reshape(n_out, n_in)
        position += n_out * n_in
        x = W @ x + parameters[position : position + n_out]
        position += n_out
        if layer < len(sizes) - 1:
            x = ACTIVATIONS[activation](x)
    return x


def pair_in_cell(cell, kink):
    lattice = cell.reduced.lattice
    metric = lattice @ lattice.T / cell.volume ** (2 / cell.n_dim)

    def inputs(r):
        angles = 2 * np.pi * r @ np.linalg.inv(lattice)
        corner = 1 - np.cos(angles)
        square = 0.25 * (corner @ metric @ corner + np.sin(angles) @ metric @ np.sin(angles))
        return [*np.sin(angles), *np.cos(angles), np.sqrt(square) if kink else square]

    return inputs


def pair_in_the_open(length, kink):
    def inputs(r):
        u = r / np.sqrt(length**2 + r @ r)
        return [*u, np.linalg.norm(u) if kink else u @ u]

    return inputs


def message_passing(network, x, activation="silu", kink=True):
    """q with factors of orbitals (N, w), and S, at the points x (N, d), from the parameters of a network."""
    system = network.system
    N, d = system.n_particles, system.n_dim
    views = dict(zip([name for name, _ in network.layout.shapes], network.layout.views(network.theta), strict=True))
    spins = np.ones(N) if system.n_up is None else np.where(np.arange(N) < system.n_up, 1.0, -1.0)
    if system.cell is None:
        length = 1.0
        of_pair = pair_in_the_open(length, kink)
        own = x / np.sqrt(length**2 + (x**2).sum(axis=1))[:, None]
    else:
        length = (system.cell.volume / N) ** (1 / d)
        of_pair = pair_in_cell(system.cell, kink)
        own = np.empty((N, 0))
    visible = np.array([[[*of_pair(x[i] - x[j]), spins[i] * spins[j]] for j in range(N)] for i in range(N)])

    def net(name, values):
        pattern = re.compile(rf"{name}_(weights|biases)\d+")
        parameters = np.concatenate([v.ravel() for key, v in views.items() if pattern.fullmatch(key)])
        return dense(parameters, network.sizes[name], values, activation)

    known, features = visible, own
    for t in range(1, network.iterations + 1):
        end = "" if t == 1 else f"_{t}"
        queries = known @ views[f"query{end}_weights"].T + views[f"query{end}_biases"]
        keys = known @ views[f"key{end}_weights"].T + views[f"key{end}_biases"]
        likeness = np.array([[(queries[i] * keys[j]).sum(axis=0) / np.sqrt(N) for j in range(N)] for i in range(N)])
        told = np.array(
            [
                [net(f"attention{end}", likeness[i, j]) * net(f"message{end}", known[i, j]) for j in range(N)]
                for i in range(N)
            ]
        )
        heard = [np.concatenate([features[i], told[i].sum(axis=0)]) for i in range(N)]
        y = np.array([net(f"update{end}", heard[i]) for i in range(N)])
        features = np.concatenate([own, y], axis=1)
        if t < network.iterations:
            hidden = [
                [net(f"edge{end}", np.concatenate([known[i, j], told[i, j]])) for j in range(N)] for i in range(N)
            ]
            known = np.concatenate([visible, hidden], axis=2)
    numbers = y @ views["displacement"].T
    q = np.hstack([x + length * numbers[:, :d], numbers[:, d:]])
    return q, sum(net("factor", y[i])[0] for i in range(N))
