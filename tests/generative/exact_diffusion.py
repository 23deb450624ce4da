"""Diffusion with the exact noise of normal densities: what comes out, and the same figures of the functions at hand.

Means and variances of N(1, 0.25) are from the Gaussian recursion written for itself.
"""

import numpy as np

from samplers.generative.diffusion import probability_flow
from samplers.generative.diffusion.mixture import NormalMixture
from samplers.generative.diffusion.noise import BETAS, gammas_of, linear_betas
from samplers.generative.diffusion.steps import ancestral_step, draw, last_step

#: N(1, 0.25).
NORMAL = NormalMixture(np.ones(1), np.array([[1.0]]), np.array([0.5]))
MIXTURE = NormalMixture(
    np.array([0.3, 0.5, 0.2]), np.array([[-2.0, 0.0], [1.0, 1.5], [2.0, -2.0]]), np.array([0.3, 0.5, 0.2])
)
POINTS = np.array([(-2.0, 0.0), (0.0, 0.0), (1.0, 1.5), (2.0, -2.0), (3.0, 3.0), (-1.0, -1.0)])
LOG_DENSITIES = [-0.63390426, -7.64472964, -1.14472989, -0.22843915, -13.64472989, -11.74496519]
#: Gamma of the most noise of beta from 0.1 to 20: alpha^2 = exp(-10.05).
MOST = float(np.log(np.expm1(10.05)))
#: Schedule, steps: mean at the end, and variances for both choices of the variance of a step, beta and posterior.
ANCESTRAL = {
    ("linear", 50): (0.9999980638, 0.2661898327, 0.1965565272),
    ("linear", 100): (0.9999949024, 0.2577758818, 0.2192278185),
    ("linear", 1000): (0.9999899101, 0.2507520750, 0.2461252114),
    ("cosine", 50): (0.9999997572, 0.2576205034, 0.2187845111),
    ("cosine", 1000): (0.9999999994, 0.2504185893, 0.2479967026),
}
#: Implicit steps, evenly chosen of a thousand: mean and variance.
IMPLICIT = {
    10: (0.9977027465, 0.1307630380),
    20: (0.9972654188, 0.1852886474),
    50: (0.9970020092, 0.2227038688),
    100: (0.9969134986, 0.2360478804),
    1000: (0.9968331501, 0.2484975472),
}


def see(x, gamma):
    return NORMAL.predict(np.array([[x]]), gamma)[0]


def moments(schedule, n_steps, variance):
    """What `ANCESTRAL` holds: every step is linear in x and in the normal number."""
    gammas, mean, spread = gammas_of(BETAS[schedule](n_steps)), 0.0, 1.0

    def step(x, z, above, below):
        return ancestral_step(np.array([[x]]), see(x, above), above, below, np.array([[z]]), variance)[0, 0]

    for above, below in zip(gammas[:0:-1], gammas[-2::-1]):
        at_zero = step(0.0, 0.0, above, below)
        slope, noise = step(1.0, 0.0, above, below) - at_zero, step(0.0, 1.0, above, below) - at_zero
        mean, spread = step(mean, 0.0, above, below), slope**2 * spread + noise**2

    def last(x):
        return last_step(np.array([[x]]), see(x, gammas[0]), gammas[0])[0, 0]

    return last(mean), (last(1.0) - last(0.0)) ** 2 * spread


def implicit_moments(n_steps):
    """What `IMPLICIT` holds."""
    gammas = gammas_of(linear_betas(1000))[np.round(np.linspace(0, 999, n_steps)).astype(int)]
    low, high = (draw(see_rows, gammas, np.array([[x]]), None)[0, 0] for x in (0.0, 1.0))
    return low, (high - low) ** 2


def see_rows(x, gamma):
    return NORMAL.predict(x, gamma)[0]


def flow_log_density(n_steps, prior=lambda x: MIXTURE.log_density(x, MOST)):
    """Log density of the mixture at the points, by its probability flow."""
    return probability_flow.log_density(MIXTURE.predict, POINTS, np.linspace(-30.0, MOST, n_steps + 1), prior)
