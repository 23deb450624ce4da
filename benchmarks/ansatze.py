"""Wave functions of the electron gas: rates, share of the dgemm rate, parts of an iteration, growth with N.

python benchmarks/ansatze.py: the shipped configurations at r_s = 2, N = 14, 54 and 114, in the loop of real runs.
Operations of a local energy are counted by hand, additions and multiplications alike, a transcendental function as
OPERATIONS_PER_FUNCTION.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import clock
import numpy as np
from limits import OPERATIONS_PER_FUNCTION

from numerics.random import stream_states
from vmc.build.physics import build
from vmc.config.load import load_config
from vmc.measuring.ensemble import Ensemble
from vmc.optimizers.min_sr import MinSR
from vmc.parallel import Partition, communicator

RUNS = Path(__file__).resolve().parents[1] / "runs"
SIZES = (14, 54, 114)
#: Those of double excitations, whose number grows with the fourth power of N.
WITH_EXCITATIONS = (14,)
#: An iteration: walkers, measurements of each, all-particle steps (or sweeps) before a measurement.
WALKERS, MEASUREMENTS, STRIDE = 256, 4, 10
#: Of the jobs on two ranks that time messages, and how many of them.
ITERATIONS, JOBS = 3, 3
CONFIGURATIONS = {
    "Slater-Jastrow": ("electron-gas", ()),
    "pair backflow": (
        "electron-gas",
        (
            'wavefunction.slater.backflow=[{kind="pair"}, {kind="plane_waves"}]',
            'sampler={kind="metropolis"}',
        ),
    ),
    "pair backflow, double excitations": (
        "electron-gas",
        (
            'wavefunction.slater.backflow=[{kind="pair"}, {kind="plane_waves"}]',
            "wavefunction.slater.double_excitations=3",
            'sampler={kind="metropolis"}',
        ),
    ),
    "message passing": (
        "electron-gas-networks",
        (
            'wavefunction=[{kind="slater", backflow={kind="message_passing"}}, {kind="pair_polynomial"}, '
            '{kind="plane_wave_pairs"}]',
        ),
    ),
}


def physics(name: str, n_particles: int):
    """The wave function, Hamiltonian and loop of a shipped configuration."""
    study, settings = CONFIGURATIONS[name]
    size = (f"system.n_particles={n_particles}", f"system.n_up={n_particles // 2}")
    return build(load_config(RUNS / study / "config.toml", (*settings, *size, "hamiltonian.r_s=2.0")))


def walkers(system, n_walkers: int) -> np.ndarray:
    """Uniform configurations in the cell."""
    cell = np.array(system.cell.vectors)
    fractions = np.random.default_rng(1).uniform(size=(n_walkers, system.n_particles, system.n_dim))
    return np.ascontiguousarray((fractions @ cell).reshape(n_walkers, -1))


def seconds_of_parts(measurement, n_walkers: int) -> dict[str, float]:
    """Seconds of a walker's move of all particles, of a local energy, and of a row of log-derivatives."""
    X, states = walkers(measurement.wave_function.system, n_walkers), stream_states(2, 0, n_walkers)
    options = measurement.move.options()
    O = np.empty((measurement.wave_function.n_params, n_walkers))
    least = {
        "move": clock.seconds_per_call(lambda: measurement.advance(X, states, options, STRIDE), 2.0, 4) / STRIDE,
        "energy": clock.seconds_per_call(lambda: measurement.measure(X, states, options, 1, 0), 2.0, 4),
        "both": clock.seconds_per_call(lambda: measurement.measure(X, states, options, 1, 0, O=O), 2.0, 4),
    }
    parts = {"move": least["move"], "energy": least["energy"], "row": least["both"] - least["energy"]}
    return {part: seconds / n_walkers for part, seconds in parts.items()}


