"""What an evaluation adds up of the local energies of a block, measurement by measurement."""

from __future__ import annotations

import numpy as np


def finite_energies(energies: np.ndarray, reference: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """E_L - reference (n_samples, n_walkers) and its components, zero where E_L is not finite, and where it is."""
    shifted = energies.sum(axis=2) - reference
    finite = np.isfinite(shifted)
    if finite.all():
        return shifted, energies, finite
    return np.where(finite, shifted, 0.0), np.where(finite[:, :, None], energies, 0.0), finite


def step_sums(energies: np.ndarray, shifted: np.ndarray, finite: np.ndarray) -> np.ndarray:
    """Per measurement: number of finite energies, sums of (E - reference)^2, of E - reference, of each component."""
    squares = np.einsum("tw,tw->t", shifted, shifted)
    sums = [finite.sum(axis=1), squares, shifted.sum(axis=1)]
    return np.concatenate([np.stack(sums, axis=1), energies.sum(axis=1)], axis=1)
