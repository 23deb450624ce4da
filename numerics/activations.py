"""Activation functions of networks: the value, and first and second derivative from argument and value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from numerics.elementary import exp, sigmoid, softplus, tanh
from numerics.link import elementary

SQRT_HALF = math.sqrt(0.5)
INVERSE_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)


@dataclass(frozen=True)
class Activation:
    """A smooth function of one number.

    Attributes
    ----------
    value : kernel z -> f(z).
    slopes : kernel (z, f(z)) -> (f'(z), f''(z)).
    """

    value: Callable
    slopes: Callable


@elementary
def _tanh_slopes(z, f):
    first = 1.0 - f * f
    return first, -2.0 * f * first


@elementary
def _sigmoid_slopes(z, f):
    first = f * (1.0 - f)
    return first, first * (1.0 - 2.0 * f)


@elementary
def _softplus_slopes(z, f):
    first = sigmoid(z)
    return first, first * (1.0 - first)


@elementary
def _silu(z):
    return z * sigmoid(z)


@elementary
def _silu_slopes(z, f):
    s = sigmoid(z)
    t = s * (1.0 - s)
    return s + z * t, t * (2.0 + z * (1.0 - 2.0 * s))


@elementary
def _gelu(z):
    return 0.5 * z * math.erfc(-SQRT_HALF * z)


@elementary
def _gelu_slopes(z, f):
    density = INVERSE_SQRT_2PI * exp(-0.5 * z * z)
    return 0.5 * math.erfc(-SQRT_HALF * z) + z * density, (2.0 - z * z) * density


@elementary
def _sine(z):
    return math.sin(z)


@elementary
def _sine_slopes(z, f):
    return math.cos(z), -f


#: By name. 'gelu' is z Phi(z) with the normal distribution function Phi (Hendrycks and Gimpel, arXiv:1606.08415),
#: exact, not its tanh approximation; 'silu', z sigmoid(z) (Elfwing, Uchibe and Doya, Neural Networks 107, 3 (2018)), is
#: close to it and several times faster.
ACTIVATIONS = {
    "tanh": Activation(tanh, _tanh_slopes),
    "sigmoid": Activation(sigmoid, _sigmoid_slopes),
    "softplus": Activation(softplus, _softplus_slopes),
    "silu": Activation(_silu, _silu_slopes),
    "gelu": Activation(_gelu, _gelu_slopes),
    "sine": Activation(_sine, _sine_slopes),
}
