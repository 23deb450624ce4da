"""Bugs of observables."""

from tests.planted_bugs.bugs.bug import Bug

OBSERVABLES = [
    Bug(
        "shells without their radius",
        "vmc/observables/bins.py",
        "unit_ball * np.diff(edges**n_dim)",
        "unit_ball * np.diff(edges)",
        ("tests/observables/test_kernels.py::test_nothing_is_lost",),
    ),
    Bug(
        "pairs counted twice, and with themselves",
        "vmc/observables/pair_distribution.py",
        "        for j in range(i):\n",
        "        for j in range(X.shape[0] // n_dim):\n",
        ("tests/observables/test_kernels.py::test_slow_twin",),
    ),
    Bug(
        "configurations without a finite energy observed",
        "vmc/observables/chain.py",
        "        if is_finite(energy):\n",
        "        if True:\n",
        ("tests/observables/test_in_the_loop.py::test_sums_of_each_block",),
    ),
    Bug(
        "the square of a gradient counted once in the difference of kinetic energies",
        "vmc/observables/kinetic_forms.py",
        "(laplacians + 2.0 * squares)",
        "(laplacians + squares)",
        ("tests/observables/test_kinetic_forms.py",),
    ),
    Bug(
        "jackknife as if its replicas were independent",
        "vmc/observables/measured.py",
        "np.sqrt((n - 1.0) * scatter)",
        "np.sqrt(scatter / (n - 1.0))",
        ("tests/observables/test_measured.py::test_coverage",),
    ),
]
