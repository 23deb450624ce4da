"""The list of bugs to plant: one exact replacement each, and the quick tests of which one must fail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    """One error a person could make.

    Attributes
    ----------
    name : what is wrong.
    path : of the file, from the top of the project.
    sound, broken : text that must occur exactly once, and what replaces it.
    tests : arguments of pytest.
    """

    name: str
    path: str
    sound: str
    broken: str
    tests: tuple[str, ...]


CONTRACT = "tests/contracts/test_wave_functions.py"
KERNELS = "tests/contracts/test_wave_function_kernels.py"
MOVES = "tests/samplers/test_moves.py"
SAMPLERS = "tests/contracts/test_samplers.py"
LOOP = "tests/estimators/test_measuring_loop.py"
SUMS = "tests/estimators/test_energy_sums.py"
GRADIENT = "tests/estimators/test_gradient.py"
ZERO = "tests/physics/test_zero_variance.py"
MASSES = "tests/physics/test_masses.py"
EXPANSION = "tests/wavefunctions/test_expansion.py"
STREAMS = "tests/numerics/test_random.py"
RECONFIGURATION = "tests/optimizers/test_stochastic_reconfiguration.py"

SAMPLING = [
    Bug(
        "Hastings factor dropped in Langevin moves",
        "samplers/langevin.py",
        "    add_log_green_ratio(X, drift, Y, drift_new, time_step, log_ratio)\n",
        "",
        (f"{MOVES}::test_langevin_detailed_balance",),
    ),
    Bug(
        "drift with the wrong sign",
        "samplers/langevin.py",
        "Y[k, b] = X[k, b] + time_step * drift[k, b] + spread * Y[k, b]",
        "Y[k, b] = X[k, b] - time_step * drift[k, b] + spread * Y[k, b]",
        (f"{LOOP}::test_plain_numpy_loop[langevin]",),
    ),
    Bug(
        "drift is grad log pi instead of half of it",
        "samplers/langevin.py",
        "G[k, b] *= 0.5",
        "G[k, b] *= 1.0",
        (f"{MOVES}::test_limited_drift",),
    ),
    Bug(
        "stale drift after an accepted Langevin move",
        "samplers/langevin.py",
        "        keep(accepted, drift_new[k], drift[k])\n",
        "",
        (f"{LOOP}::test_plain_numpy_loop[langevin]",),
    ),
    Bug(
        "density of the refused move kept",
        "samplers/metropolis.py",
        "    keep(accepted, log_new, log)\n",
        "    log[:] = log_new\n",
        (f"{LOOP}::test_plain_numpy_loop[metropolis]",),
    ),
    Bug(
        "step size used as a variance",
        "samplers/metropolis.py",
        "Y[k, b] = X[k, b] + options[0] * Y[k, b]",
        "Y[k, b] = X[k, b] + np.sqrt(options[0]) * Y[k, b]",
        (f"{LOOP}::test_plain_numpy_loop[metropolis]",),
    ),
    Bug(
        "|psi| sampled instead of |psi|^2 in one-particle moves",
        "vmc/target.py",
        "    _double(log_ratio)\n",
        "",
        (f"{LOOP}::test_plain_numpy_loop[block_metropolis]",),
    ),
    Bug(
        "one random stream shared by all walkers",
        "numerics/random.py",
        "sequence = np.random.SeedSequence(seed, spawn_key=(stream, first + i))",
        "sequence = np.random.SeedSequence(seed, spawn_key=(stream, first))",
        (f"{LOOP}::test_walkers_are_independent_streams", f"{STREAMS}::test_seeding_is_that_of_numpy"),
    ),
    Bug(
        "random streams of a rank counted from zero",
        "numerics/random.py",
        "sequence = np.random.SeedSequence(seed, spawn_key=(stream, first + i))",
        "sequence = np.random.SeedSequence(seed, spawn_key=(stream, i))",
        (f"{STREAMS}::test_seeding_does_not_depend_on_the_partition",),
    ),
    Bug(
        "a rotation of the generator off by one",
        "numerics/random.py",
        "STATE_ROTATION = np.uint64(45)",
        "STATE_ROTATION = np.uint64(44)",
        (f"{STREAMS}::test_published_words",),
    ),
    Bug(
        "uniform numbers stop at one half",
        "numerics/random.py",
        "UNIFORM_SHIFT = np.uint64(11)",
        "UNIFORM_SHIFT = np.uint64(12)",
        ("tests/samplers/test_discrete.py",),
    ),
    Bug(
        "temperatures swap with the wrong sign",
        "samplers/tempering.py",
        "colder = options[n_replicas + r] - options[n_replicas + r + 1]",
        "colder = options[n_replicas + r + 1] - options[n_replicas + r]",
        (f"{SAMPLERS}::test_density_is_left_unchanged[tempering-tempered_bimodal]",),
    ),
    Bug(
        "log densities stay behind when replicas swap",
        "samplers/tempering.py",
        "            _swap(accepted, logs[r], logs[r + 1], other)\n",
        "",
        ("tests/samplers/test_tempering.py::test_swaps_of_a_slow_twin",),
    ),
    Bug(
        "conditional width of the machine without its two copies",
        "wavefunctions/rbm_conditionals.py",
        "exp(log_sigma[0]) / math.sqrt(2.0 * exponent)",
        "exp(log_sigma[0])",
        ("tests/wavefunctions/test_rbm_conditionals.py::test_conditional_densities",),
    ),
    Bug(
        "hidden units drawn for the mirror image",
        "samplers/gibbs.py",
        "    draw_hidden(p, X, memory, states)\n",
        "    draw_hidden(p, -X, memory, states)\n",
        (f"{SAMPLERS}::test_density_is_left_unchanged[gibbs-bimodal]",),
    ),
    Bug(
        "gradient carried to stretched coordinates by L instead of its transpose",
        "samplers/metric.py",
        "add_product(factor[1], G, G_u)",
        "add_product(factor[0], G, G_u)",
        ("tests/samplers/test_metric.py::test_density_and_gradient_in_stretched_coordinates",),
    ),
    Bug(
        "a step moves the random streams of the old state",
        "samplers/sampler.py",
        "streams, path = state.streams.copy(), np.empty",
        "streams, path = state.streams, np.empty",
        ("tests/samplers/test_sampler.py::test_a_step_leaves_the_old_state_alone",),
    ),
]

PHYSICS = [
    Bug(
        "machine's state moves on although the move was refused",
        "wavefunctions/rbm.py",
        "inputs[w] = yes if accepted[w] else no",
        "inputs[w] = yes",
        (f"{KERNELS}::test_state_after_a_thousand_moves[rbm]",),
    ),
    Bug(
        "a moved particle meets its old self",
        "wavefunctions/jastrow/pair_sum.py",
        "        new[i, b] = 0.0",
        "        new[i, b] = 1.0",
        (f"{KERNELS}::test_ratio_is_the_difference_of_log_psi[pade_2d]",),
    ),
    Bug(
        "energy measured before the walker moves",
        "vmc/measurement.py",
        "            for _ in range(stride):\n                accepted += step(p, x, s, options, memory)\n"
        "            if energies.shape[0] == 0:\n                continue\n"
        "            local_energy(p, h, x, E, energy_memory)\n",
        "            if energies.shape[0] > 0:\n                local_energy(p, h, x, E, energy_memory)\n"
        "            for _ in range(stride):\n                accepted += step(p, x, s, options, memory)\n"
        "            if energies.shape[0] == 0:\n                continue\n",
        (f"{LOOP}::test_plain_numpy_loop[metropolis]",),
    ),
    Bug(
        "factor of the Laplacian of the Gaussian",
        "wavefunctions/gaussian.py",
        "L[b] -= 2.0 * ws[1]",
        "L[b] -= ws[1]",
        (f"{CONTRACT}::test_gradient_and_laplacian[gaussian]",),
    ),
    Bug(
        "Laplacian of pairs as in one dimension less",
        "wavefunctions/jastrow/pair_sum.py",
        "- 1) * flat_slope[m]",
        "- 2) * flat_slope[m]",
        (f"{CONTRACT}::test_gradient_and_laplacian[pade_3d]",),
    ),
    Bug(
        "Laplacian of the machine without 1 - s",
        "wavefunctions/rbm.py",
        "weight * (s[j, w] * (1.0 - s[j, w]))",
        "weight * s[j, w]",
        (f"{CONTRACT}::test_gradient_and_laplacian[rbm]",),
    ),
    Bug(
        "kinetic energy without its half",
        "vmc/local_energy.py",
        "E[0, b] = -0.5 * L[b]",
        "E[0, b] = -L[b]",
        (f"{CONTRACT}::test_kinetic_energy[pade_2d]",),
    ),
    Bug(
        "kinetic energy without |grad log psi|^2",
        "vmc/local_energy.py",
        "            E[0, b] -= 0.5 * (G[k, b] * G[k, b])\n",
        "            E[0, b] -= 0.0\n",
        (f"{CONTRACT}::test_kinetic_energy[pade_2d]",),
    ),
    Bug(
        "factor in the Gaussian's own kinetic energy",
        "wavefunctions/gaussian.py",
        "add_weighted_squares(ws[3], X, -2.0, T)",
        "add_weighted_squares(ws[3], X, -1.0, T)",
        (f"{ZERO}::test_ideal_gas",),
    ),
    Bug(
        "trap without its half",
        "hamiltonians/trap.py",
        "0.5 * self.frequencies**2",
        "self.frequencies**2",
        (f"{ZERO}::test_ideal_gas",),
    ),
    Bug(
        "cusp constant of the dimension",
        "wavefunctions/jastrow/cusps.py",
        "_reduced_mass(system, opposite) * strength / (system.n_dim - 1)",
        "_reduced_mass(system, opposite) * strength",
        ("tests/wavefunctions/test_construction.py::test_cusp_of_the_dimension",),
    ),
    Bug(
        "cusp of a mass instead of the reduced one",
        "wavefunctions/jastrow/cusps.py",
        "np.unique(first * second / (first + second))",
        "np.unique(0.5 * first)",
        ("tests/wavefunctions/test_contact_slopes.py::test_slopes",),
    ),
    Bug(
        "kinetic energy of another mass without what the usual one has given",
        "vmc/kinetic_masses.py",
        "1.0 / masses - 1.0 / mass, SPACE_STEP",
        "1.0 / masses, SPACE_STEP",
        (f"{MASSES}::test_ideal_gas_of_several_masses[analytic-masses0-1e-08]",),
    ),
    Bug(
        "differences of |psi| across its nodes",
        "vmc/kinetic_masses.py",
        "weight * (sign[b] * sign_there[b]) * exp",
        "weight * exp",
        (f"{MASSES}::test_differences_across_a_node",),
    ),
    Bug(
        "differences after the local energy, over its workspace",
        "vmc/kinetic_masses.py",
        "    add_differences(p, others, excess, steps, X, T, memory[0])\n    unit_mass(p, h[1], X, E, memory)\n",
        "    unit_mass(p, h[1], X, E, memory)\n    add_differences(p, others, excess, steps, X, T, memory[0])\n",
        (f"{MASSES}::test_derivatives_by_parameters_after_differences[plane_wave_pairs-analytic]",),
    ),
    Bug(
        "parameter derivatives of a product on top of each other",
        "wavefunctions/product.py",
        "right(p[2], X, O, first + p[1][0].size, ws[1])",
        "right(p[2], X, O, first, ws[1])",
        (f"{CONTRACT}::test_parameter_derivatives[gaussian_pade]",),
    ),
]

ESTIMATION = [
    Bug(
        "energy gradient without its factor 2",
        "vmc/estimators.py",
        "return 2.0 * (moments[1] / n",
        "return (moments[1] / n",
        (f"{GRADIENT}::test_closed_form",),
    ),
    Bug(
        "energy gradient without <E><O>",
        "vmc/estimators.py",
        " - (energies.energy - reference) * (moments[0] / n)",
        "",
        (f"{GRADIENT}::test_plain_numpy",),
    ),
    Bug(
        "error of an iteration as if samples were independent",
        "vmc/estimators.py",
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
        "vmc/evaluation.py",
        "missing = max((self.equilibration or 0) - self.n_done, 0)",
        "missing = max((self.equilibration or 0) - self.n_done - 1, 0)",
        ("tests/estimators/test_evaluation.py::test_measurements_left_out_by_request",),
    ),
    Bug(
        "an error bar that is small but not to be believed ends the evaluation",
        "vmc/stopping.py",
        "return verdict.reliable and isfinite",
        "return isfinite",
        ("tests/estimators/test_stopping.py::test_says_when_the_target_was_not_reached",),
    ),
    Bug(
        "energies that are not finite are averaged",
        "vmc/estimators.py",
        "finite = np.isfinite(total)",
        "finite = np.ones(total.shape, dtype=bool)",
        (f"{SUMS}::test_energies_that_are_not_finite_are_counted_and_left_out",),
    ),
    Bug(
        "compiled code asks np.isfinite of a re-associated sum",
        "vmc/measurement.py",
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
        "diagonal * (1.0 + scale) + shift",
        "diagonal * (1.0 + scale + shift)",
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
        "vmc/safeguard.py",
        "bound = energies.energy + BEST_SIGMAS",
        "bound = energies.energy - BEST_SIGMAS",
        ("tests/optimizers/test_safeguard.py::test_best_is_lowest_in_energy_plus_three_errors",),
    ),
]

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
        "jackknife as if its replicas were independent",
        "vmc/observables/measured.py",
        "np.sqrt((n - 1.0) * scatter)",
        "np.sqrt(scatter / (n - 1.0))",
        ("tests/observables/test_measured.py::test_coverage",),
    ),
]

EWALD = "tests/hamiltonians/test_ewald.py"

PERIODIC = [
    Bug(
        "an electron does not see its own images",
        "hamiltonians/ewald/sums.py",
        "per_particle = 0.5 * self.madelung - ",
        "per_particle = -",
        ("tests/hamiltonians/test_madelung.py::test_a_crystal_in_a_cube_has_the_energy_of_its_own_cell",),
    ),
    Bug(
        "background of the sum without a cutoff",
        "hamiltonians/ewald/sums.py",
        "-mean_of_cut_potential(self.splitting.eta, self.splitting.cutoff, cell)",
        "-mean_of_cut_potential(self.splitting.eta, 2.0 * self.splitting.cutoff, cell)",
        (f"{EWALD}::test_slow_twin",),
    ),
    Bug(
        "waves of both signs of the last component confused",
        "hamiltonians/ewald/reciprocal.py",
        "            D[b] += sin_p[b] * cos_q[b]\n",
        "            D[b] -= sin_p[b] * cos_q[b]\n",
        (f"{EWALD}::test_slow_twin",),
    ),
    Bug(
        "slopes of folded displacements keep the folded sign",
        "hamiltonians/ewald/gradient.py",
        "total = math.copysign(1.0, delta - nearest(delta)) * total",
        "total = math.copysign(1.0, delta) * total",
        (f"{EWALD}::test_gradient",),
    ),
    Bug(
        "structure factors left behind by an accepted move",
        "hamiltonians/ewald/moves.py",
        "total[b] += step[b] if accepted[b] else 0.0",
        "total[b] += 0.0",
        (f"{EWALD}::test_particle_moves",),
    ),
    Bug(
        "every exchange counted twice",
        "hamiltonians/electron_gas.py",
        "exchange -= 0.5 * float(coulomb.sum()) / cell.volume",
        "exchange -= float(coulomb.sum()) / cell.volume",
        ("tests/hamiltonians/test_electron_gas.py::test_hartree_fock",),
    ),
]

FERMIONS = [
    Bug(
        "determinants of backflow without the exchange of slopes",
        "wavefunctions/backflow/determinant.py",
        "                        weight[b] = -there[b] * back[b]\n",
        "                        weight[b] = 0.0\n",
        ("tests/wavefunctions/test_backflow.py::test_derivatives[space]",),
    ),
    Bug(
        "quasi-particles that forget how their partner moves them",
        "wavefunctions/backflow/pair.py",
        "                        J[here, beside, b] -= change\n",
        "                        J[here, beside, b] -= 0.0\n",
        ("tests/wavefunctions/test_quasi_particles.py::test_derivatives_by_coordinates[pair_box]",),
    ),
    Bug(
        "plane waves of backflow that are curved for one particle only",
        "wavefunctions/backflow/plane_waves.py",
        "curved[b] -= 2.0 * square",
        "curved[b] -= square",
        ("tests/wavefunctions/test_quasi_particles.py::test_derivatives_by_coordinates[waves_fcc]",),
    ),
    Bug(
        "attention without the slopes that both factors share",
        "wavefunctions/message_passing/attention.py",
        "                cross = times_plus(steep, slope, cross)\n",
        "                cross = times_plus(steep, spread(0.0), cross)\n",
        ("tests/wavefunctions/test_quasi_particles.py::test_derivatives_by_coordinates[network_open]",),
    ),
    Bug(
        "parameters of the keys that hear of the last partner only",
        "wavefunctions/message_passing/attention.py",
        "                store(by_k[j, u], l, times_plus(change, here, load(by_k[j, u], l)))\n",
        "                store(by_k[j, u], l, times(change, here))\n",
        ("tests/wavefunctions/test_quasi_particles.py::test_pull_back_to_parameters[network_open]",),
    ),
    Bug(
        "pairs in later iterations that do not know which way they point",
        "wavefunctions/message_passing/iterated/derivatives.py",
        "(i, 1.0) if m == 0 else (j, -1.0)",
        "(i, 1.0) if m == 0 else (j, 1.0)",
        ("tests/wavefunctions/test_quasi_particles.py::test_derivatives_by_coordinates[network_twice]",),
    ),
    Bug(
        "first messages that follow both ends of a pair",
        "wavefunctions/message_passing/iterated/first.py",
        "                store(product, at, minus(load(product, at), through))\n",
        "                store(product, at, plus(load(product, at), through))\n",
        ("tests/wavefunctions/test_quasi_particles.py::test_derivatives_by_coordinates[network_thrice]",),
    ),
    Bug(
        "hidden features of pairs that are not told of keys",
        "wavefunctions/message_passing/iterated/pull_back.py",
        "            add_to(by_known[visible:inputs], by_hidden[j])\n",
        "            pass\n",
        ("tests/wavefunctions/test_quasi_particles.py::test_pull_back_to_parameters[network_twice]",),
    ),
    Bug(
        "inverse updated without the row of the moved particle",
        "wavefunctions/slater/rows.py",
        "        if j != i:\n",
        "        if j > i:\n",
        ("tests/wavefunctions/test_slater.py",),
    ),
    Bug(
        "term of a sum of determinants with the sign of one spin only",
        "wavefunctions/slater/terms.py",
        "of_up[b] * of_down[b] * exp(",
        "of_up[b] * exp(",
        (f"{EXPANSION}::test_equal_determinants_are_one",),
    ),
    Bug(
        "shares of the other determinants forgotten where orbitals are common",
        "wavefunctions/slater/block.py",
        "                out[b] += share[b] * inverse[b]\n",
        "                out[b] = share[b] * inverse[b]\n",
        (f"{EXPANSION}::test_equal_determinants_are_one",),
    ),
    Bug(
        "inverses kept after a determinant has been near a node of its own",
        "wavefunctions/slater/block.py",
        "    if largest > most:\n",
        "    if largest > most * 1e9:\n",
        (f"{EXPANSION}::test_a_determinant_vanishes_where_psi_does_not",),
    ),
    Bug(
        "weights of a sum's terms not updated after a move",
        "wavefunctions/slater/terms.py",
        "            old, new = out[b], out[b] * (q[b] / total[b])\n",
        "            old, new = out[b], out[b]\n",
        (f"{EXPANSION}::test_a_determinant_vanishes_where_psi_does_not",),
    ),
]

G = "tests/generative"
GENERATIVE = [
    Bug(
        "exact negative phase that gives all hidden states the same weight",
        "samplers/generative/boltzmann/binary.py",
        "(V.T @ (weights[:, None] * H)).ravel()",
        "(V.T @ H).ravel() / len(H)",
        (f"{G}/test_boltzmann_exact.py",),
    ),
    Bug(
        "log of the variance without its own term in the gradient",
        "samplers/generative/boltzmann/gaussian.py",
        "by_variance = precision * (0.5 * (V - a) ** 2 - V * (H @ W.T)).mean(axis=0)",
        "by_variance = precision * (0.5 * (V - a) ** 2).mean(axis=0)",
        (f"{G}/test_boltzmann_exact.py",),
    ),
    Bug(
        "swaps of temperatures accepted the wrong way round",
        "samplers/generative/boltzmann/chains.py",
        "            decide(log_ratio, states, swapped)\n",
        "            decide(-log_ratio, states, swapped)\n",
        (f"{G}/test_boltzmann_sampling.py::test_tempered_chains",),
    ),
    Bug(
        "Gibbs-Langevin steps whose visible units see the hidden ones at full strength at every temperature",
        "samplers/generative/boltzmann/chains.py",
        "        mean = machine.visible_input(H, beta)\n",
        "        mean = machine.visible_input(H)\n",
        (f"{G}/test_gibbs_langevin.py::test_chains_are_reversible",),
    ),
    Bug(
        "Langevin steps of normal units with half their log density in the decision",
        "samplers/generative/boltzmann/langevin.py",
        "log[b] -= 0.5 * U[k, b] * U[k, b]",
        "log[b] -= 0.25 * U[k, b] * U[k, b]",
        (f"{G}/test_gibbs_langevin.py::test_the_density_stays",),
    ),
    Bug(
        "error of annealing that does not fall with the number of chains",
        "samplers/generative/boltzmann/annealing.py",
        "relative.std(ddof=1) / np.sqrt(n_chains)",
        "relative.std(ddof=1)",
        (f"{G}/test_boltzmann_sampling.py::test_annealing_and_its_error",),
    ),
    Bug(
        "a feature that sees itself",
        "samplers/generative/autoregressive/masks.py",
        "below[None, :] < above[:, None] if above is outputs",
        "below[None, :] <= above[:, None] if above is outputs",
        (f"{G}/test_autoregressive.py",),
    ),
    Bug(
        "compiled proposals without the deviation of the feature",
        "samplers/generative/autoregressive/compiled.py",
        " - _HALF_LOG_TWO_PI - log(deviation[i])",
        " - _HALF_LOG_TWO_PI",
        (f"{G}/test_compiled_proposal.py::test_the_same_density",),
    ),
    Bug(
        "independence moves without the density of the proposal where the walker is",
        "samplers/independence.py",
        "(logs[2, b] - logs[3, b]) - (logs[0, b] - logs[1, b])",
        "(logs[2, b] - logs[3, b]) - logs[0, b]",
        (f"{G}/test_compiled_proposal.py::test_the_target_stays",),
    ),
    Bug(
        "probability-flow likelihood without the part of the drift",
        "samplers/generative/diffusion/probability_flow.py",
        "0.5 * s * (divergence - s * features)",
        "0.5 * s * divergence",
        (f"{G}/test_diffusion_exact.py::test_probability_flow_likelihood",),
    ),
    Bug(
        "a learnt schedule whose density is not that of its times",
        "samplers/generative/diffusion/noise.py",
        "return self.shares[self.part(gamma)] / self.width",
        "return np.full(np.shape(gamma), 1.0 / (GAMMA_MAX - GAMMA_MIN))",
        (f"{G}/test_diffusion.py::test_the_bound_is_the_same_for_all_schedules",),
    ),
    Bug(
        "clusters that grow with half the probability",
        "samplers/ising/kernels.py",
        "if S[other, w] == spin and random_word(states[w]) < bond:",
        "if S[other, w] != -spin and random_word(states[w]) < bond // np.uint64(2):",
        (f"{G}/test_ising.py::test_samples",),
    ),
    Bug(
        "the sum over a reduction kept in memory",
        "vmc/pretraining.py",
        "                total += O[k, b] * weights[first + b]\n            sums[k] += total\n",
        "                sums[k] += O[k, b] * weights[first + b]\n",
        ("tests/architecture/test_rules.py",),
    ),
]

BUGS = [*FERMIONS, *SAMPLING, *PHYSICS, *ESTIMATION, *OBSERVABLES, *PERIODIC, *GENERATIVE]
