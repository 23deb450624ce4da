"""Kernels built from others, for slots a wave function leaves empty.

Derivatives come from fourth-order central differences: right for trying ideas (errors about 1e-11 in the
gradient and 1e-8 in the Laplacian of smooth functions that change over lengths of about one, relatively as much over
shorter ones; 4 n + 1 evaluations), wrong at cusps and nodes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from numerics.link import Slot, as_kernel, kernel, link
from wavefunctions.stencil import SMALLEST_SHARE, link_stencil

SLOTS = (
    "workspace",
    "log_psi",
    "grad_laplacian",
    "log_derivatives",
    "shared_log_derivatives",
    "weighted_log_derivatives",
    "refresh",
    "ratio",
    "accept",
    "kinetic",
)
PARTICLE_SLOTS = ("refresh", "ratio", "accept")
#: What is inlined; all else is called once per tile and compiled once (numerics.link.apart).
FOR_EVERY_PARTICLE = ("ratio", "accept")

workspace = Slot("workspace", "(p, tile, n)")
log_psi = Slot("log_psi", "(p, X, log, sign, ws)")
stencil = Slot("stencil", "(p, X, k, step, Z, h, centre, sign, values, signs, ws)")
shared_log_derivatives = Slot("shared_log_derivatives", "(p, X, O, first, ws)")

#: Step of the space derivatives, about eps**(1/6) of lengths of order one.
SPACE_STEP = 2e-3
#: Length over which log|psi| changes by one below which the step is a fixed share of it: large slopes, peaks, nodes.
SHORT_LENGTH = 0.1
#: First step of the parameter derivatives relative to max(1, |theta_k|), and what is left of it, again and again, where
#: the second difference of log|psi| is larger than this: the parameter is one of a smaller scale.
PARAMETER_STEP, PARAMETER_CUT, LARGEST_CURVATURE = 1e-5, 1.0 / 32.0, 1e-6
#: How often a step is cut: scales down to 1e-12 of one.
MOST_CUTS = 8


def complete(owner: str, kernels: Mapping[str, Callable]) -> dict[str, Callable]:
    """All slots: the given kernels, defaults for the rest.

    Raises
    ------
    TypeError
        for unknown slots, a missing ``log_psi``, or an incomplete set of one-particle kernels.
    """
    unknown = sorted(set(kernels) - set(SLOTS))
    if unknown:
        raise TypeError(f"{owner}: unknown kernel {unknown[0]!r}, expected one of {', '.join(SLOTS)}")
    if "log_psi" not in kernels:
        raise TypeError(f"{owner}: kernel 'log_psi(p, X, log, sign, ws)' is missing")
    given = [slot for slot in PARTICLE_SLOTS if slot in kernels]
    if given and len(given) < len(PARTICLE_SLOTS):
        missing = next(slot for slot in PARTICLE_SLOTS if slot not in kernels)
        raise TypeError(f"{owner}: kernel '{missing}' is missing, one-particle moves need {PARTICLE_SLOTS}")
    full = {slot: _kernel(slot, function) for slot, function in kernels.items()}
    builders: dict[str, Callable[[Mapping[str, Callable]], Callable]] = {
        "workspace": lambda _: no_workspace,
        "grad_laplacian": difference_grad_laplacian,
        "log_derivatives": difference_log_derivatives,
        "shared_log_derivatives": lambda others: others["log_derivatives"],
        "refresh": lambda _: no_refresh,
        "ratio": whole_ratio,
        "accept": lambda _: no_accept,
    }
    for slot, build in builders.items():
        if slot not in full:
            full[slot] = _kernel(slot, build(full))
    return full


def _kernel(slot: str, function: Callable) -> Callable:
    return as_kernel(function, apart=slot not in FOR_EVERY_PARTICLE)


def difference_grad_laplacian(kernels: Mapping[str, Callable]) -> Callable:
    """Gradient and Laplacian of log|psi| from fourth-order central differences."""
    stencil = link_stencil(kernels["log_psi"], _shorten)
    return link(_difference_grad_laplacian, log_psi=kernels["log_psi"], stencil=stencil)


def difference_log_derivatives(kernels: Mapping[str, Callable]) -> Callable:
    """Derivatives of log|psi| with respect to theta from central differences.

    The workspace is made anew for every changed theta, because it may hold numbers derived from theta.
    """
    return link(_difference_log_derivatives, workspace=kernels["workspace"], log_psi=kernels["log_psi"])


def summed_rows(log_derivatives: Callable) -> Callable:
    """Sums of derivatives with weights, from the derivatives walker by walker."""
    return link(_summed_rows, shared_log_derivatives=log_derivatives)


def whole_ratio(kernels: Mapping[str, Callable]) -> Callable:
    """One-particle ratio from two evaluations of the whole wave function."""
    return link(_whole_ratio, log_psi=kernels["log_psi"])


@kernel
def no_workspace(p, tile, n):
    """Workspace of a wave function that needs none."""
    return (np.empty(0),)


@kernel
def no_refresh(p, X, ws):
    """One-particle state of a wave function that keeps none."""


@kernel
def no_accept(p, X, i, Y, accepted, ws):
    """Accept a one-particle move where no state is kept."""


def _difference_grad_laplacian(p, X, G, L, ws):
    n, tile = X.shape
    Z, h = X.copy(), np.empty(tile)
    centre, sign = np.zeros(tile), np.ones(tile)
    values, signs = np.empty((4, tile)), np.empty((4, tile))
    log_psi(p, Z, centre, sign, ws)
    for k in range(n):
        h[:] = SPACE_STEP
        stencil(p, X, k, SPACE_STEP, Z, h, centre, sign, values, signs, ws)
        for b in range(tile):
            near, far = values[:2, b], values[2:, b]
            G[k, b] += (8.0 * (near[0] - near[1]) - (far[0] - far[1])) / (12.0 * h[b])
            curvature = 16.0 * (near[0] + near[1]) - (far[0] + far[1]) - 30.0 * centre[b]
            L[b] += curvature / (12.0 * h[b] * h[b])


@kernel
def _shorten(h, step, centre, values, sign, signs):
    """Fit the steps to the lengths over which log|psi| changes; return whether one of them became shorter."""
    found = False
    for b in range(h.size):
        right, left = values[0, b] - centre[b], values[1, b] - centre[b]
        length = h[b] / (max(abs(right), abs(left)) + math.sqrt(abs(right + left)))
        if 0.0 < length < SHORT_LENGTH:  # not so where one of the values is infinite or not a number
            h[b] *= max(length / SHORT_LENGTH, SMALLEST_SHARE)
            found = True
    return found


def _difference_log_derivatives(p, X, O, first, ws):
    n, tile = X.shape
    theta = p[0]
    middle, plus, minus, sign = np.zeros(tile), np.empty(tile), np.empty(tile), np.ones(tile)
    slope, is_open = np.empty(tile), np.empty(tile, np.bool_)
    log_psi(p, X, middle, sign, workspace(p, tile, n))
    for k in range(theta.size):
        centre = theta[k]
        h = PARAMETER_STEP * max(1.0, abs(centre))
        is_open[:] = True
        for _ in range(1 + MOST_CUTS):
            for b in range(tile):
                plus[b] = 0.0
                minus[b] = 0.0
            theta[k] = centre + h
            log_psi(p, X, plus, sign, workspace(p, tile, n))
            theta[k] = centre - h
            log_psi(p, X, minus, sign, workspace(p, tile, n))
            theta[k] = centre
            n_open = 0
            for b in range(tile):
                if is_open[b]:
                    slope[b] = (plus[b] - minus[b]) / (2.0 * h)
                    is_small = abs(plus[b] + minus[b] - 2.0 * middle[b]) <= LARGEST_CURVATURE
                    is_open[b] = not is_small and abs(middle[b]) < math.inf
                    n_open += is_open[b]
            if n_open == 0:
                break
            h *= PARAMETER_CUT
        for b in range(tile):
            O[first + k, b] += slope[b]


def _summed_rows(p, X, weights, sums, first, ws):
    O = np.zeros((p[0].size, X.shape[1]))
    shared_log_derivatives(p, X, O, 0, ws)
    for k in range(O.shape[0]):
        row = O[k]
        for m in range(weights.shape[0]):
            total = 0.0
            for b in range(row.size):
                total += weights[m, b] * row[b]
            sums[m, first + k] += total


def _whole_ratio(p, X, i, Y, log_ratio, ws):
    d, tile = Y.shape
    Z = X.copy()
    old, new, sign = np.zeros(tile), np.zeros(tile), np.ones(tile)
    log_psi(p, X, old, sign, ws)
    for k in range(d):
        for b in range(tile):
            Z[i * d + k, b] = Y[k, b]
    log_psi(p, Z, new, sign, ws)
    for b in range(tile):
        log_ratio[b] += new[b] - old[b]
