"""Elementary functions without branches, so that LLVM vectorises every loop that calls them.

Each function takes and returns one float64. Alternatives are computed and then selected, exponents are
read and written through the bit pattern, and calls to the C library are avoided, because any of these
(a branch, a call) would keep a loop scalar. Only `contract` is allowed to the compiler: re-association
would undo the rounding by `ROUNDER` and the two-part arithmetic below.

Arithmetic runs on Python floats when the compiler is switched off, hence the `float(...)` around every
reinterpreted bit pattern: NumPy scalars would warn about the overflows that are meant to happen.

The polynomials are minimax fits (Remez exchange in 40 digits) with an error below 2^-60 of the result;
the reductions are those of W. J. Cody and W. Waite, "Software Manual for the Elementary Functions" (1980)
and P. T. P. Tang, ACM Trans. Math. Softw. 15, 144 (1989) and 16, 378 (1990).
"""

import math

import numpy as np

from numerics.link import elementary

# Adding and subtracting 1.5 * 2^52 rounds to an integer, left in the low bits of the sum.
ROUNDER = 6755399441055744.0
INVERSE_LN2 = 1.4426950408889634
# ln 2 in two parts; the first has 32 significant bits, so its product with an exponent is exact.
LN2_HIGH = 0.6931471803691238
LN2_LOW = 1.9082149292705877e-10
EXPONENT_SHIFT = 52
EXPONENT_BIAS = 1023
ONE_BITS = EXPONENT_BIAS << EXPONENT_SHIFT
# 1 - sqrt(1/2) in the bit pattern: added to x it moves the octave boundary from 1 to sqrt(1/2).
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
OCTAVE_OFFSET = ONE_BITS - SQRT_HALF_BITS
# The bits of 2^52 + k, for 0 <= k < 2^52, are these bits plus k: an integer-to-float conversion.
TWO_52 = 4503599627370496.0
TWO_52_BITS = 0x4330000000000000
SMALLEST_NORMAL = 2.2250738585072014e-308
TWO_54 = 18014398509481984.0


@elementary
def _reduce(x):
    """Split x = k ln 2 + r with |r| <= ln(2) / 2; returns (bits holding k, exp(r) - 1)."""
    shifted = x * INVERSE_LN2 + ROUNDER
    k = shifted - ROUNDER
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    # Estrin's grouping: a short chain of dependent operations, which is what a lone call waits for.
    a = (0.5 + 0.16666666666666682 * r) + (0.04166666666666672 + 0.008333333333317117 * r) * r2
    b = 0.0013888888888859315 + 0.0001984126989627194 * r
    b = b + (2.4801587372442065e-05 + 2.755723491784821e-06 * r) * r2
    c = (2.7557234257035816e-07 + 2.5112029440943518e-08 * r) + 2.092670893427426e-09 * r2
    q = a + (b + c * r4) * r4
    return np.float64(shifted).view(np.int64), r + r2 * q


@elementary
def _power_of_two(k):
    """Return 2^k for -1023 < k < 1024 from the low bits of k."""
    return float(np.int64((k + EXPONENT_BIAS) << EXPONENT_SHIFT).view(np.float64))


@elementary
def exp(x):
    """Exponential function; results below the normal range are rounded, not flushed to zero."""
    x = float(x)
    x = 710.0 if x > 710.0 else x
    x = -746.0 if x < -746.0 else x
    bits, fraction = _reduce(x)
    half = bits >> 1
    # Two factors, because 2^k itself may lie outside the range of normal numbers.
    return (1.0 + fraction) * _power_of_two(half) * _power_of_two(bits - half)


@elementary
def _log_reduced(f, exponent):
    """Return exponent * ln 2 + log(1 + f) for sqrt(1/2) <= 1 + f <= sqrt(2)."""
    s = f / (2.0 + f)
    z = s * s
    q = 0.1479195305382331
    q = q * z + 0.15314478365865186
    q = q * z + 0.18183546204490095
    q = q * z + 0.22222198957251557
    q = q * z + 0.28571428738166454
    q = q * z + 0.39999999999436897
    q = q * z + 0.6666666666666731
    # 2 artanh(s) = f - s (f - z q): the leading term f carries no rounding error.
    return exponent * LN2_HIGH + (f - (s * (f - z * q) - exponent * LN2_LOW))


@elementary
def _octave(x):
    """Split a positive finite x = m 2^k, sqrt(1/2) <= m < sqrt(2); returns (m, k + bias as an integer)."""
    bits = np.float64(x).view(np.int64)
    # The mask is without effect on the value; it lets the compiler use a logical shift.
    biased = ((bits + OCTAVE_OFFSET) >> EXPONENT_SHIFT) & 0x7FF
    mantissa = float(np.int64(bits - ((biased - EXPONENT_BIAS) << EXPONENT_SHIFT)).view(np.float64))
    return mantissa, biased


