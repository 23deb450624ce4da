"""Targets of models with exact densities, of diffusion, and of what they propose."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from data import all_rows, digits, mean_and_error
from plane import TOYS, modes, noise_of_discrepancy, squared_discrepancy
from rows import Row

from samplers.generative import BinaryAutoregressive, BinaryRBM, Diffusion, SplineFlow, sample_by_independence
from samplers.generative.model import GenerativeModel
from samplers.generative.targets import EightGaussians, TwoMoons
from samplers.ising import Ising


def autoregressive() -> Iterator[Row]:
    """G11: digits and the 4 x 4 Ising model, and its draws as proposals (G17)."""
    train, test = digits()
    started = time.process_time()
    model = BinaryAutoregressive((300,), n_epochs=40, learning_rate=0.01, batch_size=50, random_state=0).fit(train)
    seconds, score = time.process_time() - started, model.score(test)
    yield Row("G11", "autoregressive, digits, test log-likelihood", score, ">= -17.7", score >= -17.7, seconds)
    target = Ising(4)
    S = 2.0 * all_rows(16) - 1.0
    log_p = target.log_weight(S) - target.log_partition()
    X = target.sample(20000, thin=40, random_state=1)
    started = time.process_time()
    model = BinaryAutoregressive(
        (16,), spins=True, n_epochs=30, learning_rate=0.01, batch_size=100, random_state=0
    ).fit(X)  # fmt: skip
    seconds = time.process_time() - started
    log_q = model.score_samples(S)
    kl = float(np.exp(log_p) @ (log_p - log_q))
    total = float(np.exp(log_q).sum() - 1.0)
    yield Row("G11", "autoregressive, Ising 4 x 4 at T_c, KL", kl, "<= 0.010", kl <= 0.010, seconds)
    yield Row("G11", "sum of its 65,536 probabilities, less one", total, "<= 1e-10", abs(total) <= 1e-10)
    machine = BinaryRBM(16, spins=True, n_epochs=40, learning_rate=0.8, n_chains=500, batch_size=200, random_state=0)
    for name, proposal in (("autoregressive", model), ("Boltzmann machine", machine.fit(X))):
        yield _acceptance(name, proposal, target, log_p, S)


def _acceptance(name: str, model: GenerativeModel, target: Ising, log_p: np.ndarray, S: np.ndarray) -> Row:
    """Mean acceptance of independent proposals beside E_p E_q[min(1, w' / w)], over states sorted by weight."""
    log_q = model.score_samples(S)
    order = np.argsort(log_p - log_q)
    p, q = np.exp(log_p[order]), np.exp(log_q[order])
    # For w <= w': p(x) q(y); for w > w': p(x) q(y) w'/w = q(x) p(y).
    above, below = 1.0 - np.cumsum(q) + q, np.cumsum(p) - p
    expected = float(p @ above + q @ below)
    start = S[np.random.default_rng(2).choice(len(S), 200, p=np.exp(log_p) / np.exp(log_p).sum())]
    runs = [
        sample_by_independence(target.log_weight, model, 100, 200, seed=seed, start=start).acceptance
        for seed in range(20)
    ]
    found, error = mean_and_error(np.array(runs))
    note = f"enumeration {expected:.4f}"
    met = abs(found - expected) < 4.42 * error
    return Row(
        "G17", f"{name}: acceptance as a proposal, Ising 4 x 4", found, "as enumerated", met, peer=note, error=error
    )


def flows() -> Iterator[Row]:
    """G12: eight Gaussians and two moons from 20,000 draws."""
    for name, wanted, least in (("eight Gaussians", 0.05, 0.85), ("two moons", 0.02, 0.90)):
        target = TOYS[name]
        X, Y = target.sample(20000, np.random.default_rng(0)), target.sample(20000, np.random.default_rng(1))
        started = time.process_time()
        model = SplineFlow(random_state=0).fit(X)
        seconds = time.process_time() - started
        kl, error = mean_and_error(target.log_density(Y) - model.score_samples(Y))
        yield Row("G12", f"flow, {name}, KL", kl, f"<= {wanted}, 20 s", kl <= wanted, seconds, error=error)
        Z = model.sample(20000, random_state=1)
        here, there = (target.log_density(rows) - model.score_samples(rows) for rows in (Y, Z))
        accepted, error = mean_and_error(np.exp(np.minimum(there - here, 0.0)))
        item = f"flow, {name}, acceptance as a proposal"
        yield Row("G12", item, accepted, f">= {least:.2f}", accepted >= least, error=error)
        if name == "eight Gaussians":
            shares, within = modes(Z)
            text = f"{within:.1%} within 3 sigma"
            met = shares.min() >= 0.1 and shares.max() <= 0.15
            yield Row("G12", "flow: smallest share of a mode", float(shares.min()), "all 0.10 to 0.15", met, peer=text)


def diffusion() -> Iterator[Row]:
    """G14 and G15: both toys, draws beside as many exact ones, and the scatter of the loss by schedule."""
    for name, wanted in (("eight Gaussians", 0.10), ("two moons", 0.15)):
        target = TOYS[name]
        X, Y = target.sample(20000, np.random.default_rng(0)), target.sample(4000, np.random.default_rng(1))
        started = time.process_time()
        model = Diffusion((96, 96, 96), n_epochs=420, learning_rate=0.003, random_state=0).fit(X)
        seconds = time.process_time() - started
        kl, error = mean_and_error(target.log_density(Y) - model.score_samples(Y))
        yield Row(
            "G14", f"diffusion, {name}, KL (ODE)", kl, f"<= {wanted:.2f}, 60 s", kl <= wanted, seconds, error=error
        )
        yield from _draws(model, target)
        if target == EightGaussians():
            yield from _schedules(model, Y[:500])


def _draws(model: Diffusion, target: EightGaussians | TwoMoons) -> Iterator[Row]:
    """10,000 of them by either method: the discrepancy from as many exact ones, shares of modes where there are any."""
    exact = target.sample(10000, np.random.default_rng(2))
    limit = 3.0 * noise_of_discrepancy(target, len(exact))
    # Noise at every step makes an error that falls like the first power of their number, the flow's like the fourth.
    for method, n_steps in (("flow", 100), ("ancestral", 500)):
        draws = model.set_params(method=method, n_steps=n_steps).sample(len(exact), random_state=1)
        found = squared_discrepancy(draws, exact)
        item = f"diffusion, {target.name}, squared MMD, {method}"
        yield Row("G14", item, found, f"3 sd of exact draws: {limit:.2g}", abs(found) <= limit)
        if target == EightGaussians():
            shares, within = modes(draws)
            text = f"modes {shares.min():.3f} to {shares.max():.3f}"
            item = f"diffusion: share within 3 sigma, {method}"
            yield Row("G14", item, within, ">= 0.95", within >= 0.95, peer=text)


def _schedules(model: Diffusion, Y: np.ndarray) -> Iterator[Row]:
    """Means of the loss, the part of the bound in which a schedule enters, by one schedule after the other."""
    learnt, bounds, rng = model.shares_.copy(), {}, np.random.default_rng(3)
    for name in ("learned", "uniform", "linear", "cosine"):
        model.shares_ = learnt if name == "learned" else _shares(name)
        bounds[name] = mean_and_error(np.array([model._loss(Y, rng) for _ in range(200)]))
    model.shares_ = learnt
    fixed = {name: bounds[name] for name in bounds if name != "learned"}
    worst = max(abs(a - c) / np.hypot(b, d) for a, b in bounds.values() for c, d in bounds.values() if (a, b) != (c, d))
    yield Row("G15", "bound under four schedules: largest difference in errors", float(worst), "< 4.42", worst < 4.42)
    ratio = bounds["learned"][1] / min(error for _, error in fixed.values())
    text = ", ".join(f"{name} {error / bounds['learned'][1]:.2f}" for name, (_, error) in fixed.items())
    yield Row(
        "G15", "scatter of the loss, learnt over best fixed schedule", float(ratio), "< 1", ratio < 1.0, peer=text
    )


def _shares(name: str) -> np.ndarray:
    from samplers.generative.diffusion.model import N_PARTS
    from samplers.generative.diffusion.noise import schedule_of

    return schedule_of(name, N_PARTS).shares
