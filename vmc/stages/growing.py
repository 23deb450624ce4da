"""An array that grows by rows."""

from __future__ import annotations

import numpy as np


class Growing:
    """An array that rows are added to, in memory that doubles: adding all of them copies each but a few times."""

    def __init__(self, rows: np.ndarray) -> None:
        self._memory, self._n = rows, len(rows)

    @property
    def array(self) -> np.ndarray:
        """The rows so far."""
        return self._memory[: self._n]

    def add(self, rows: np.ndarray) -> None:
        """Append rows (n, ...)."""
        needed = self._n + len(rows)
        if needed > len(self._memory):
            spare = np.empty((max(self._n, len(rows), 64), *self._memory.shape[1:]))
            self._memory = np.concatenate([self._memory, spare])
        self._memory[self._n : needed] = rows
        self._n = needed
