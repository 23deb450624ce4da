"""Derivatives that use what grad_laplacian left in the workspace are those computed from scratch."""

import numpy as np
import pytest

from hamiltonians.system import System
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import Pade
from wavefunctions.product import Product
from wavefunctions.rbm import RBM

SYSTEM = System(3, 2)


@pytest.mark.parametrize(
    "psi",
    [RBM(SYSTEM, 5, learn_sigma=True), Product(Gaussian(SYSTEM), RBM(SYSTEM), Pade(SYSTEM, cusp=1.0))],
    ids=["rbm", "product"],
)
def test_shared_log_derivatives(psi):
    rng = np.random.default_rng(5)
    X, elsewhere = rng.normal(size=(2, 6, 4))
    k, p = psi.kernels, psi.arguments()
    ws = k["workspace"](p, 4, 6)
    G, L, O = np.zeros((6, 4)), np.zeros(4), np.zeros((psi.n_params, 4))
    k["log_derivatives"](p, elsewhere, np.zeros_like(O), 0, ws)  # leaves numbers of other configurations behind
    k["grad_laplacian"](p, X, G, L, ws)
    k["shared_log_derivatives"](p, X, O, 0, ws)
    np.testing.assert_array_equal(O.T, psi.evaluate(X.T).log_derivatives)
