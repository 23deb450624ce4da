"""What is compared with the peers: scripts, names of figures, targets."""

from __future__ import annotations

from dataclasses import dataclass

#: Ratios below it are ties.
TIE = 1.3


@dataclass(frozen=True)
class Comparison:
    """One quantity of one workload, ours and the peers': script and name of the figure in its output."""

    title: str
    workload: str
    kind: str  # 'rate' in units per CPU second, 'solve' its inverse, or 'process' in CPU seconds
    ours: tuple[str, str]
    peers: dict[str, tuple[str, str]]
    targets: dict[str, float]


COMPARISONS = (
    Comparison(
        "W1: 100 bosons in 3-D, Gaussian: one-particle proposals",
        "W1",
        "rate",
        ("boson_trap_vmc", "proposals"),
        {
            "NetKet": ("boson_trap_netket", "proposals"),
            "JAX, hand-written": ("boson_trap_jax", "proposals"),
            "qflow-vmc": ("boson_trap_qflow", "proposals"),
        },
        {"NetKet": 20.0, "JAX, hand-written": 4.0},
    ),
    Comparison(
        "W1: 100 bosons in 3-D, Gaussian: analytic local energies",
        "W1",
        "rate",
        ("boson_trap_vmc", "local_energies"),
        {
            "NetKet": ("boson_trap_netket", "local_energies"),
            "JAX, hand-written": ("boson_trap_jax", "local_energies"),
            "qflow-vmc": ("boson_trap_qflow", "local_energies"),
        },
        {"NetKet": 100.0, "JAX, hand-written": 1.5},
    ),
    *(
        Comparison(
            f"W2: RBM, 2-D dot, N = {n}: full samples with rows of O",
            "W2",
            "rate",
            ("dot_rbm_vmc", f"full_samples_N{n}"),
            {
                "NetKet": ("dot_rbm_netket", f"full_samples_N{n}"),
                "JAX, hand-written": ("dot_rbm_jax", f"full_samples_N{n}"),
            },
            {"NetKet": 4.0},
        )
        for n in (2, 6)
    ),
    *(
        Comparison(
            f"W2: RBM, 2-D dot, N = {n}: full samples, sums of O only",
            "W2",
            "rate",
            ("dot_rbm_vmc", f"full_samples_gradient_N{n}"),
            {
                "NetKet": ("dot_rbm_netket", f"full_samples_gradient_N{n}"),
                "JAX, hand-written": ("dot_rbm_jax", f"full_samples_sums_N{n}"),
                "qflow-vmc": ("dot_rbm_qflow", f"full_samples_sums_N{n}"),
            },
            {},
        )
        for n in (2, 6)
    ),
    *(
        Comparison(
            f"W3: network {shape}: {words}",
            "W3",
            "rate",
            ("network_dot_vmc", f"{figure}_{case}"),
            {
                "NetKet": ("network_dot_netket", f"{figure}_{case}"),
                "JAX with folx": ("network_dot_jax", f"{figure}_{case}"),
            },
            targets if case == "small" else {},
        )
        for case, shape in (("small", "12-64-64-1"), ("large", "42-128-128-1"))
        for figure, words, targets in (
            ("full_samples", "full samples with gradient", {"NetKet": 2.5, "JAX with folx": 1.4}),
            ("local_energies", "local energies", {"NetKet": 2.0, "JAX with folx": 1.3}),
        )
    ),
    *(
        Comparison(
            f"W5: Gaussian, d = {n}, condition 100: effective draws, {words}",
            "W5",
            "rate",
            ("correlated_gaussian_vmc", f"{figure}_d{n}"),
            {
                "emcee": ("correlated_gaussian_emcee", f"stretch_d{n}"),
                "blackjax MALA": ("correlated_gaussian_blackjax", f"mala_d{n}"),
                "blackjax NUTS": ("correlated_gaussian_blackjax", f"nuts_d{n}"),
            },
            {"emcee": 5.0, "blackjax MALA": 5.0},
        )
        for n in (10, 50)
        for figure, words in (
            ("langevin", "Langevin"),
            ("langevin_plain", "Langevin without a metric"),
            ("metropolis", "Metropolis"),
        )
    ),
    Comparison(
        "W7: import and first energy, nothing compiled before",
        "W7",
        "process",
        ("first_energy_vmc", "cache_cold"),
        {"NetKet": ("first_energy_netket", "without_cache"), "PyQMC (H2)": ("first_energy_pyqmc", "without_cache")},
        {},
    ),
    Comparison(
        "W7: import and first energy, kernels cached",
        "W7",
        "process",
        ("first_energy_vmc", "cache_warm"),
        {
            "NetKet, persistent cache": ("first_energy_netket", "cache_warm"),
            "PyQMC (H2)": ("first_energy_pyqmc", "without_cache"),
        },
        {},
    ),
    Comparison(
        "W8: SR solve, 1000 parameters x 4000 samples",
        "W8",
        "solve",
        ("sr_solve_vmc", "solves"),
        {"SciPy, dsyrk + Cholesky": ("sr_solve_scipy", "solves"), "NetKet, dense": ("sr_solve_netket", "solves")},
        {"SciPy, dsyrk + Cholesky": 1 / TIE},
    ),
    Comparison(
        "W8: minSR solve, 10000 parameters x 1000 samples",
        "W8",
        "solve",
        ("min_sr_vmc", "solves"),
        {"SciPy, dsyrk + Cholesky": ("min_sr_scipy", "solves"), "NetKet, dense": ("min_sr_netket", "solves")},
        {"SciPy, dsyrk + Cholesky": 1 / TIE},
    ),
)
#: Own limits that are no ratios: CPU seconds.
CEILINGS = {"cache_cold": 10.0, "cache_warm": 1.5}
