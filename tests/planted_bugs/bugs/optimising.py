"""Bugs of optimisations that go astray, and of what is said of them."""

from tests.planted_bugs.bugs.bug import Bug

OPTIMISING = [
    Bug(
        "SPRING in the space of parameters keeps what the samples contradict",
        "vmc/optimizers/min_sr.py",
        "right -= self.momentum * packed_times(S, state[PREVIOUS])",
        "right -= self.momentum * self.diagonal_shift * state[PREVIOUS]",
        ("tests/optimizers/test_min_sr.py",),
    ),
    Bug(
        "parameters that must be positive step below zero",
        "vmc/stages/boundary.py",
        "np.where(positive, np.maximum(update, lowest), update)",
        "np.array(update)",
        ("tests/optimizers/test_boundary.py::test_adam_comes_back_from_where_beta_would_be_negative",),
    ),
    Bug(
        "parameters that must be positive are not looked at",
        "vmc/soundness/parameters.py",
        "if positive and not value > 0.0:",
        "if positive and value > 1e9:",
        ("tests/loading/test_parameters.py::test_a_parameter_that_must_be_positive_and_is_not_is_named",),
    ),
    Bug(
        "after a blow-up everything is accepted",
        "vmc/stages/safeguard.py",
        "        if np.array_equal(theta, self.quiet_theta):  # and so",
        "        if True:  # and so",
        ("tests/optimizers/test_safeguard.py::test_a_roll_back_to_an_absurd_place_leads_further_back",),
    ),
    Bug(
        "noise of a course from the quieter quarter",
        "vmc/results/course.py",
        "for part in (errors[-2 * quarter : -quarter], errors[-quarter:])",
        "for part in (errors[-quarter:], errors[-quarter:])",
        ("tests/job/test_summary_lines.py::test_errors_that_fall_are_no_rise",),
    ),
    Bug(
        "no step where line searches find nothing better",
        "vmc/optimizers/quasi_newton.py",
        "return _root_along_gradient(evaluate, start, unit, self.smallest_share)",
        "return search.best_theta",
        ("tests/optimizers/test_quasi_newton.py",),
    ),
    Bug(
        "parameters of another function taken in silence",
        "vmc/config/function_settings.py",
        "if ours.get(key) != theirs.get(key)",
        "if key not in ours",
        ("tests/job/test_start.py::test_settings_that_parameters_do_not_hold",),
    ),
    Bug(
        "parameters that are held have derivatives",
        "vmc/measuring/ensemble.py",
        "sample.O[self.fixed] = 0.0",
        "pass",
        ("tests/optimizers/test_fixed.py::test_stochastic_reconfiguration_of_the_rest",),
    ),
    Bug(
        "minimisers move parameters that are held",
        "vmc/optimizers/quasi_newton.py",
        "O[self.ensemble.fixed] = 0.0",
        "pass",
        ("tests/optimizers/test_fixed.py::test_every_optimiser_finds_the_minimum_of_the_rest",),
    ),
    Bug(
        "the lasso shrinks what is held",
        "vmc/stages/pretraining.py",
        "penalty = l1 * ~np.tile(problem.fixed, 2)",
        "penalty = l1 * np.ones(2 * P)",
        ("tests/pretraining/test_pretraining.py",),
    ),
]