@elementary
def _to_float(k):
    """Convert an integer 0 <= k < 2^52 to float64 (AVX2 has no instruction for it)."""
    return float(np.int64(k | TWO_52_BITS).view(np.float64)) - TWO_52


@elementary
def log(x):
    """Natural logarithm; -inf at zero, nan below, subnormal arguments included."""
    x = float(x)
    inside = x if x < math.inf else 1.0
    inside = inside if inside > 0.0 else 1.0
    subnormal = inside < SMALLEST_NORMAL
    mantissa, biased = _octave(inside * TWO_54 if subnormal else inside)
    exponent = _to_float(biased) - (EXPONENT_BIAS + 54.0 if subnormal else EXPONENT_BIAS)
    result = _log_reduced(mantissa - 1.0, exponent)
    outside = -math.inf if x == 0.0 else math.nan
    result = result if x > 0.0 else outside
    return result if x < math.inf else x


@elementary
def log1p(x):
    """Logarithm of 1 + x, with full relative accuracy for small x; -inf at -1, nan below."""
    x = float(x)
    inside = x if x < math.inf else 1.0
    inside = inside if inside > -1.0 else 1.0
    total = 1.0 + inside
    # The rounding error of the sum, exactly (Knuth's two-sum), is handed on to the reduced argument.
    rest = total - 1.0
    error = (1.0 - (total - rest)) + (inside - rest)
    mantissa, biased = _octave(total)
    # The topmost octave would ask for 2^-1024; the error no longer counts there.
    limited = biased if biased < 2046 else 2046
    f = (mantissa - 1.0) + error * _power_of_two(EXPONENT_BIAS - limited)
    result = _log_reduced(f, _to_float(biased) - EXPONENT_BIAS)
    result = x if x == 0.0 else result
    outside = -math.inf if x == -1.0 else math.nan
    result = result if x > -1.0 else outside
    return result if x < math.inf else x


@elementary
def _log1p_unit(t):
    """Logarithm of 1 + t for 0 <= t <= 1, where no reduction is needed."""
    s = t / (2.0 + t)
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    a = (0.6666666666666632 + 0.4000000000015375 * z) + (0.2857142854821816 + 0.22222223950232223 * z) * z2
    b = 0.18181744532758984 + 0.1538654825072226 * z
    b = b + (0.1330111364210759 + 0.12105062929171001 * z) * z2
    c = 0.08344266544582622 + 0.1701133451199853 * z
    q = a + (b + c * z4) * z4
    return t - s * (t - z * q)


@elementary
def tanh(x):
    """Hyperbolic tangent, -E / (2 + E) with E = exp(-2|x|) - 1."""
    x = float(x)
    size = abs(x)
    size = 20.0 if size > 20.0 else size
    bits, fraction = _reduce(-2.0 * size)
    scale = _power_of_two(bits)
    decay = scale * fraction + (scale - 1.0)
    return math.copysign(decay / (2.0 + decay), x)


@elementary
def sigmoid(x):
    """Logistic function 1 / (1 + exp(-x)), small results at negative x with full relative accuracy."""
    x = float(x)
    decay = exp(-abs(x))
    return (1.0 if x >= 0.0 else decay) / (1.0 + decay)


@elementary
def softplus(x):
    """Softplus log(1 + exp(x)), which is exp(x) far below zero and x far above."""
    x = float(x)
    # Written so that nan, which compares false, passes through.
    positive = 0.0 if x < 0.0 else x
    return positive + _log1p_unit(exp(-abs(x)))


@elementary
def log_cosh(x):
    """Logarithm of the hyperbolic cosine, x^2 / 2 near zero and |x| - ln 2 far out.

    Up to |x| = 1 it is log1p(cosh x - 1) with a polynomial in x^2, beyond |x| - ln 2 + log1p(exp(-2|x|)):
    each form is free of cancellation where it is used.
    """
    x = float(x)
    size = abs(x)
    near = size <= 1.0
    z = size * size
    q = 4.841690520934262e-14
    q = q * z + 1.1469746337104407e-11
    q = q * z + 2.087676529455758e-09
    q = q * z + 2.7557319186071735e-07
    q = q * z + 2.480158730167976e-05
    q = q * z + 0.0013888888888888783
    q = q * z + 0.041666666666666664
    excess = 0.5 * z + z * z * q
    clamped = 40.0 if size > 40.0 else size
    bits, fraction = _reduce(-2.0 * clamped)
    decay = (1.0 + fraction) * _power_of_two(bits)
    logarithm = _log1p_unit(excess if near else decay)
    return logarithm if near else (size - LN2_HIGH) + (logarithm - LN2_LOW)


@elementary
def is_finite(x):
    """Tell whether x is neither infinite nor NaN.

    Numba compiles `np.isfinite` to x - x == 0, which re-association in a kernel folds to true.
    """
    return abs(x) < math.inf
