"""log|psi| of every wave function once more, slowly: mpmath numbers, plain sums, nothing shared with the package.

Each factory returns a function (theta, x) of a list of parameters and a list of N points.
"""

import itertools

from mpmath import matrix, mp, mpf


def gaussian(aspect=None, masses=None):
    """-sum_i m_i sum_k alpha beta_k x_ik^2; alpha is one number or one per axis."""

    def log_psi(theta, x):
        total = mpf(0)
        for i, point in enumerate(x):
            for k, coordinate in enumerate(point):
                alpha = theta[k] if len(theta) > 1 else theta[0]
                beta = 1 if aspect is None else mpf(aspect[k])
                total -= (1 if masses is None else mpf(masses[i])) * alpha * beta * coordinate**2
        return total

    return log_psi


def pairs(u):
    """sum_{i<j} u(theta, r_ij)."""

    def log_psi(theta, x):
        total = mpf(0)
        for i in range(len(x)):
            for j in range(i):
                r = mp.sqrt(sum((a - b) ** 2 for a, b in zip(x[i], x[j], strict=True)))
                total += u(theta, r)
        return total

    return log_psi


def shortest(displacement, cell):
    """The shortest of a displacement's images in a cell, by going through all that can be."""
    basis = matrix(cell.reduced.lattice.tolist())
    fractions = matrix([displacement]) * basis**-1
    rest = matrix([[f - mp.nint(f) for f in fractions]]) * basis
    reach = 0 if cell.reduced.is_rectangular else 1
    steps = itertools.product(range(-reach, reach + 1), repeat=cell.n_dim)
    return min((list(rest + matrix([step]) * basis) for step in steps), key=lambda x: sum(a**2 for a in x))


def spin_pairs(equal, opposite, n_up, cell=None):
    """Sums of equal(theta, r) and opposite(theta, r) over the pairs of spins, of shortest distances in a cell."""

    def log_psi(theta, x):
        total = mpf(0)
        for i, j in itertools.combinations(range(len(x)), 2):
            delta = [a - b for a, b in zip(x[i], x[j], strict=True)]
            r = mp.sqrt(sum(a**2 for a in (delta if cell is None else shortest(delta, cell))))
            total += (equal if (i < n_up) == (j < n_up) else opposite)(theta, r)
        return total

    return log_psi


def pair_polynomial(cusp, cutoff, order, first=0):
    """The radial function as Drummond, Towler and Needs write it, (r - L)^3 sum alpha_l r^l, alpha_1 from the cusp."""

    def u(theta, r):
        if r >= cutoff:
            return mpf(0)
        c, L = theta[first : first + order], mpf(cutoff)
        alpha = [-c[0] / L**3, None] + [-c[l - 1] / L ** (l + 3) for l in range(2, order + 1)]
        alpha[1] = mpf(cusp) / (-L) ** 3 + 3 * alpha[0] / L
        return (r - L) ** 3 * sum(a * r**l for l, a in enumerate(alpha))

    return u


def pade_series(cusp, order, kind, n_kinds=2):
    """The radial function of one kind of pairs."""

    def u(theta, r):
        beta, c = theta[kind], theta[n_kinds + kind * (order - 1) :]
        y = beta * r / (1 + beta * r)
        return mpf(cusp) * r / (1 + beta * r) + sum(c[l - 2] * y**l for l in range(2, order + 1))

    return u


def radial_series(length):
    """sum over particles of sum_l c_l y^l with y = r^2 / (length^2 + r^2)."""

    def log_psi(theta, x):
        squares = [sum(coordinate**2 for coordinate in point) for point in x]
        return sum(c * (s / (mpf(length) ** 2 + s)) ** (l + 1) for s in squares for l, c in enumerate(theta))

    return log_psi


def plane_wave_pairs(waves, n_up=None):
    """sum over pairs and waves (shell, k) of a_shell cos(k . r_ij), coefficients of equal spins first."""
    n_shells = 1 + max(shell for shell, _ in waves)

    def log_psi(theta, x):
        total = mpf(0)
        for i, j in itertools.combinations(range(len(x)), 2):
            start = 0 if n_up is None or (i < n_up) == (j < n_up) else n_shells
            for shell, k in waves:
                angle = sum(component * (a - b) for component, a, b in zip(k, x[i], x[j], strict=True))
                total += theta[start + shell] * mp.cos(angle)
        return total

    return log_psi


def pade(cusp):
    return pairs(lambda theta, r: mpf(cusp) * r / (1 + theta[0] * r))


def hard_core(core_radius, n_dim=3):
    a = mpf(core_radius)
    solution = {1: lambda r: r / a - 1, 2: lambda r: mp.log(r / a), 3: lambda r: 1 - a / r}[n_dim]
    return pairs(lambda theta, r: mp.log(solution(r)) if r > core_radius else mp.ninf)


def power_law():
    return pairs(lambda theta, r: theta[0] * mp.log(r) if r > 0 else mp.ninf)


def gaussian_pair():
    return pairs(lambda theta, r: -theta[0] * r**2)


def rbm(n_hidden, exponent=1, sigma=None):
    """Logarithm of F^exponent; theta = (a, b, W row by row), and log sigma where no sigma is given."""

    def log_psi(theta, x):
        v = [coordinate for point in x for coordinate in point]
        n = len(v)
        a, b = theta[:n], theta[n : n + n_hidden]
        W = [theta[n + n_hidden + i * n_hidden :][:n_hidden] for i in range(n)]
        variance = (mp.exp(theta[-1]) if sigma is None else mpf(sigma)) ** 2
        total = -sum((v[i] - a[i]) ** 2 for i in range(n)) / (2 * variance)
        for j in range(n_hidden):
            hidden_input = b[j] + sum(v[i] * W[i][j] for i in range(n)) / variance
            total += mp.log(1 + mp.exp(hidden_input))
        return mpf(exponent) * total

    return log_psi


