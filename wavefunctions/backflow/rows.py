"""Derivatives by all parameters of a sum of determinants of quasi-particles, where no gradient has been taken."""

from __future__ import annotations

import numpy as np

from numerics.link import Slot
from wavefunctions.backflow.base import start

coordinates = Slot("coordinates", "(p, X, Q, log, ws)")
fill = Slot("fill", "(p, Q, F, ws)")
shared = Slot("shared", "(p, X, O, first, ws)")
n_dim = 3  # bound at link time


def log_derivatives(p, X, O, first, ws):
    """O += dlog|psi| / dtheta; p of the quasi-particles is p[2], and their (Q, J, LQ, F) are ws[4]."""
    inner, (Q, _, _, F) = ws[0], ws[4]
    start(X, n_dim, Q)
    coordinates(p[2], X, Q, np.zeros(X.shape[1]), inner)
    fill(p, Q, F, ws)
    shared(p, X, O, first, ws)
