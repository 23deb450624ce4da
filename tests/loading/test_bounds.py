"""Numbers beyond what a run can hold, and text beyond what a file can, are refused with the key and the bound."""

import pytest

from vmc.config import parse_config
from vmc.errors import UserError

DOT = """
[system]
n_particles = 2
n_dim = 2
n_up = 1
[[wavefunction]]
kind = "slater"
"""


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("system.n_particles=1000000000", "system.n_particles = 1000000000: input should be less than or equal to 1"),
        ("sampler.n_walkers=100000000000000000000", "sampler.n_walkers = 100000000000000000000: input should be less"),
        ("sampler.n_blocks=131072", "sampler.n_blocks = 131072: input should be less than or equal to 65536"),
        ("optimizer.samples=10000000000", "optimizer.samples = 10000000000: input should be less than or equal"),
        ("evaluation.chunk=10000000000", "evaluation.chunk = 10000000000: input should be less than or equal"),
        (
            "optimizer.learning_rate=1e300",
            "optimizer.learning_rate = 1e+300: input should be less than or equal to 1e+12",
        ),
        ("hamiltonian.omega=1e300", "hamiltonian.omega = 1e+300: input should be less than or equal to 1e+12"),
        (
            "hamiltonian.omega=[1.0,1e-300]",
            "hamiltonian.omega.1 = 1e-300: input should be greater than or equal to 1e-12",
        ),
        ("observables=[{kind='radial_density',r_max=1e300}]", "r_max = 1e+300: input should be less than or equal"),
        ("observables=[{kind='radial_density',r_max=1e-300}]", "r_max = 1e-300: input should be greater than or equal"),
        (
            "wavefunction=[{kind='rbm',n_hidden=1000000000}]",
            "n_hidden = 1000000000: input should be less than or equal",
        ),
        ("wavefunction=[{kind='feed_forward',hidden=[1000000]}]", "hidden.0 = 1000000: input should be less than or"),
        ("wavefunction=[{kind='radial_series',length=1e300}]", "length = 1e+300: input should be less than or equal"),
        ("wavefunction=[{kind='pade_series',order=500}]", "order = 500: input should be less than or equal to 100"),
        ("wavefunction.slater.basis=100000", "basis = 100000: input should be less than or equal to 5000"),
        (
            "wavefunction.slater.occupied_up=[[0],[99999]]",
            "occupied_up.1.0 = 99999: input should be less than or equal",
        ),
        (r'title="a\u0000b"', r"title = 'a\x00b': expected text without NUL characters"),
        (r'hamiltonian.unit="\u0000"', r"hamiltonian.unit = '\x00': expected text without NUL characters"),
        (r'start.results="\u0000"', r"start.results = '\x00': expected text without NUL characters"),
        (r'reference={energy=3.0,source="\u0000"}', r"reference.source = '\x00': expected text without NUL"),
    ],
)
def test_refused(setting, words):
    with pytest.raises(UserError) as refusal:
        parse_config(DOT, [setting])
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    "setting", ["hamiltonian.omega=1e-12", "sampler.step_size=1e12", "sampler.n_walkers=1000000000"]
)
def test_bounds_themselves_are_taken(setting):
    assert parse_config(DOT, [setting]).system.n_up == 1
