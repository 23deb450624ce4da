"""Wave functions can be sent to other processes, as joblib and multiprocessing do."""

import multiprocessing

import numpy as np
import pytest

from hamiltonians.system import System
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import Pade
from wavefunctions.product import Product

X = np.array([[0.3, -0.2, 1.0, 0.4]])


def log_psi_at_x(wave_function):
    return float(wave_function.evaluate(X).log_psi[0])


@pytest.mark.parametrize("factors", [(Gaussian,), (Gaussian, Pade)])
def test_another_process_finds_the_same(factors):
    """A fresh one, which knows nothing of what this one has linked."""
    system = System(2, 2)
    made = [factor(system) for factor in factors]
    wave_function = made[0] if len(made) == 1 else Product(*made)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        (value,) = pool.map(log_psi_at_x, [wave_function])
    assert value == pytest.approx(log_psi_at_x(wave_function), rel=1e-14)
