"""The message-passing network of one configuration once more: plain NumPy, one pair after another."""

import itertools

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
    """q (N, d) and S at the points x (N, d), from the parameters of a MessagePassing network."""
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
    E = np.array([[[*of_pair(x[i] - x[j]), spins[i] * spins[j]] for j in range(N)] for i in range(N)])
    queries = E @ views["query_weights"].T + views["query_biases"]
    keys = E @ views["key_weights"].T + views["key_biases"]

    def net(name, position, values):
        parameters = np.concatenate([v.ravel() for key, v in views.items() if key.startswith(name + "_")])
        return dense(parameters, network.sizes[position], values, activation)

    q, S = np.empty((N, d)), 0.0
    for i in range(N):
        heard = 0.0
        for j in range(N):
            likeness = (queries[i] * keys[j]).sum(axis=0) / np.sqrt(N)
            heard = heard + net("attention", 1, likeness) * net("message", 0, E[i, j])
        y = net("update", 2, np.concatenate([own[i], heard]))
        q[i] = x[i] + length * views["displacement"] @ y
        S += net("factor", 3, y)[0]
    return q, S
