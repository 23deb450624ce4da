"""The likelihood of a Gaussian-binary machine as a mixture written out in complex arithmetic: for complex steps."""

import cmath
import itertools
import math


def mean_log_likelihood(theta, rows, n_hidden):
    """Of rows, for a, b, W and log sigma^2 in one list."""
    n = len(rows[0])
    a, b, rest = theta[:n], theta[n : n + n_hidden], theta[n + n_hidden :]
    W = [rest[i * n_hidden : (i + 1) * n_hidden] for i in range(n)]
    variances = [cmath.exp(entry) for entry in rest[n * n_hidden :]]
    components = []
    for h in itertools.product((0, 1), repeat=n_hidden):
        centre = [a[i] + sum(W[i][j] * h[j] for j in range(n_hidden)) for i in range(n)]
        # The square completed: exp(-E) is a normal density about the centre with this weight, but for its norm.
        exponent = sum(b[j] * h[j] for j in range(n_hidden))
        exponent += sum((centre[i] ** 2 - a[i] ** 2) / (2.0 * variances[i]) for i in range(n))
        components.append((cmath.exp(exponent), centre))
    norm = sum(weight for weight, _ in components)
    for variance in variances:
        norm *= cmath.sqrt(2.0 * math.pi * variance)
    logs = []
    for v in rows:
        squares = [sum((v[i] - c[i]) ** 2 / (2.0 * variances[i]) for i in range(n)) for _, c in components]
        density = sum(weight * cmath.exp(-square) for (weight, _), square in zip(components, squares))
        logs.append(cmath.log(density / norm))
    return sum(logs) / len(logs)
