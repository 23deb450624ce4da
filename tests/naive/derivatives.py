"""Derivatives from central differences in so many digits that neither step nor rounding shows."""

from mpmath import mp, mpf

DIGITS = 60
STEP = mpf(10) ** -18


def points(row, n_dim):
    """A flat configuration as a list of points."""
    return [list(row[i : i + n_dim]) for i in range(0, len(row), n_dim)]


def value(log_psi, theta, row, n_dim):
    with mp.workdps(DIGITS):
        return log_psi([mpf(t) for t in theta], points([mpf(x) for x in row], n_dim))


def space_derivatives(log_psi, theta, row, n_dim):
    """Gradient (a list) and Laplacian, right to about 24 digits."""
    with mp.workdps(DIGITS):
        theta, row = [mpf(t) for t in theta], [mpf(x) for x in row]
        centre = log_psi(theta, points(row, n_dim))
        return _differences(lambda moved: log_psi(theta, points(moved, n_dim)), row, centre)


def kinetic_energy(log_psi, theta, row, n_dim, masses):
    """-sum_k psi^-1 d^2 psi / dx_k^2 / (2 m_k), with a mass for every coordinate, right to about 24 digits."""
    with mp.workdps(DIGITS):
        theta, row = [mpf(t) for t in theta], [mpf(x) for x in row]
        centre = log_psi(theta, points(row, n_dim))
        total = mpf(0)
        for k, mass in enumerate(masses):
            sides = []
            for step in (STEP, -STEP):
                moved = list(row)
                moved[k] += step
                sides.append(mp.exp(log_psi(theta, points(moved, n_dim)) - centre))
            total -= (sides[0] + sides[1] - 2) / STEP**2 / (2 * mpf(mass))
        return total


def parameter_derivatives(log_psi, theta, row, n_dim):
    """Derivatives with respect to theta, right to about 35 digits."""
    with mp.workdps(DIGITS):
        theta, x = [mpf(t) for t in theta], points([mpf(x) for x in row], n_dim)
        return _differences(lambda moved: log_psi(moved, x), theta, mpf(0))[0]


def _differences(function, place, centre):
    gradient, curvature = [], mpf(0)
    for k in range(len(place)):
        moved = list(place)
        moved[k] = place[k] + STEP
        above = function(moved)
        moved[k] = place[k] - STEP
        below = function(moved)
        gradient.append((above - below) / (2 * STEP))
        curvature += (above + below - 2 * centre) / STEP**2
    return gradient, curvature
