"""What the contracts ask of the kernels of a wave function, one question each."""

import numpy as np

from hamiltonians.base import Hamiltonian, one_body_term
from numerics.link import Slot, link
from tests.naive.configurations import apart
from vmc.measuring.local_energy import local_energies
from wavefunctions.evaluation import link_log_values

workspace = Slot("workspace", "(p, tile, n)")
log_psi = Slot("log_psi", "(p, X, log, sign, ws)")
grad_laplacian = Slot("grad_laplacian", "(p, X, G, L, ws)")
derivatives = Slot("derivatives", "(p, X, O, first, ws)")


def configurations(case, wave_function, n, seed=7):
    """Random configurations (n, N d) where psi is not zero and no pair close."""
    return apart(wave_function.system, n, closest=case.core + 0.03, seed=seed)


def tile_of(X):
    """The same configurations as kernels want them, one per column."""
    return np.ascontiguousarray(X.T)


def log_psi_of(wave_function, X):
    """log|psi| from the kernel alone."""
    return link_log_values(wave_function.kernels)(wave_function.arguments(), tile_of(X))


def kinetic_of(wave_function, X):
    """What the local energy takes for the kinetic energy: the wave function's own kernel where it has one."""
    system = wave_function.system
    free = Hamiltonian(system, [one_body_term("nothing", nothing, (), system.n_dim, is_periodic=True)])
    return local_energies(wave_function, free, X)[:, 0]


def nothing(c, r):
    """No potential."""
    return 0.0


def add_everything(wave_function, X, shared, log, sign, G, L, O, first):
    """Let the kernels add to what is in log, sign, G, L and O, tile after tile, with one workspace.

    In one compiled function: workspaces of many arrays take longer to become objects of Python than kernels to compile.

    Parameters
    ----------
    X : configurations (n_tiles, tile, N d).
    shared : whether derivatives by parameters are those that come right after the gradient.
    log, sign, G, L, O : as kernels want them, one for each tile.
    """
    k = wave_function.kernels
    add = link(
        _add_everything,
        workspace=k["workspace"],
        log_psi=k["log_psi"],
        grad_laplacian=k["grad_laplacian"],
        derivatives=k["shared_log_derivatives" if shared else "log_derivatives"],
    )
    add(wave_function.arguments(), np.ascontiguousarray(X.transpose(0, 2, 1)), log, sign, G, L, O, first)


def _add_everything(p, X, log, sign, G, L, O, first):
    ws = workspace(p, X.shape[2], X.shape[1])
    for t in range(X.shape[0]):
        log_psi(p, X[t], log[t], sign[t], ws)
        grad_laplacian(p, X[t], G[t], L[t], ws)
        derivatives(p, X[t], O[t], first, ws)


def ratio_of(wave_function, X, i, Y, ws):
    log_ratio = np.zeros(len(X))
    wave_function.kernels["ratio"](wave_function.arguments(), tile_of(X), i, tile_of(Y), log_ratio, ws)
    return log_ratio


def fresh_state(wave_function, X):
    """A workspace with the one-particle state of X."""
    k, p = wave_function.kernels, wave_function.arguments()
    ws = k["workspace"](p, *X.shape)
    k["refresh"](p, tile_of(X), ws)
    return ws


def moved(X, i, Y):
    """X with particle i at Y."""
    Z = X.copy()
    Z[:, i * Y.shape[1] : (i + 1) * Y.shape[1]] = Y
    return Z


def assert_close(actual, expected, relative):
    """Relative to each number, or to the typical size of all where a number happens to be small."""
    expected = np.array(expected, dtype=float)
    typical = np.median(np.abs(expected)) if expected.size else 0.0
    np.testing.assert_allclose(actual, expected, rtol=relative, atol=relative * typical)
