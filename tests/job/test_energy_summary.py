"""What a script gives and gets: seeds and constants that are none, and a summary that can be read."""

import numpy as np
import pytest

import vmc
from hamiltonians.base import many_body_term, one_body_term, pair_term
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.observables import configuration_average
from vmc.stages.energy_summary import EnergySummary
from vmc.statistics import Estimate, summarise
from wavefunctions.gaussian import Gaussian

SYSTEM = System(2, 2)


@pytest.mark.parametrize("seed", [-1, 1.5, True])
@pytest.mark.parametrize("function", [vmc.evaluate, vmc.optimise])
def test_seeds(function, seed):
    """An evaluation added a constant to its seed before anybody looked at it."""
    with pytest.raises(ValueError, match=r"seed = .*: expected an integer, at least 0"):
        function(Gaussian(SYSTEM), HarmonicTrap(SYSTEM), n_walkers=32, n_blocks=8, seed=seed)


def first(c, x):
    return 1.0


@pytest.mark.parametrize("constants", [("a",), (1.0, "b"), "a"])
@pytest.mark.parametrize("made", [one_body_term, pair_term, many_body_term])
def test_text_is_no_constant(made, constants):
    with pytest.raises(ValueError, match=r"term 'q': constants .*, expected numbers and arrays"):
        made("q", first, constants)
    made("q", first, (1.0, np.ones(3)))


def test_text_is_no_constant_of_an_observable():
    with pytest.raises(ValueError, match="observable 'q': constants"):
        configuration_average("q", first, SYSTEM, ("a",))


def test_a_summary_is_a_few_lines():
    rows = np.random.default_rng(2).normal(3.0, 0.1, 400)
    energy, verdict = summarise(rows, unit="hartree")
    kinetic = Estimate(1.0, 0.1, unit="hartree")
    means = np.arange(10_000.0)
    summary = EnergySummary(
        energy, verdict, {"kinetic": kinetic}, Estimate(1.0, 0.1), 0.5, 0, 400, 0, None, walker_means=means
    )
    for text in (str(summary), repr(summary)):
        lines = text.splitlines()
        assert [line.split()[0] for line in lines] == ["energy", "variance", "kinetic", "verdict"]
        assert str(energy) in lines[0]
        assert lines[2] == "kinetic     1.00(10) hartree"
        assert len(text) < 600
