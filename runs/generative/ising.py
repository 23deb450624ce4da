"""The Ising model: snapshots, exact laws of 4 x 4 spins against fits, energies: python runs/generative/ising.py."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from ising_pictures import energies_picture, laws_picture, snapshots_picture
from scipy.special import logsumexp
from study import fitted, options, write_picture, write_results

from samplers.generative import BinaryAutoregressive, BinaryRBM
from samplers.ising import T_CRITICAL, Ising
from samplers.summary import summarise

SEED = 1
#: Temperatures of the snapshots, in units of J, by what they show.
SNAPSHOTS = {"below": 1.8, "at": T_CRITICAL, "above": 3.2}


def snapshots(size: int) -> dict[str, np.ndarray]:
    """A configuration (size^2,) at each temperature, after many clusters: they are small where it is hot."""
    return {
        name: Ising(size, T).sample(1, n_walkers=1, warm_up=20000, random_state=SEED)[0]
        for name, T in SNAPSHOTS.items()
    }


def all_configurations(size: int) -> np.ndarray:
    """All 2^(size^2) configurations of -1 and 1."""
    numbers = np.arange(2 ** (size * size))[:, None]
    return 2.0 * ((numbers >> np.arange(size * size)) & 1) - 1.0


def distribution(values: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Different values, and the probability of each."""
    levels, level = np.unique(values.round(10), return_inverse=True)
    return levels, np.bincount(level, weights=p)


def laws(n_train: int, epochs: dict[str, int]) -> dict[str, Any]:
    """Distributions of energy and magnetisation of 4 x 4 spins at T_c: exact, and of fits to exact draws.

    KL(p | q) is a sum over all configurations, as everything here is.
    """
    model = Ising(4)
    S = all_configurations(4)
    log_p = model.log_weight(S) - model.log_partition()
    p, rng = np.exp(log_p), np.random.default_rng(SEED)
    energy, magnetisation = model.energy(S), model.magnetisation(S)
    train = S[rng.choice(len(S), size=n_train, p=p / p.sum())]
    fits = {
        "autoregressive": BinaryAutoregressive(spins=True, n_epochs=epochs["autoregressive"], random_state=SEED),
        "RBM": BinaryRBM(
            16,
            spins=True,
            n_epochs=epochs["RBM"],
            n_steps=5,
            n_chains=500,
            batch_size=200,
            learning_rate=0.8,
            random_state=SEED,
        ),
    }
    found: dict[str, Any] = {"temperature": model.temperature, "n_train": n_train, "laws": {}}
    for name, q, seconds in [("exact", p, 0.0), *((name, *_fitted_law(fit, train, S)) for name, fit in fits.items())]:
        found["laws"][name] = {
            "energy": np.array(distribution(energy, q)),
            "magnetisation": np.array(distribution(magnetisation, q)),
            "mean_energy": q @ energy,
            "mean_abs_magnetisation": q @ np.abs(magnetisation),
            "kl": 0.0 if name == "exact" else p @ (log_p - np.log(q)),
            "sum": q.sum(),
            "seconds": seconds,
        }
    return found


def _fitted_law(fit: Any, train: np.ndarray, S: np.ndarray) -> tuple[np.ndarray, float]:
    _, seconds = fitted(fit, train)
    log_q = np.concatenate([fit.score_samples(part) for part in np.array_split(S, 16)])
    assert abs(logsumexp(log_q)) < 1e-8
    return np.exp(log_q), seconds


def energies(draws: dict[int, int], temperatures: np.ndarray, n_walkers: int = 32) -> dict[str, Any]:
    """Mean energies of Wolff's clusters with errors that know their autocorrelation, and exact ones, by lattice size.

    `draws` are those of a walker; every temperature has random numbers of its own.
    """
    found: dict[str, Any] = {}
    for size, n_draws in draws.items():
        rows = []
        for k, T in enumerate(temperatures):
            model, started = Ising(size, float(T)), time.process_time()
            S = model.sample(n_walkers * n_draws, n_walkers=n_walkers, random_state=1000 * size + k)
            values = model.energy(S).reshape(n_draws, n_walkers).T[:, :, None]
            (mean,), (error,) = (getattr(summarise(values, ["e"]), key) for key in ("mean", "error"))
            exact = model.exact_energy()
            rows.append(
                {
                    "temperature": T,
                    "energy": mean,
                    "error": error,
                    "exact": exact,
                    "deviation": (mean - exact) / error,
                    "seconds": time.process_time() - started,
                }
            )
        found[str(size)] = rows
        deviations = np.array([row["deviation"] for row in rows])
        print(
            f"{size} x {size}: (e - exact) / error {np.round(deviations, 1)}, mean square {np.mean(deviations**2):.2f}"
        )
    return found


def main() -> None:
    """All three parts."""
    arguments = options(__doc__)
    quick = arguments.quick
    write_picture(arguments.output, "ising-snapshots", snapshots_picture(snapshots(16 if quick else 64), SNAPSHOTS))
    epochs = {"autoregressive": 1, "RBM": 1} if quick else {"autoregressive": 30, "RBM": 60}
    found = laws(500 if quick else 20000, epochs)
    for name, law in found["laws"].items():
        print(f"{name}: KL {law['kl']:.4f}, energy {law['mean_energy']:.5f}, {law['seconds']:.1f} s", flush=True)
    write_picture(arguments.output, "ising-laws", laws_picture(found))
    temperatures = np.array([2.0, 3.0]) if quick else np.linspace(1.6, 3.4, 19)
    measured = energies({4: 50} if quick else {8: 2000, 16: 800}, temperatures)
    write_picture(arguments.output, "ising-energies", energies_picture(measured))
    write_results(arguments.output, "ising", {"law": found, "energies": measured})


if __name__ == "__main__":
    main()