def product(*factors):
    """Sum of logarithms; each factor comes with its number of parameters."""

    def log_psi(theta, x):
        total, start = mpf(0), 0
        for factor, n_params in factors:
            total += factor(theta[start : start + n_params], x)
            start += n_params
        return total

    return log_psi


def quartic(theta, x):
    """-width sum |r_i|^2 - softness (sum |r_i|^2)^2, the user's function of the contract test."""
    square = sum(coordinate**2 for point in x for coordinate in point)
    return -theta[0] * square - theta[1] * square**2


ACTIVATIONS = {
    "tanh": mp.tanh,
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "softplus": lambda z: mp.log(1 + mp.exp(z)),
    "silu": lambda z: z / (1 + mp.exp(-z)),
    "gelu": lambda z: z * mp.ncdf(z),
    "sine": mp.sin,
}


def _normalised(z):
    mean = sum(z) / len(z)
    deviation = mp.sqrt(sum((value - mean) ** 2 for value in z) / len(z) + 1)
    return [(value - mean) / deviation for value in z]


def _dense(theta, units, layers, activation, layer_norm, residual):
    """Outputs of a network and the parameters left over; W row by row, b, and gains layer after layer."""
    f, start = ACTIVATIONS[activation], 0
    for layer, n_out in enumerate(layers):
        n_in, last = len(units), layer == len(layers) - 1
        z = [sum(theta[start + j * n_in + i] * units[i] for i in range(n_in)) for j in range(n_out)]
        start += n_out * n_in
        bias = theta[start : start + n_out]
        start += n_out
        if layer_norm and not last:
            z = [g * u for g, u in zip(theta[start : start + n_out], _normalised(z), strict=True)]
            start += n_out
        z = [value + b for value, b in zip(z, bias, strict=True)]
        if last:
            units = z
        elif residual and layer > 0 and n_in == n_out:
            units = [f(value) + unit for value, unit in zip(z, units, strict=True)]
        else:
            units = [f(value) for value in z]
    return units, theta[start:]


def feed_forward(hidden, activation="tanh", layer_norm=False, residual=False):
    """The output of a dense network of all coordinates."""

    def log_psi(theta, x):
        units = [coordinate for point in x for coordinate in point]
        return _dense(theta, units, [*hidden, 1], activation, layer_norm, residual)[0][0]

    return log_psi


def deep_sets(features, pooled, hidden, activation="tanh", layer_norm=False, residual=False):
    """rho of the sum over particles of phi."""

    def log_psi(theta, x):
        sums = [mpf(0)] * pooled
        for point in x:
            found, rest = _dense(theta, list(point), [*features, pooled], activation, layer_norm, residual)
            sums = [a + b for a, b in zip(sums, found, strict=True)]
        return _dense(rest, sums, [*hidden, 1], activation, layer_norm, residual)[0][0]

    return log_psi


def slater(n_up, up, down=None):
    """Logarithm of two determinants; `up` and `down` are lists of functions (theta, point), theta whole."""

    def log_psi(theta, x):
        total = mpf(0)
        for points, functions in ((x[:n_up], up), (x[n_up:], down)):
            if points:
                total += mp.log(abs(mp.det(mp.matrix([[f(theta, point) for f in functions] for point in points]))))
        return total

    return log_psi


def slater_sum(n_up, up, occupied_up, down=None, occupied_down=None, sums=None):
    """log|sum_k c_k det det|; weights first, of each k or of `sums`, the functions are told the other parameters."""
    table = sums or [[1.0 * (k == s) for k in range(len(occupied_up))] for s in range(len(occupied_up))]

    def determinant(theta, points, functions, occupied):
        if not points:
            return mpf(1)
        return mp.det(mp.matrix([[functions[m](theta, point) for m in occupied] for point in points]))

    def log_psi(theta, x):
        total = mpf(0)
        for k, chosen in enumerate(occupied_up):
            rest = theta[len(table) :]
            weight = sum((mpf(row[k]) * c for row, c in zip(table, theta)), mpf(0))
            term = weight * determinant(rest, x[:n_up], up, chosen)
            if down is not None:
                term *= determinant(rest, x[n_up:], down, occupied_down[k])
            total += term
        return mp.log(abs(total))

    return log_psi


def oscillator(numbers, omega=None):
    """Hermite functions without the factor common to all; without omega the last parameter is its logarithm."""

    def orbital(levels):
        def phi(theta, point):
            root, value = mp.sqrt(mp.exp(theta[-1]) if omega is None else mpf(omega)), mpf(1)
            for n, coordinate in zip(levels, point, strict=True):
                t = root * coordinate
                value *= mp.hermite(n, t) * mp.exp(-(t**2) / 2) / mp.sqrt(2**n * mp.factorial(n))
            return value

        return phi

    return [orbital(levels) for levels in numbers]


def plane_waves(side, numbers):
    """1, then cosine and sine of 2 pi n.x / side for each n."""
    waves = [lambda theta, point: mpf(1)]
    for n in numbers:
        for function in (mp.cos, mp.sin):
            waves.append(
                lambda theta, point, n=n, function=function: function(
                    2 * mp.pi * sum(a * b for a, b in zip(n, point, strict=True)) / mpf(side)
                )
            )
    return waves


def combined(basis, n_orbitals):
    """Combinations of a basis with the first parameters as coefficients, row by row."""

    def orbital(mu):
        return lambda theta, point: sum(theta[mu * len(basis) + nu] * f(theta, point) for nu, f in enumerate(basis))

    return [orbital(mu) for mu in range(n_orbitals)]
