"""A value with its error in parentheses: 3.0000(12) hartree."""

from decimal import Decimal
from math import isfinite, isnan

TWO_DIGITS_BELOW = Decimal("1.95")  # errors that round to 1.0 ... 1.9 keep a second digit
ROUNDING = 4 * 2.0**-52  # an error below this fraction of the value is no statistical error
ZERO_ERROR_DECIMALS = 10
FIXED_EXPONENTS = range(-4, 7)  # of the leading digit; outside them the notation is scientific


def _quantised(number: Decimal, place: int) -> Decimal:
    """Round to the decimal ``10**place``, without a negative zero."""
    rounded = number.quantize(Decimal(1).scaleb(place)) if place < 0 else round(number.scaleb(-place)) * 10**place
    return Decimal(rounded) if rounded else abs(Decimal(rounded))


def _with_error(value: Decimal, error: Decimal) -> str:
    """Write both at the place of the error's last significant digit."""
    place = error.adjusted()
    if error.scaleb(-place) < TWO_DIGITS_BELOW:
        place -= 1
    rounded = _quantised(error, place)
    digits = f"{rounded:f}" if rounded >= 1 else f"{rounded.scaleb(-place):.0f}"
    return f"{_quantised(value, place):f}({digits})"


def _finite(value: float, error: float) -> str:
    """Write finite numbers, in scientific notation where the larger of the two is far from one."""
    exact_value, exact_error = Decimal(repr(value)), Decimal(repr(error))
    no_error = error <= ROUNDING * abs(value)
    largest = abs(exact_value) if no_error else max(abs(exact_value), exact_error)
    exponent = largest.adjusted() if largest else 0
    suffix = ""
    if exponent not in FIXED_EXPONENTS:
        exact_value, exact_error = exact_value.scaleb(-exponent), exact_error.scaleb(-exponent)
        suffix, exponent = f"e{exponent:+03d}", 0
    if no_error:
        return f"{_quantised(exact_value, max(exponent, 0) - ZERO_ERROR_DECIMALS):f}(0){suffix}"
    return _with_error(exact_value, exact_error) + suffix


def format_value(value: float, error: float, unit: str = "") -> str:
    """Return ``3.0000(12) hartree``: the error counts in the last printed digits.

    One significant digit of the error, two where it begins with 1. An error of one or more is written with
    its decimal point, 123.4(1.2). An error that is zero, or below the rounding of the value, gives ten
    decimals and ``(0)``; one that is unknown gives six digits and ``(nan)``. Raises `ValueError` for a
    negative error.
    """
    value, error = float(value), float(error)
    if error < 0.0:
        raise ValueError(f"error: expected a number that is not negative, got {error}")
    if not isfinite(value):
        text = str(value)
    elif isnan(error) or not isfinite(error):
        text = f"{value:.6g}({error})"
    else:
        text = _finite(value, error)
    return f"{text} {unit}" if unit else text


def format_known(value: float, error: float = 0.0, source: str = "") -> str:
    """Return a value to compare with, ``20.1593(1) (published: ...)``; one without an error in up to twelve digits."""
    text = format_value(value, error) if error else f"{value:.12g}"
    return f"{text} ({source})" if source else text
