"""Sums over all states of the machines of `machines.py`, to twelve digits, and the same figures of a machine at hand.

The numbers come from two enumerations, of visible and of hidden states, written for themselves; those of the Gaussian
machines, for two visible units, from quadrature as well.
"""

import numpy as np

from samplers.generative import BinaryRBM
from tests.generative.machines import all_rows, parameters, three_rows

#: (visible, hidden): log Z, mean log-likelihood of the three rows, entropy, sums of <v> and <h>.
SUMS = {
    (4, 3): (5.898896530602, -3.674358443128, 2.243241385833, 2.139789749799, 1.950893469629),
    (10, 8): (14.397818947903, -8.165103584179, 6.508839311097, 5.109606814323, 4.233364972441),
}
#: Norm, first and last entries of the gradient of that likelihood: |g_W|, g_W[0, 0], g_W[-1, -1], g_a[0], g_b[0].
GRADIENTS = {
    (4, 3): (1.030568244418, -0.420873828133, 0.274187620415, -0.436178928764, -0.200433661133),
    (10, 8): (1.773131162982, -0.270136165900, 0.056897999836, -0.331298862471, -0.122827844247),
}
#: The same with units of -1 and 1: log Z, and log of the sum of the square of exp(a.s) prod 2 cosh(b + W^T s).
SPINS = {(4, 3): (7.671287375467, 13.845294727988), (10, 8): (25.471584237875, 46.572592976502)}
#: Gaussian machines: log Z, mean and variance of the first visible unit, all variances, sum of <h>, log p(0).
GAUSSIANS = {
    (2, 3): (4.714152803295, 0.973189594295, 0.755389553806, 1.692681083173, 2.073950716042, -2.710648815512),
    (8, 10): (17.267098426520, 0.122528552983, 1.066403756886, 9.394062741704, 5.620002472083, -10.555464792715),
}


def sums(machine):
    """What `SUMS` holds, of a machine."""
    n = machine.n_features_in_
    log_p = machine.score_samples(all_rows(n))
    means = machine.views(machine.negative_phase_exact())
    entropy = -np.exp(log_p) @ log_p
    return machine.log_partition_exact(), machine.score(three_rows(n)), entropy, means[0].sum(), means[1].sum()


def gradient(machine):
    """What `GRADIENTS` holds, of a machine."""
    X = three_rows(machine.n_features_in_)
    a, b, W, _ = machine.views(machine.positive_phase(X) - machine.negative_phase_exact())
    return np.linalg.norm(W), W[0, 0], W[-1, -1], a[0], b[0]


def spins(machine):
    """What `SPINS` holds: the wave function squared is a machine with every hidden unit twice."""
    a, b, W = parameters(machine.n_features_in_, machine.n_hidden)
    doubled = BinaryRBM(2 * b.size, spins=True).set_parameters(2 * a, np.tile(b, 2), np.tile(W, 2))
    return machine.log_partition_exact(), doubled.log_partition_exact()


def gaussians(machine):
    """What `GAUSSIANS` holds, of a machine."""
    a, _, W, log_variance = machine.views()
    H = np.concatenate(list(machine.hidden.all_states(machine.n_hidden)))
    log_Z = machine.log_partition_exact()
    p = np.exp(machine.log_visible_sum(H) - log_Z)
    centres = a + H @ W.T
    means = p @ centres
    spread = p @ centres**2 - means**2 + np.exp(log_variance)
    hidden = machine.views(machine.negative_phase_exact())[1].sum()
    log_p = machine.score(np.zeros((1, a.size)))
    return log_Z, means[0], spread[0], spread.sum(), hidden, log_p
