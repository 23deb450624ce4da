"""The Ising model on 8 x 8 and 16 x 16 spins at T_c: draws against exact values, and models that learn from them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from data import mean_and_error
from rows import Row

from samplers.generative import BinaryAutoregressive, BinaryRBM
from samplers.ising import Ising
from vmc.statistics import format_value, jackknife

N_WALKERS = 256
#: Draws of each walker, which are five clusters apart.
DRAWS = {8: 1000, 16: 375}
#: 1 - <m^4> / (3 <m^2>^2) by a transfer matrix in an imaginary field; for 16 x 16 there is no cheap exact value.
CUMULANT = {8: 0.613045384943}
#: Draws to learn from, and settings of the models.
LEARN_FROM = {8: 50_000, 16: 20_000}
AUTOREGRESSIVE: dict[int, dict[str, Any]] = {
    8: {"hidden": (128,), "learning_rate": 0.01},
    16: {"hidden": (256,), "learning_rate": 0.005},
}
MACHINE: dict[int, dict[str, Any]] = {
    8: {"n_hidden": 64, "n_epochs": 40, "learning_rate": 0.32, "n_chains": 500},
    16: {"n_hidden": 256, "n_epochs": 20, "learning_rate": 0.16, "n_chains": 200},
}
#: Temperatures and chains of annealed importance sampling.
ANNEALING = {8: (5000, 200), 16: (1000, 100)}


def draws() -> Iterator[Row]:
    """G18: Wolff's method.  Walkers are independent, so that errors know of correlation along each."""
    for size in (8, 16):
        target = Ising(size)
        started = time.process_time()
        S = target.sample(N_WALKERS * DRAWS[size], n_walkers=N_WALKERS, thin=5, warm_up=500, random_state=1)
        seconds = time.process_time() - started
        e, m = target.energy(S), target.magnetisation(S)
        means = np.column_stack([_of_walkers(values) for values in (e, e * e, m * m, m**4)])
        energy = mean_and_error(means[:, 0])
        yield _against(size, "energy of a spin", energy, target.exact_energy(), 1e-3, seconds)
        scale = size**2 / target.temperature**2
        capacity = _of_means(means, lambda mean, scale=scale: scale * (mean[1] - mean[0] ** 2))
        yield _against(size, "heat capacity of a spin", capacity, target.exact_heat_capacity())
        cumulant = _of_means(means, lambda mean: 1.0 - mean[3] / (3.0 * mean[2] ** 2))
        yield _against(size, "Binder's cumulant U4", cumulant, CUMULANT.get(size))


def _of_means(means: np.ndarray, function: Callable[[np.ndarray], float]) -> tuple[float, float]:
    """A function of the means over walkers, less its bias, and its error: by the jackknife."""
    found = jackknife(means, function)
    return found.value - found.bias, found.error


def _of_walkers(values: np.ndarray) -> np.ndarray:
    """Mean of each walker."""
    return values.reshape(-1, N_WALKERS).mean(axis=0)


def _against(
    size: int,
    what: str,
    found: tuple[float, float],
    exact: float | None,
    most: float = np.inf,
    seconds: float | None = None,
) -> Row:
    """A row that is met within 4.42 errors of the exact value, which are `most` of it or less."""
    (value, error), item = found, f"Ising {size} x {size} at T_c, {what}"
    if exact is None:
        return Row("G18", item, value, "no target", None, seconds, "no exact value", error)
    z = (value - exact) / error
    wanted = "within 4.42 errors" + (f" of {most:.1%}, 60 s" if most < np.inf else "")
    met = abs(z) < 4.42 and error < most * abs(value)
    return Row("G18", item, value, wanted, met, seconds, f"exact {exact:.6f}, z = {z:.2f}", error)


def fits() -> Iterator[Row]:
    """G18: models fitted to draws, by what is exact: their divergence, with Kaufman's log Z, and the energy."""
    for size in (8, 16):
        target = Ising(size)
        X = target.sample(LEARN_FROM[size], n_walkers=N_WALKERS, thin=20, warm_up=500, random_state=1)
        fresh = target.sample(N_WALKERS * 40, n_walkers=N_WALKERS, thin=30, warm_up=500, random_state=2)
        settings: dict[str, Any] = {"spins": True, "random_state": 0}
        model = BinaryAutoregressive(n_epochs=20, batch_size=100, **AUTOREGRESSIVE[size], **settings)
        seconds = _fit(model, X)
        yield _divergence(target, "autoregressive", fresh, model.score_samples(fresh), 0.0, seconds, "exact density")
        yield _energy(target, "autoregressive", model, 10_000)
        machine = BinaryRBM(batch_size=200, **MACHINE[size], **settings)
        seconds = _fit(machine, X)
        log_Z, error = machine.log_partition(*ANNEALING[size], random_state=4)
        name = f"Boltzmann machine, {machine.n_hidden} hidden units"
        note = f"log Z {format_value(log_Z, error)} by annealed importance sampling"
        yield _divergence(target, name, fresh, machine.negative_free_energy(fresh) - log_Z, error, seconds, note)
        yield _energy(target, name, machine, 2000)


def _fit(model: Any, X: np.ndarray) -> float:
    """CPU seconds."""
    started = time.process_time()
    model.fit(X)
    return time.process_time() - started


def _divergence(
    target: Ising, name: str, S: np.ndarray, log_q: np.ndarray, error_of_log_Z: float, seconds: float, note: str
) -> Row:
    """KL(p, q) = <log p - log q> over draws of p that the fit has not seen; errors from walkers, and of log Z."""
    value, error = mean_and_error(_of_walkers(target.log_weight(S) - target.log_partition() - log_q))
    item = f"{name}, Ising {target.size} x {target.size} at T_c, KL"
    return Row("G18", item, value, "no target", None, seconds, note, float(np.hypot(error, error_of_log_Z)))


def _energy(target: Ising, name: str, model: Any, n: int) -> Row:
    """Of independent draws of the model: what it is beside the exact one, without any correction."""
    value, error = mean_and_error(target.energy(model.sample(n, random_state=3)))
    item = f"{name}, Ising {target.size} x {target.size}, energy of a spin of its draws"
    return Row("G18", item, value, "no target", None, peer=f"exact {target.exact_energy():.6f}", error=error)
