"""Energies of trapped hard spheres with a fixed trial function, to compare sampled energies with.

psi = exp(-alpha sum_i (x_i^2 + y_i^2 + aspect z_i^2)) prod_{i<j} (1 - a / r_ij), a = 0.0043, in a trap of
frequencies (1, 1, aspect).  From an independent Metropolis code (one-particle moves, 64 blocks); no publication.
"""

import math

CORE_RADIUS = 0.0043
FLATTENED = math.sqrt(8.0)

#: (aspect, N, alpha) -> energy per particle, standard error.
ENERGY_PER_PARTICLE = {
    (FLATTENED, 10, 0.50): (2.43993, 0.00004),
    (FLATTENED, 10, 0.49): (2.44018, 0.00008),
    (FLATTENED, 10, 0.48): (2.44124, 0.00016),
    (FLATTENED, 50, 0.50): (2.54579, 0.00021),
    (FLATTENED, 50, 0.49): (2.54521, 0.00014),
    (FLATTENED, 50, 0.48): (2.54532, 0.00019),
    (FLATTENED, 100, 0.50): (2.66328, 0.00046),
    (FLATTENED, 100, 0.49): (2.66223, 0.00033),
    (FLATTENED, 100, 0.48): (2.66168, 0.00039),
    (1.0, 10, 0.50): (1.51529, 0.00002),
    (1.0, 10, 0.49): (1.51543, 0.00005),
    (1.0, 10, 0.48): (1.51618, 0.00012),
    (1.0, 50, 0.50): (1.57908, 0.00011),
    (1.0, 50, 0.49): (1.57876, 0.00003),
    (1.0, 50, 0.48): (1.57905, 0.00011),
    (1.0, 100, 0.50): (1.65132, 0.00020),
    (1.0, 100, 0.49): (1.65046, 0.00011),
    (1.0, 100, 0.48): (1.65019, 0.00006),
}
