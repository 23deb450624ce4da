"""The Ising model on a square: a target whose law is known, for whatever learns or samples."""

from samplers.ising.model import T_CRITICAL, Ising

__all__ = ["T_CRITICAL", "Ising"]
