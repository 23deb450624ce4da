"""Values with errors in parentheses."""

import json
from math import inf, nan

import pytest

from vmc.statistics import Estimate, format_known, format_value

TABLE = [
    (3.0, 0.0012, "3.0000(12)"),  # leading digit 1: two digits
    (3.0, 0.00194, "3.0000(19)"),
    (3.0, 0.00195, "3.000(2)"),  # rounds to 2: one digit
    (3.0, 0.0034, "3.000(3)"),
    (3.0, 0.0096, "3.000(10)"),  # rounds up to 10
    (-0.50231, 0.0004, "-0.5023(4)"),
    (-0.50238, 0.0004, "-0.5024(4)"),
    (-1e-5, 0.001, "0.0000(10)"),  # no negative zero
    (0.001, 5.0, "0(5)"),
    (1e-5, 0.1, "0.00(10)"),
    (123.4, 1.2, "123.4(1.2)"),  # a decimal point in both
    (3.0, 0.996, "3.0(1.0)"),
    (12345.0, 2.4, "12345(2)"),
    (12345.0, 67.0, "12340(70)"),
    (123.0, 12.0, "123(12)"),
    (6.0221e23, 1.2e20, "6.0221(12)e+23"),
    (1.2345e-7, 1e-9, "1.234(10)e-07"),
    (-2.5e-5, 3e-6, "-2.5(3)e-05"),
    (1e-320, 1e-321, "1.00(10)e-320"),
    (3.0, 0.0, "3.0000000000(0)"),  # zero variance
    (3.0, 1e-17, "3.0000000000(0)"),  # below rounding
    (-3.0, 3e-12, "-3.000000000000(3)"),
    (0.0, 0.0, "0.0000000000(0)"),
    (-2e-8, 0.0, "-2.0000000000(0)e-08"),
    (1234567.0, 0.0, "1234567.0000(0)"),
    (3.14159265, nan, "3.14159(nan)"),
    (3.0, inf, "3(inf)"),
    (nan, 1.0, "nan"),
    (-inf, 1.0, "-inf"),
]


@pytest.mark.parametrize(("value", "error", "expected"), TABLE)
def test_table(value, error, expected):
    assert format_value(value, error) == expected


def test_unit_and_refusal():
    assert format_value(3.0, 0.0012, "hartree") == "3.0000(12) hartree"
    with pytest.raises(ValueError, match="not negative, got -1"):
        format_value(3.0, -1.0)


def test_estimate_prints_and_goes_to_json():
    estimate = Estimate(3.0, 0.0012, variance=0.5, n_samples=1000, unit="hartree")
    assert str(estimate) == "3.0000(12) hartree"
    restored = json.loads(json.dumps(estimate.as_dict(), allow_nan=False))
    assert restored["value"] == 3.0
    assert restored["n_samples"] == 1000
    assert restored["r_hat"] is None
    assert Estimate(**{**restored, "r_hat": nan, "ess": nan, "autocorrelation_time": nan}).variance == 0.5


def test_values_to_compare_with():
    assert format_known(3.0) == "3"
    assert format_known(2.0 / 3.0, source="exact: Taut") == "0.666666666667 (exact: Taut)"
    assert format_known(20.15932, 8e-5, "published") == "20.15932(8) (published)"
