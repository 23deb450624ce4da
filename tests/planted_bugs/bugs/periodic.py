"""Bugs of cells, Ewald sums and plane waves."""

from tests.planted_bugs.bugs.bug import Bug

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
