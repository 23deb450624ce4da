"""Numbers at axes and in legends mean what they say."""

import re

import numpy as np
import pytest

from vmc.plotting.labels import energy_text, number_axis, plain, scientific, squared, unit_text


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (2.99, 3.02),
        (-0.5, 0.5),
        (14.0 - 1e-9, 14.0 + 1e-9),
        (-2.123456789012, -2.123456788012),
        (2.5e-7, 9.5e-7),
        (1.2e8, 3.4e8),
        (0.0, 1.5e-5),
        (-1e-300, 1e-300),
        (7e15, 7e15 + 64.0),
    ],
)
def test_tick_labels_with_the_label_of_the_axis_give_the_value_back(low, high, axes):
    axes.set_ylim(low, high)
    number_axis(axes.yaxis, "energy", "hartree")
    low, high = axes.get_ylim()  # Matplotlib widens what is too narrow for it
    label = axes.get_ylabel()
    offset = re.match(r"energy − (\S+) \(", label)
    power = re.search(r"10\^\{(-?\d+)\}", label)
    shift = float(offset[1]) if offset else 0.0
    factor = 10.0 ** int(power[1]) if power else 1.0
    ticks = axes.get_yticks()
    texts = [axes.yaxis.get_major_formatter()(tick) for tick in ticks]
    assert len(set(texts)) == len(texts)
    assert max(map(len, texts)) <= 10
    values = shift + factor * np.array([float(text.replace("−", "-")) for text in texts])
    np.testing.assert_allclose(values, ticks, rtol=0.0, atol=0.01 * (high - low))


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (3.000037, 9.6e-6, "3.000037(10) hartree"),
        (14.000000000000002, 2e-15, "14 hartree"),
        (24.142135623730951, 0.0, "24.14213562 hartree"),
    ],
)
def test_energies(value, error, text):
    assert energy_text(value, error, "hartree") == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (4.99, "4.99"), (1.5e-4, r"$1.50\times10^{-4}$"), (float("nan"), "nan")]
)
def test_scientific(value, text):
    assert scientific(value) == text


def test_units():
    assert unit_text("hbar omega") == r"$\hbar\omega$"
    assert squared("hbar omega") == r"$\hbar^2\omega^2$"
    assert squared("hartree") == "hartree²"
    assert squared("") == ""


def test_texts_of_the_user_are_no_mathematics():
    assert plain("costs $5 to $6") == r"costs \$5 to \$6"
    assert plain("two\nlines") == "two lines"
    assert len(plain(100 * "x")) == 46
