"""Bugs of averages, errors and optimisers."""

from tests.planted_bugs.bugs.bug import Bug

SUMS = "tests/estimators/test_energy_sums.py"
GRADIENT = "tests/estimators/test_gradient.py"
RECONFIGURATION = "tests/optimizers/test_stochastic_reconfiguration.py"

ESTIMATION = [
    Bug(
        "energy gradient without its factor 2",
        "vmc/measuring/estimators.py",
        "return 2.0 * (moments[1] / n",
        "return (moments[1] / n",
        (f"{GRADIENT}::test_closed_form",),
    ),
    Bug(
        "energy gradient without <E><O>",
        "vmc/measuring/estimators.py",
        " - (energies.energy - reference) * (moments[0] / n)",
        "",
        (f"{GRADIENT}::test_plain_numpy",),
    ),
    Bug(
        "error of an iteration as if samples were independent",
        "vmc/measuring/estimators.py",
        "error = math.sqrt(spread / (n_walkers - 1))",
        "error = math.sqrt(variance / n)",
        (f"{SUMS}::test_moments_of_finite_samples",),
    ),
    Bug(
        "error bar without the autocorrelation time",
        "vmc/statistics/block_averages.py",
        "level = min(_select_level(moments), len(moments) - 2)",
        "level = 0",
        ("tests/statistics/test_blocking.py::test_coverage_of_200_series",),
    ),
    Bug(
        "jackknife and bootstrap over single rows",
        "vmc/statistics/resampling.py",
        "    n_blocks = len(rows) // length\n",
        "    length = 1\n    n_blocks = len(rows) // length\n",
        ("tests/statistics/test_resampling.py::test_jackknife_bootstrap_and_blocking_agree[200-40]",),
    ),
    Bug(
        "equilibration cut by one segment more",
        "vmc/statistics/equilibration.py",
        "np.ceil(MARGIN * np.argmin(errors))",
        "np.ceil(MARGIN * np.argmin(errors)) + 1",
        ("tests/statistics/test_equilibration.py::test_a_step_is_cut_where_it_ends[4]",),
    ),
    Bug(
        "one measurement too few left out of the walkers' sums",
        "vmc/stages/evaluation.py",
        "missing = max((self.equilibration or 0) - self.n_done, 0)",
        "missing = max((self.equilibration or 0) - self.n_done - 1, 0)",
        ("tests/estimators/test_evaluation.py::test_measurements_left_out_by_request",),
    ),
    Bug(
        "an error bar that is small but not to be believed ends the evaluation",
        "vmc/stages/stopping.py",
        "return verdict.reliable and isfinite",
        "return isfinite",
        ("tests/estimators/test_stopping.py::test_says_when_the_target_was_not_reached",),
    ),
    Bug(
        "energies that are not finite are averaged",
        "vmc/measuring/estimators.py",
        "finite = np.isfinite(total)",
        "finite = np.ones(total.shape, dtype=bool)",
        (f"{SUMS}::test_energies_that_are_not_finite_are_counted_and_left_out",),
    ),
    Bug(
        "compiled code asks np.isfinite of a re-associated sum",
        "vmc/measuring/measurement.py",
        "good = is_finite(energy)",
        "good = np.isfinite(energy)",
        (f"{SUMS}::test_gradient_leaves_them_out",),
    ),
    Bug(
        "overlap matrix without -<O><O>",
        "vmc/optimizers/packed.py",
        '_add_products(mean[:, None], "N", -1.0',
        '_add_products(mean[:, None], "N", 0.0',
        (f"{RECONFIGURATION}::test_direction_of_a_machine",),
    ),
    Bug(
        "momentum of SPRING without what the samples say about it",
        "vmc/optimizers/min_sr.py",
        "            right -= self.momentum * space.transpose_times(state[PREVIOUS])\n",
        "            pass\n",
        ("tests/optimizers/test_min_sr.py::test_spring_is_the_regularised_least_squares_problem_it_states",),
    ),
    Bug(
        "Laplacian of a layer norm without its mixed term",
        "numerics/networks/normalisation.py",
        " - 2.0 * mixed[w]",
        "",
        ("tests/contracts/test_wave_functions.py::test_gradient_and_laplacian[feed_forward_layer_norm]",),
    ),
    Bug(
        "diagonal shift multiplied instead of added",
        "vmc/optimizers/linear_solvers.py",
        "S[diagonal] * (1.0 + scale) + shift",
        "S[diagonal] * (1.0 + scale + shift)",
        (f"{RECONFIGURATION}::test_direction_of_a_machine",),
    ),
    Bug(
        "weights |psi / psi_0| instead of their squares",
        "vmc/optimizers/quasi_newton.py",
        "2.0 * (self._log_psi(X) - self.start[block])",
        "(self._log_psi(X) - self.start[block])",
        ("tests/optimizers/test_quasi_newton.py::test_energy_weights_and_gradient",),
    ),
    Bug(
        "a lucky sample counts as the best",
        "vmc/stages/best.py",
        "return energies + SIGMAS",
        "return energies - SIGMAS",
        ("tests/optimizers/test_best.py::test_lowest_in_energy_plus_three_errors",),
    ),
    Bug(
        "energies of walkers that lag behind the parameters count",
        "vmc/stages/best.py",
        "or self.iteration < half <= iteration:",
        "or iteration < 0:",
        ("tests/optimizers/test_best.py",),
    ),
    Bug(
        "a low energy of walkers that lagged behind is what later ones are held against",
        "vmc/stages/safeguard.py",
        "it is measured anew.\n        self.good = UNKNOWN",
        "it is measured anew.",
        ("tests/optimizers/test_safeguard.py::test_run_recovers_from_energies_of_walkers_that_lagged_behind",),
    ),
    Bug(
        "errors of parts from time alone",
        "vmc/stages/evaluation.py",
        "summarise(parts[:, c], own, unit=hamiltonian.unit)",
        "summarise(parts[:, c], unit=hamiltonian.unit)",
        ("tests/estimators/test_parts.py",),
    ),
    Bug(
        "starts looked for in the energy alone",
        "vmc/stages/evaluation.py",
        "equilibration_cut(self.series[:, c], starts, walker_sums[:, :, [0, 1 + c]], n_series=n) for c in range(n)",
        "equilibration_cut(self.series[:, c], starts, walker_sums[:, :, [0, 1 + c]], n_series=n) for c in range(1)",
        ("tests/estimators/test_parts.py",),
    ),
    Bug(
        "an energy that vanishes by cancellation is the scale of its deviations",
        "vmc/stages/safeguard.py",
        "scale = float(np.abs(energies.components).max(initial=abs(energies.energy)))",
        "scale = abs(energies.energy)",
        ("tests/optimizers/test_safeguard.py::test_the_scale_is_that_of_the_components_where_they_cancel",),
    ),
    Bug(
        "a variance below zero by rounding ends the job",
        "vmc/optimizers/linear_solvers.py",
        "where=variances > 0.0, out=np.full(b.size, np.inf)",
        "where=variances != 0.0, out=np.full(b.size, np.inf)",
        ("tests/optimizers/test_linear_solvers.py::test_a_variance_below_zero_by_rounding",),
    ),
]
