"""Ways to improve the parameters: first-order rules, stochastic reconfiguration, quasi-Newton."""

from vmc.optimizers.base import Iteration, Optimizer
from vmc.optimizers.first_order import FirstOrder
from vmc.optimizers.min_sr import MinSR
from vmc.optimizers.quasi_newton import QuasiNewton
from vmc.optimizers.stochastic_reconfiguration import StochasticReconfiguration

__all__ = ["FirstOrder", "Iteration", "MinSR", "Optimizer", "QuasiNewton", "StochasticReconfiguration"]
