"""Bugs of determinants, backflow and message passing."""

from tests.planted_bugs.bugs.bug import Bug

EXPANSION = "tests/wavefunctions/test_expansion.py"

FERMIONS = [
    Bug(
        "determinants of backflow without the exchange of slopes",
        "wavefunctions/backflow/determinant.py",
        "                        weight[b] = -there[b] * back[b]\n",
        "                        weight[b] = 0.0\n",
        ("tests/wavefunctions/test_backflow.py::test_derivatives[space]",),
    ),
    Bug(
        "sums with backflow whose determinants of both spins do not meet",
        "wavefunctions/backflow/expansion.py",
        "            L[b] += 2.0 * weights[k] * amplitude[b] * product[b]\n",
        "            L[b] += 0.0 * product[b]\n",
        ("tests/wavefunctions/test_backflow.py::test_derivatives[sum]",),
    ),
    Bug(
        "sums with backflow that forget one share",
        "wavefunctions/backflow/determinant_set.py",
        "                    out[b] -= share[b] * there[b] * back[b]\n",
        "                    out[b] -= there[b] * back[b]\n",
        ("tests/wavefunctions/test_backflow.py::test_derivatives[sum]",),
    ),
    Bug(
        "excited pairs that break the inversion",
        "wavefunctions/slater/excitations.py",
        "% 2 == 0:\n                    up",
        "% 2 == 1:\n                    up",
        ("tests/wavefunctions/test_excited_pairs.py::test_excitations_of_plane_waves_are_among_them",),
    ),
    Bug(
        "a pair polynomial that begins with half its range",
        "wavefunctions/jastrow/pair_polynomial.py",
        "distance = math.sqrt(2.0 * plasma / abs(a))",
        "distance = math.sqrt(0.5 * plasma / abs(a))",
        (
            "tests/wavefunctions/test_pair_polynomial_start.py::test_range_is_that_of_the_gas_and_its_own_power_represents_it",
        ),
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
