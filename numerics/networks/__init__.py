"""Dense networks on tiles of walkers: value, forward Laplacian, derivatives by reverse mode.

A network of sizes (n_0, ..., n_L) maps a_0 = x to

    y_l = W_l a_{l-1} + b_l        or, with layer norm,   y_l = g_l u(W_l a_{l-1}) + b_l,
    a_l = f(y_l)                   or, with residuals,    a_l = f(y_l) + a_{l-1} where n_l = n_{l-1}, l > 1,

and gives y_L without norm or activation in the last layer; L >= 2.  Its parameters lie in one flat vector, layer after
layer: W_l (n_l, n_{l-1}) row by row, b_l, and g_l where there is one.  Arrays of a layer have the shape
(units, columns), a column for each walker: a layer is one product of matrices.

Columns come in `n_groups` groups of equally many: all first particles, all second particles and so on where one network
looks at every particle by itself; a network of all coordinates has one group.
"""

from numerics.networks.kernels import NetworkKernels, network_kernels
from numerics.networks.layout import initial_parameters, n_parameters, parameter_shapes
from numerics.networks.memory import STRIP, network_memory, set_inputs

__all__ = [
    "STRIP",
    "NetworkKernels",
    "initial_parameters",
    "n_parameters",
    "network_kernels",
    "network_memory",
    "parameter_shapes",
    "set_inputs",
]
