"""Jobs that begin with, or go on with, something else than they say."""

from tests.planted_bugs.bugs.bug import Bug

LONGER = "tests/job/test_longer_evaluation.py"
REFERENCE = "tests/job/test_known_reference.py"
START = "tests/job/test_start.py"

JOBS = [
    Bug(
        "the walkers settle once more before an evaluation goes on",
        "vmc/driver.py",
        'self.phase, self.position = "evaluate", made',
        'self.phase, self.position = "settle", 0',
        (f"{LONGER}::test_more_samples",),
    ),
    Bug(
        "an evaluation at its target goes on for ever",
        "vmc/driver.py",
        "if made and self.plan.target_error is not None and self.evaluation.reached_target():",
        "if False:",
        (f"{LONGER}::test_a_smaller_target_error",),
    ),
    Bug(
        "only the root begins with the earlier parameters",
        "vmc/parameters.py",
        "world.fill_from_root(wave_function.theta)",
        "pass",
        (f"{START}::test_on_all_ranks",),
    ),
    Bug(
        "earlier parameters are taken whatever they are called",
        "vmc/parameters.py",
        "if stored[k : k + 1] != expected[k : k + 1]:",
        "if len(stored) != len(expected):",
        ("tests/loading/test_parameters.py",),
    ),
    Bug(
        "an energy is held against that of another Hamiltonian",
        "vmc/config/load.py",
        "if _physics(data) != physics and not any(",
        "if False and not any(",
        (f"{REFERENCE}::test_a_reference_goes_with_its_hamiltonian",),
    ),
    Bug(
        "known energy of two electrons without their masses",
        "vmc/known_reference.py",
        "return electron_pair(system.n_dim, omega, (first, second))",
        "return electron_pair(system.n_dim, omega)",
        (f"{REFERENCE}::test_known",),
    ),
    Bug(
        "hard spheres whose wave function does not vanish inside them",
        "vmc/config/builders/soundness.py",
        "return (factor.core_radius or radius) >= radius",
        "return True",
        ("tests/loading/test_factors_and_trap.py::test_hard_spheres_need_a_core",),
    ),
    Bug(
        "width of an RBM without the mass",
        "vmc/config/builders/wave_function.py",
        "length = ((system.common_mass or 1.0) * _softest(config)) ** -0.5",
        "length = _softest(config) ** -0.5",
        ("tests/loading/test_factors_and_trap.py::test_widths_are_those_of_the_trap",),
    ),
    Bug(
        "two determinants make a wave function of electrons",
        "vmc/config/builders/soundness.py",
        "for factor in config.wavefunction) % 2 == 1:",
        "for factor in config.wavefunction) > 0:",
        ("tests/loading/test_soundness.py::test_unsound",),
    ),
    Bug(
        "kinks in one dimension are taken",
        "vmc/config/builders/soundness.py",
        "        if meeting:\n            raise",
        "        if False:\n            raise",
        ("tests/loading/test_soundness.py::test_unsound",),
    ),
    Bug(
        "old results go before the new job can begin",
        "vmc/job.py",
        "lambda: files.refuse_existing(options.overwrite))",
        "lambda: files.remove_existing() if options.overwrite else files.refuse_existing(False))",
        (f"{START}::test_overwritten_results_may_be_what_a_job_begins_with",),
    ),
    Bug(
        "an energy below an exact one is like one above",
        "vmc/remarks.py",
        "-difference > IMPOSSIBLE",
        "-difference > 1e300 * IMPOSSIBLE",
        ("tests/job/test_summary_lines.py::test_an_energy_below_an_exact_one",),
    ),
    Bug(
        "an error bar without a variance is reliable",
        "vmc/statistics/judge.py",
        "    if not seen.variance_error > UNCERTAIN_VARIANCE * seen.variance:",
        "    if True:",
        ("tests/estimators/test_doubtful_variance.py",),
    ),
    Bug(
        "a changed function of the user's goes on",
        "vmc/job.py",
        'len(contents) == 2 and "" not in contents',
        'len(contents) == 2 and "" in contents',
        ("tests/job/test_changed_functions.py",),
    ),
    Bug(
        "symmetric electrons are let through",
        "vmc/exchange.py",
        "return bool(tells.any() and (here[1] == there[1])[tells].all())",
        "return bool(tells.any() and (here[1] != there[1])[tells].all())",
        ("tests/job/test_exchange.py",),
    ),
    Bug(
        "kinks are let through",
        "vmc/contact.py",
        "if np.mean(is_kink) > 0.5:",
        "if np.mean(is_kink) > 1.5:",
        ("tests/job/test_contact.py::test_energies_that_no_walker_sees",),
    ),
    Bug(
        "poles at contact are let through",
        "vmc/contact.py",
        "if s >= 2.0 * p + n_dim - _TOLERANCE:",
        "if s >= 2.0 * p + n_dim + 1.5:",
        ("tests/job/test_contact.py::test_energies_that_no_walker_sees",),
    ),
    Bug(
        "factors of a copied product keep their parameters to themselves",
        "wavefunctions/parametrised.py",
        "        self.attach(self._theta.copy())\n",
        "        pass\n",
        ("tests/job/test_script_slips.py::test_copies_of_a_product_have_parameters_of_their_own",),
    ),
    Bug(
        "ranks may be told different things",
        "vmc/agreement.py",
        "if world.max(number) != -world.max(-number):",
        "if world.max(number) < -world.max(-number):",
        ("tests/job/test_script_slips.py::test_ranks_that_were_told_different_things",),
    ),
    Bug(
        "kernels of one's own are not compared",
        "vmc/own_kernels.py",
        "        if not np.median(off / scale) <= _TOLERANCE:",
        "        if np.median(off / scale) < 0.0:",
        ("tests/job/test_script_slips.py::test_kernels_that_break_their_contract",),
    ),
]
