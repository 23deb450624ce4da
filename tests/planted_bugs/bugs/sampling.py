"""Bugs of moves, chains and random numbers."""

from tests.planted_bugs.bugs.bug import Bug

MOVES = "tests/samplers/test_moves.py"
SAMPLERS = "tests/contracts/test_samplers.py"
LOOP = "tests/estimators/test_measuring_loop.py"
STREAMS = "tests/numerics/test_random.py"
G = "tests/generative"

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
        "vmc/measuring/target.py",
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
    Bug(
        "a drift that is no number stays one",
        "samplers/langevin.py",
        "G[k, b] * factor if known else 0.0",
        "G[k, b] * factor",
        ("tests/samplers/test_edges.py::test_the_mean_is_exact",),
    ),
    Bug(
        "blocks that do not divide the coordinates are taken",
        "samplers/sampler.py",
        "move.proposals(density.n)  # refuses",
        "pass  # refuses",
        ("tests/samplers/test_settings.py::test_blocks_divide_the_coordinates",),
    ),
    Bug(
        "no tail is too heavy",
        "samplers/summary.py",
        "return tail.k >= INFINITE_VARIANCE + ",
        "return False and tail.k >= INFINITE_VARIANCE + ",
        ("tests/samplers/test_tails.py::test_doubts_of_independent_draws",),
    ),
    Bug(
        "a log density that is no number is not counted",
        "samplers/watch.py",
        "        found += log[b] != log[b]",
        "        found += log[b] < log[b]",
        ("tests/samplers/test_undefined.py::test_every_such_proposal_is_counted",),
    ),
    Bug(
        "a ridge that hides narrow directions",
        "samplers/metric.py",
        "SMALL_RIDGE = 1e-3",
        "SMALL_RIDGE = 1.0",
        ("tests/samplers/test_metric.py::test_a_condition_number_of_a_million_is_undone",),
    ),
    Bug(
        "correlations of few draws are believed",
        "samplers/metric.py",
        "FEW_DRAWS = 32",
        "FEW_DRAWS = 0",
        ("tests/samplers/test_metric.py::test_few_draws_make_no_narrow_direction_up",),
    ),
    Bug(
        "many tails are looked at as if each were the only one",
        "samplers/summary.py",
        "_NORMAL.cdf(-ERRORS) / n_tails",
        "_NORMAL.cdf(-ERRORS)",
        ("tests/samplers/test_tails.py::test_errors_asked_for_grow_with_the_number_of_tails",),
    ),
    Bug(
        "chains go on from positions, to rounding only",
        "samplers/sampler.py",
        "        if U is not None and U.shape",
        "        if False and U.shape",
        ("tests/samplers/test_sampler.py::test_chains_go_on_bit_for_bit",),
    ),
    Bug(
        "a state goes on from where it was though its positions were replaced",
        "samplers/sampler.py",
        " and np.array_equal(self._positions(state.factor, U), state.X):",
        ":",
        ("tests/samplers/test_sampler.py::test_other_positions_count_more_than_what_a_state_remembers",),
    ),
]
