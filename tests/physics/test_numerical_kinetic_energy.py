"""The kinetic energy from finite differences of log|psi| agrees with the analytic one of every smooth ansatz."""

import numpy as np
import pytest

from hamiltonians.trap import HarmonicTrap
from tests.contracts.wave_functions import CASES
from tests.naive.configurations import apart
from vmc.measuring.local_energy import link_local_energy, local_energies

#: One case per set of kernels.
DISTINCT = {
    "gaussian",
    "pade_2d",
    "hard_core",
    "power_law",
    "gaussian_pair",
    "rbm_root_width",
    "rbm_gaussian_pade",
}


@pytest.mark.parametrize("case", [case for case in CASES if case.name in DISTINCT], ids=lambda case: case.name)
def test_both_kinds_agree(case):
    wave_function = case.build()
    hamiltonian = HarmonicTrap(wave_function.system)
    X = apart(wave_function.system, 20, closest=case.core + 0.25)
    analytic = local_energies(wave_function, hamiltonian, X)
    numerical = local_energies(wave_function, hamiltonian, X, kind="finite_difference")
    np.testing.assert_allclose(numerical[:, 0], analytic[:, 0], rtol=1e-6, atol=1e-7 * np.abs(analytic[:, 0]).max())
    np.testing.assert_array_equal(numerical[:, 1], analytic[:, 1])
    assert (numerical[:, 0] != analytic[:, 0]).any(), "the two must be different computations"


def test_unknown_kind():
    wave_function = CASES[0].build()
    with pytest.raises(ValueError, match="kinetic = 'numeric': expected one of analytic, finite_difference"):
        link_local_energy(wave_function, HarmonicTrap(wave_function.system), "numeric")
