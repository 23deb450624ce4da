"""Numbers of workload W1 that every peer shares: non-interacting bosons in an isotropic harmonic trap.

psi = exp(-alpha sum_i r_i^2) in units of the trap, so E_L = alpha N d + (1/2 - 2 alpha^2) sum_i r_i^2.
"""

N_PARTICLES = 100
N_DIM = 3
STEP_SIZE = 1.0  # standard deviation of the proposed displacement, each coordinate
ALPHA_EXACT = 0.5  # every local energy is then N d / 2 = 150
ALPHA_CHECK = 0.4  # away from the exact state, so that the mean energy tests the sampler
ACCEPTANCE = (0.2, 0.8)
SIGMAS = 5.0


def mean_energy(alpha: float, n_particles: int = N_PARTICLES) -> float:
    """Exact mean energy N d (alpha / 2 + 1 / (8 alpha))."""
    return n_particles * N_DIM * (alpha / 2 + 1 / (8 * alpha))
