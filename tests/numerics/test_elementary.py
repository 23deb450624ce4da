"""Elementary functions: accuracy in units of the last place, special values, and packed instructions."""

import functools
import math
import os
import platform
import re
import subprocess
import sys

import mpmath
import numba
import numpy as np
import pytest

from numerics import elementary
from numerics.link import OPTIONS, kernel

COMPILED = not numba.config.DISABLE_JIT
NAMES = ["exp", "log", "log1p", "tanh", "sigmoid", "softplus", "log_cosh"]
#: Allowed error in units of the last place; the largest seen in 5 million points was 2.5 (tanh).
MAX_ULP = 3.0
INF, NAN = math.inf, math.nan
TINY = 5e-324
LARGEST = float(np.finfo(float).max)


@functools.cache
def loop_over(name):
    """A compiled loop that writes function(x[i]) into out[i]."""
    function = getattr(elementary, name)

    @kernel
    def loop(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    return loop


def evaluate(name, x):
    x = np.asarray(x, dtype=np.float64)
    out = np.empty_like(x)
    loop_over(name)(x, out)
    return out


def in_domain(name, x):
    return x[x > {"log": 0.0, "log1p": -1.0}.get(name, -INF)]


def points(name, n):
    """Arguments over all decades, the everyday range, and around every place where a formula changes."""
    rng = np.random.default_rng(20)
    signs = rng.choice([-1.0, 1.0], n)
    x = [
        signs * 10.0 ** rng.uniform(-323.0, 308.25, n),
        signs * 10.0 ** rng.uniform(-20.0, 3.0, n),
        rng.uniform(-760.0, 760.0, n),
        rng.uniform(-40.0, 40.0, n),
        rng.uniform(-2.0, 2.0, n),
    ]
    # Half-integer multiples of ln 2 are the edges of exp's reduction; then powers of two times sqrt(1/2).
    edges = np.arange(-2200, 2201) * (0.5 * math.log(2.0))
    octaves = np.ldexp(math.sqrt(0.5), np.arange(-1000, 1001))
    special = [1.0, 0.5, 2.0, 20.0, 40.0, math.sqrt(2.0) - 1.0, math.sqrt(0.5) - 1.0, 2.2250738585072014e-308]
    special += [709.782712893384, 708.3964185322641, 745.1332191019412, 1e300]
    for value in np.concatenate([edges, octaves, special, np.negative(special)]):
        x.append(np.array([np.nextafter(value, -INF), value, np.nextafter(value, INF)]))
    for value in special:
        x.append(value * (1.0 + np.ldexp(rng.uniform(-1.0, 1.0, n // 50), -rng.integers(1, 53, n // 50))))
    x.append(np.array([LARGEST, -LARGEST, TINY, -TINY]))
    return in_domain(name, np.concatenate(x))


def reference(name, x):
    """The function in extended precision (64-bit significand or more) from NumPy's long double."""
    x = x.astype(np.longdouble)
    size = np.abs(x)
    decay = np.exp(-size)
    if name == "sigmoid":
        return np.where(x >= 0, 1, decay) / (1 + decay)
    if name == "softplus":
        return np.maximum(x, 0) + np.log1p(decay)
    if name == "log_cosh":
        near = np.log1p(2 * np.sinh(np.minimum(size, 2) / 2) ** 2)
        return np.where(size < 2, near, size - np.log(np.longdouble(2)) + np.log1p(np.exp(-2 * size)))
    return getattr(np, name)(x)


def mp_reference(name, x):
    """The function in 700 digits: 10^-323 is to be visible beside 1."""
    with mpmath.workdps(700):
        x = mpmath.mpf(x)
        return {
            "exp": mpmath.exp,
            "log": mpmath.log,
            "log1p": lambda x: mpmath.log(1 + x),
            "tanh": mpmath.tanh,
            "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
            "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
            "log_cosh": lambda x: mpmath.log(mpmath.cosh(x)),
        }[name](x)


def ulp_errors(result, exact):
    """Errors in units of the last place of the rounded exact value; those that overflow must be infinite."""
    with np.errstate(over="ignore"):
        rounded = exact.astype(np.float64)
    finite = np.isfinite(rounded)
    assert np.array_equal(result[~finite], rounded[~finite])
    assert np.isfinite(result[finite]).all()
    return np.abs(result[finite] - exact[finite]) / np.spacing(np.abs(rounded[finite]))


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="long double is no wider than double here")
@pytest.mark.parametrize("name", NAMES)
def test_accuracy(name):
    x = points(name, 40_000 if COMPILED else 2_000)
    assert not COMPILED or x.size > 100_000
    with np.errstate(over="ignore", under="ignore"):
        errors = ulp_errors(evaluate(name, x), reference(name, x))
    assert errors.max() <= MAX_ULP


@pytest.mark.parametrize("name", NAMES)
def test_accuracy_against_many_digits(name):
    """The same against mpmath, which shares nothing with the functions or with NumPy."""
    rng = np.random.default_rng(21)
    x = np.concatenate(
        [
            10.0 ** rng.uniform(-300.0, 2.85, 60) * rng.choice([-1.0, 1.0], 60),
            10.0 ** rng.uniform(-9.0, 2.0, 120) * rng.choice([-1.0, 1.0], 120),
            [-745.0, -740.3, -720.0, -708.5, 700.0, 709.7, 1e-310, 3e-323],
        ]
    )
    x = in_domain(name, x)
    for value, result in zip(x, evaluate(name, x)):
        exact = mp_reference(name, float(value))
        error = abs(mpmath.mpf(float(result)) - exact) / np.spacing(abs(float(exact)))
        assert error <= MAX_ULP, (value, result)


def test_the_measure_sees_small_errors():
    """Negative control: a relative error of 10^-15 is more than the three units allowed."""
    x = np.linspace(0.5, 5.0, 1000)
    assert ulp_errors(evaluate("exp", x) * (1.0 + 1e-15), reference("exp", x)).max() > MAX_ULP


SPECIAL_ARGUMENTS = [NAN, -INF, INF, -0.0, 0.0, LARGEST, TINY, -TINY]
SPECIAL_VALUES = {
    "exp": [NAN, 0.0, INF, 1.0, 1.0, INF, 1.0, 1.0],
    "log": [NAN, NAN, INF, -INF, -INF, math.log(LARGEST), math.log(TINY), NAN],
    "log1p": [NAN, NAN, INF, -0.0, 0.0, math.log(LARGEST), TINY, -TINY],
    "tanh": [NAN, -1.0, 1.0, -0.0, 0.0, 1.0, TINY, -TINY],
    "sigmoid": [NAN, 0.0, 1.0, 0.5, 0.5, 1.0, 0.5, 0.5],
    "softplus": [NAN, 0.0, INF, math.log(2.0), math.log(2.0), LARGEST, math.log(2.0), math.log(2.0)],
    "log_cosh": [NAN, INF, INF, 0.0, 0.0, LARGEST, 0.0, 0.0],
}


@pytest.mark.parametrize("name", NAMES)
def test_special_values(name):
    result = evaluate(name, SPECIAL_ARGUMENTS)
    expected = np.array(SPECIAL_VALUES[name])
    # Zeros and infinities are exact; log(2) and the like may differ in the last bit.
    np.testing.assert_allclose(result, expected, rtol=4e-16, atol=0.0)
    numbers = ~np.isnan(expected)
    assert np.array_equal(np.signbit(result[numbers]), np.signbit(expected[numbers]))


def test_edges_of_the_domain():
    assert evaluate("log", [1.0, -1.0, -TINY]).tolist()[0] == 0.0
    assert np.isnan(evaluate("log", [-1.0, -TINY, -LARGEST])).all()
    assert evaluate("log1p", [-1.0])[0] == -INF
    assert np.isnan(evaluate("log1p", [np.nextafter(-1.0, -2.0), -LARGEST])).all()
    assert evaluate("exp", [709.782712893384, 709.7827128933841]).tolist() == [
        pytest.approx(LARGEST, rel=1e-13),
        INF,
    ]
    # The last results before zero are the smallest subnormal numbers, not zero.
    assert evaluate("exp", [-745.13, -745.14]).tolist() == [TINY, 0.0]
    assert evaluate("sigmoid", [-745.13])[0] == evaluate("softplus", [-745.13])[0] == TINY


def test_symmetries():
    x = np.random.default_rng(22).normal(size=2000) * 3.0
    assert np.array_equal(evaluate("tanh", -x), -evaluate("tanh", x))
    assert np.array_equal(evaluate("log_cosh", -x), evaluate("log_cosh", x))
    np.testing.assert_allclose(evaluate("sigmoid", x) + evaluate("sigmoid", -x), 1.0, rtol=4e-16)
    np.testing.assert_allclose(evaluate("softplus", x) - evaluate("softplus", -x), x, rtol=0.0, atol=4e-15)


def test_accepts_integers_and_returns_a_float():
    for name in NAMES:
        result = getattr(elementary, name)(2)
        assert isinstance(result, float)
        assert result == pytest.approx(float(mp_reference(name, 2.0)), rel=1e-15)


needs_assembly = pytest.mark.skipif(
    not COMPILED or platform.machine().lower() not in ("x86_64", "amd64"),
    reason="reads x86-64 assembly, which needs the compiler and this kind of processor",
)


def packed(assembly, operation):
    """Number of packed double-precision instructions of one kind."""
    return len(re.findall(rf"\bv?{operation}pd\s[^\n]*%[xyz]mm", assembly))


def mathematical_calls(assembly):
    """Functions of the C library or of this package that are called instead of being inlined."""
    called = re.findall(r"(?:call\w*\s+|movabs\w*\s+\$)([A-Za-z_]\w*)", assembly)
    return [f for f in called if re.fullmatch(r"exp|log|log1p|expm1|tanh|cosh|pow|_ZN8numerics\w*", f)]


def assembly_of(loop):
    again = numba.njit(**OPTIONS)(loop.py_func)  # compiled here: there is no text of what the disk cache has
    again(np.ones(8), np.empty(8))
    (assembly,) = again.inspect_asm().values()
    return assembly


@needs_assembly
@pytest.mark.parametrize("name", NAMES)
def test_loops_are_vectorised(name):
    assembly = assembly_of(loop_over(name))
    assert packed(assembly, r"(?:mul|fn?madd\d*)") >= 6
    assert (packed(assembly, "div") > 0) == (name != "exp")
    assert not mathematical_calls(assembly)


@needs_assembly
def test_formulas_stay_vectorised():
    """A formula that uses three of the functions still compiles to packed instructions."""
    sigmoid, log_cosh, exp = elementary.sigmoid, elementary.log_cosh, elementary.exp

    @kernel
    def loop(x, out):
        for i in range(x.size):
            out[i] = sigmoid(x[i]) * exp(-x[i] * x[i]) + log_cosh(2.0 * x[i])

    assembly = assembly_of(loop)
    assert packed(assembly, "div") >= 2
    assert not mathematical_calls(assembly)


@needs_assembly
def test_library_functions_are_not_vectorised():
    """Negative control of the two tests above: the C library's tanh is a call and leaves nothing packed."""

    @kernel
    def loop(x, out):
        for i in range(x.size):
            out[i] = math.tanh(x[i])

    assembly = assembly_of(loop)
    assert packed(assembly, r"(?:mul|fn?madd\d*)") == packed(assembly, "div") == 0
    assert "tanh" in mathematical_calls(assembly)


INTERPRETED = """
import numpy as np
from numerics import elementary
x = np.concatenate([np.linspace(-750.0, 750.0, 301), np.geomspace(1e-320, 1e308, 301),
                    [np.nan, np.inf, -np.inf, 0.0, -0.0, -1.0, -2.0, -1e308]])
for name in {names}:
    print(*[getattr(elementary, name)(value).hex() for value in x])
"""


def test_same_without_the_compiler():
    """Compiled and interpreted values agree within the allowed errors, without a warning."""
    rows = []
    for disable in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disable}
        command = [sys.executable, "-W", "error", "-c", INTERPRETED.format(names=NAMES)]
        output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        rows.append([[float.fromhex(value) for value in line.split()] for line in output.splitlines()])
    compiled, interpreted = map(np.array, rows)
    assert compiled.shape == (len(NAMES), 610)
    np.testing.assert_allclose(compiled, interpreted, rtol=1e-15, atol=TINY)
    # A table of exact cases guards against a comparison of two equally wrong runs.
    assert compiled[0, 0] == 0.0
    assert math.isnan(interpreted[1, -3])