def an_iteration(measurement, world) -> Callable[[], object]:
    """Sampling and solving once, by stochastic reconfiguration in the space of samples."""
    ensemble = Ensemble(measurement, world, Partition(WALKERS, WALKERS // 32, world.rank, world.size), 1)
    ensemble.advance(STRIDE)
    ensemble.follow(ensemble.energies(1, 1))
    metric = MinSR(1e-3, 0.9)
    state = metric.init(measurement.wave_function.n_params)
    return lambda: metric.direction(ensemble, MEASUREMENTS, STRIDE, state)


def child(name: str) -> None:
    """On every rank: seconds in messages during an iteration, when all have arrived; the root prints."""
    world = communicator()
    iterate = an_iteration(physics(name, SIZES[0]).measurement(), world)
    iterate()
    spent: list[float] = []
    for method in ("exchange", "fill_from_root"):
        setattr(world, method, timed(getattr(world, method), world, spent))
    for _ in range(ITERATIONS):
        iterate()
    total = world.max(sum(spent)) / ITERATIONS
    if world.is_root:
        print(json.dumps(total))


def timed(message: Callable[..., None], world, spent: list[float]) -> Callable[..., None]:
    """The same message between two ranks once both are there, with its seconds noted: to wait is not to speak."""

    def call(*arguments) -> None:
        world.max(0.0)  # a barrier would sleep, and leave the ranks apart
        started = time.perf_counter()
        message(*arguments)
        spent.append(time.perf_counter() - started)

    return call


def seconds_of_messages(name: str) -> float:
    """Of an iteration on two ranks, the least of a few jobs."""
    launcher = Path(sys.executable).with_name("mpirun")
    command = [str(launcher), "-n", "2", "-bind-to", "core", sys.executable, __file__, "--child", name]
    jobs = [subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True) for _ in range(JOBS)]
    return min(json.loads(job.stdout.strip().splitlines()[-1]) for job in jobs)


def ewald_operations(n: int, ewald) -> float:
    """A pair: nearest image 12, the square 5, root, a polynomial; for every further image 8, 3 and a polynomial.

    For each particle 6 a column of waves, and 8 for k and its mirror image, which share their products.
    """
    _, real, (columns, lengths, _, _, _), _ = ewald.constants
    images, near, far = real[1].shape[0], 2 * ewald.shape["near_degree"], 2 * ewald.shape["far_degree"]
    a_pair = 12 + 5 + OPERATIONS_PER_FUNCTION + near + images * (8 + 3 + far)
    return n * (n - 1) / 2 * a_pair + n * (6 * columns.shape[0] + 8 * float(lengths.sum()))


def pair_operations(n: int, waves: int = 28, order: int = 8) -> float:
    """Gradient and Laplacian of a polynomial of pairs and of plane waves of pairs.

    A pair: nearest image 12, root, a polynomial with two derivatives, forces 18.  A wave: 6 for its phase, 8 for the
    sums, 16 for the gradient, for each particle.
    """
    a_pair = 12 + OPERATIONS_PER_FUNCTION + 6 * order + 18
    return n * (n - 1) / 2 * a_pair + n * waves * (6 + 8 + 16)


def slater_operations(n: int) -> float:
    """Plane waves with gradient and Laplacian 16, inverses 2 m^3 for m = n / 2 of each spin, drift 8."""
    m = n / 2
    return 2 * (m * m * 16 + 2 * m**3 + m * m * 8)


def backflow_operations(n: int) -> float:
    """Second derivatives of two determinants by quasi-coordinates, and their pull-back to 3 n coordinates.

    Rows of C: 2 (3 m)^2 m; weights and products of rows of J: (3 m)^2 / 2 (2 + 2 m / 3 + 2 . 3 n); G = F J: 2 (3 n)^2.
    """
    m, d = n / 2, 3
    one = 2 * m**3 + 2 * (d * m) ** 2 * m / d + (d * m) ** 2 / 2 * (2 * d * n + 4)
    return 2 * one + m * m * 2 * 26 + 2 * (d * n) ** 2 + n * (n - 1) * 60


def plane_wave_backflow_operations(n: int, waves: int = 28) -> float:
    """For each pair and wave a cosine with its weight for each of 3 rows, 4, and 6 elements of k k^T, 2; added to J.

    For each particle and wave a phase 6, a sine 4, and q and its Laplacian 12.
    """
    return n * (n - 1) / 2 * waves * (3 * 4 + 6 * 2) + n * waves * (6 + 4 + 12) + 2 * (3 * n) ** 2


def excitation_operations(n: int, psi) -> float:
    """Of a coordinate and spin: dA 6 m M for m electrons in M orbitals, K 2 m^3, dR and its sum 6 m^2 (M - m).

    Both spins together 2 for each product and 8 for each ratio; once for each spin an inverse, ratios, forces and
    second derivatives of the orbitals with 6 elements of J J^T.
    """
    m, orbitals = n / 2, psi.orbitals.sets[0].n_orbitals
    above = orbitals - m
    a_coordinate = 2 * (6 * m * orbitals + 2 * m**3 + 6 * m**2 * above) + 2 * psi.arguments()[2][0].size + 8 * m * above
    once = 2 * m**3 + 6 * m**2 * above + m * orbitals * (26 + 6 + 12) + m * 6 * 2 * 3 * n
    return 3 * n * a_coordinate + 2 * once + n * (n - 1) * 60


def message_passing_operations(n: int, quasi) -> float:
    """Products of matrices alone: d + 2 columns before queries meet keys, 3 n + 2 behind, for every edge."""
    message, attention, update, factor = (np.asarray(sizes, dtype=float) for sizes in quasi.sizes.values())
    narrow, wide, width = 5, 3 * n + 2, attention[0]

    def products(sizes) -> float:
        return float((sizes[:-1] * sizes[1:]).sum())

    edges = 2 * n * n * (narrow * (2 * message[0] * width + products(message)) + wide * products(attention))
    queries_and_keys = 2 * n**3 * width * (1 + 2 * narrow)
    nodes = 2 * n * wide * (products(update) + products(factor))
    return edges + queries_and_keys + nodes


def operations(name: str, n: int, case) -> float:
    """Of a local energy."""
    pairs = pair_operations(n) + ewald_operations(n, case.hamiltonian.ewald)
    if name == "Slater-Jastrow":
        return pairs + slater_operations(n)
    if name == "pair backflow":
        return pairs + backflow_operations(n) + plane_wave_backflow_operations(n)
    if name == "pair backflow, double excitations":
        return pairs + excitation_operations(n, case.wave_function.factors[0]) + plane_wave_backflow_operations(n)
    return pairs + backflow_operations(n) + message_passing_operations(n, case.wave_function.factors[0].quasi)


def measured(name: str, n: int, rate: float) -> dict:
    """A line of the table."""
    case = physics(name, n)
    measurement = case.measurement()
    parts = seconds_of_parts(measurement, 32 if n == SIZES[0] or name == "Slater-Jastrow" else 8)
    counted = operations(name, n, case)
    return {
        "wave_function": name,
        "n": n,
        "n_params": case.wave_function.n_params,
        "seconds": parts,
        "operations": counted,
        "share_of_dgemm": counted / parts["energy"] / rate,
        "iteration": (
            clock.seconds_per_call(an_iteration(measurement, communicator()), 4.0, 2) if n == SIZES[0] else None
        ),
        "messages": seconds_of_messages(name) if n == SIZES[0] else None,
    }


def main() -> None:
    """Measure everything."""
    rate = clock.dgemm_rate()
    rows = []
    for name in CONFIGURATIONS:
        for n in WITH_EXCITATIONS if "excitations" in name else SIZES:
            rows.append(measured(name, n, rate))
            print(rows[-1], flush=True)
    iteration = {"walkers": WALKERS, "measurements": MEASUREMENTS, "stride": STRIDE}
    clock.keep("ansatze", {"dgemm": rate, "iteration": iteration, "rows": rows})


if __name__ == "__main__":
    child(sys.argv[2]) if sys.argv[1:2] == ["--child"] else main()
