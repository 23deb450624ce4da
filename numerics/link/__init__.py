"""Late binding of kernels into compiled templates, with a disk cache that cannot go stale.

A *template* is an ordinary function whose globals include :class:`Slot` placeholders::

    log_psi = Slot("log_psi", "(p, X, log, sign, ws)")

    def sweep(p, X, ...):
        log_psi(p, X, log, sign, ws)

``link(sweep, log_psi=my_kernel)`` compiles a copy of the template in which the name ``log_psi`` is
``my_kernel``.  The next process finds an unchanged combination on disk, by a fingerprint of everything it
reaches (see :mod:`numerics.link.kernel_cache`).
"""

from numerics.link.decorators import ELEMENTARY_OPTIONS, INLINE_OPTIONS, OPTIONS, elementary, inlined, kernel
from numerics.link.template import Slot, as_kernel, link
from numerics.link.trial import refuse_text, tried

__all__ = [
    "ELEMENTARY_OPTIONS",
    "INLINE_OPTIONS",
    "OPTIONS",
    "Slot",
    "as_kernel",
    "elementary",
    "inlined",
    "kernel",
    "link",
    "refuse_text",
    "tried",
]
