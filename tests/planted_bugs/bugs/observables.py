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
        "np.sqrt((n - 1.0) * (replicas",
        "np.sqrt(1.0 / (n - 1.0) * (replicas",
        ("tests/observables/test_measured.py::test_coverage",),
    ),
    Bug(
        "errors of bins that hardly anything fell into",
        "vmc/observables/measured.py",
        "error[filled < MINIMUM_BLOCKS]",
        "error[filled < 1]",
        ("tests/observables/test_rare_bins.py",),
    ),
    Bug(
        "an observable of one's own that moves the walkers",
        "vmc/soundness/own_observables.py",
        "    if not np.array_equal(tile, X):\n",
        "    if False:\n",
        ("tests/observables/test_own.py::test_kernels_that_do_something_else_than_add",),
    ),
    Bug(
        "a kernel that writes beyond its sums",
        "vmc/soundness/own_observables.py",
        "    except IndexError as error:\n",
        "    except KeyError as error:\n",
        ("tests/observables/test_own.py::test_kernels_that_do_something_else_than_add",),
    ),
    Bug(
        "arrays of any shape for a quantity with bins",
        "vmc/observables/trial.py",
        "        if array.shape != expected:\n",
        "        if False:\n",
        ("tests/observables/test_own.py::test_functions_that_do_not_give_the_arrays",),
    ),
    Bug(
        "infinities in JSON",
        "vmc/observables/measured.py",
        "    found[~np.isfinite(array)] = None\n",
        "    found[np.isnan(array)] = None\n",
        ("tests/observables/test_measured.py::test_json_has_no_infinity",),
    ),
    Bug(
        "a number of the user's drawn as a density",
        "vmc/plotting/contents.py",
        "if measured is not None and measured.axes]",
        "if measured is not None]",
        ("tests/plotting/test_plotted_data.py::test_a_number_of_the_users_is_no_density",),
    ),
    Bug(
        "names of the package's observables for the user's",
        "vmc/observables/names.py",
        "    if name in taken:\n",
        "    if name in components:\n",
        ("tests/observables/test_own.py::test_names_that_something_else_has",),
    ),
    Bug(
        "empty bins told as too few blocks",
        "vmc/plotting/density.py",
        "    if not measured.value.any():\n",
        "    if False:\n",
        ("tests/plotting/test_plotted_data.py::test_empty_bins_are_told_as_such",),
    ),
    Bug(
        "memory of observables counted as what the sums alone take",
        "vmc/job/cost.py",
        "COPIES_OF_SUMS = 5\n",
        "COPIES_OF_SUMS = 2\n",
        ("tests/job/test_memory_of_a_job.py::test_what_is_told_of_a_map_is_what_it_takes",),
    ),
]
