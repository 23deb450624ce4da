"""Bugs of wave functions and Hamiltonians."""

from tests.planted_bugs.bugs.bug import Bug

CONTRACT = "tests/contracts/test_wave_functions.py"
KERNELS = "tests/contracts/test_wave_function_kernels.py"
LOOP = "tests/estimators/test_measuring_loop.py"
ZERO = "tests/physics/test_zero_variance.py"
MASSES = "tests/physics/test_masses.py"
G = "tests/generative"

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
        "vmc/measuring/measurement.py",
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
        "vmc/measuring/local_energy.py",
        "E[0, b] = -0.5 * L[b]",
        "E[0, b] = -L[b]",
        (f"{CONTRACT}::test_kinetic_energy[pade_2d]",),
    ),
    Bug(
        "kinetic energy without |grad log psi|^2",
        "vmc/measuring/local_energy.py",
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
        "vmc/measuring/kinetic_masses.py",
        "1.0 / masses - 1.0 / mass, SPACE_STEP",
        "1.0 / masses, SPACE_STEP",
        (f"{MASSES}::test_ideal_gas_of_several_masses[analytic-masses0-1e-08]",),
    ),
    Bug(
        "differences of |psi| across its nodes",
        "vmc/measuring/kinetic_masses.py",
        "weight * (sign[b] * signs[place, b]) * exp",
        "weight * exp",
        (f"{MASSES}::test_differences_across_a_node",),
    ),
    Bug(
        "differences after the local energy, over its workspace",
        "vmc/measuring/kinetic_masses.py",
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
