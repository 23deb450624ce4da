"""A job that cannot fit into the memory of its computer does not begin."""

import subprocess
import sys

import pytest

from vmc.build.physics import build
from vmc.config import check_config
from vmc.errors import UserError
from vmc.job.cost import estimate_cost
from vmc.job.memory import physical_memory, refuse_above, refuse_beyond_memory
from vmc.parallel import SerialCommunicator

HUGE = 10**9


def job(optimizer=None, walkers=64, **evaluation):
    return check_config(
        {
            "system": {"n_particles": 2, "n_dim": 2},
            "wavefunction": [{"kind": "rbm", "n_hidden": 3}],
            "sampler": {"kind": "metropolis", "n_walkers": walkers},
            "optimizer": {"kind": "gradient_descent", **(optimizer or {})},
            "evaluation": evaluation,
        }
    )


@pytest.mark.parametrize(
    ("config", "key", "purpose"),
    [
        (job(walkers=HUGE, optimizer={"samples": 1}, samples=1), "sampler.n_walkers = 1000000000", "walkers"),
        (job({"samples": HUGE}), "optimizer.samples = 1000000000", "local energies of a block"),
        (job(samples=HUGE, chunk=HUGE), "evaluation.chunk = 1000000000", "local energies of a block"),
        (
            job({"samples": HUGE, "preconditioner": {"kind": "sr"}}),
            "optimizer.samples = 1000000000",
            "log-derivatives of a block",
        ),
    ],
)
def test_what_cannot_fit_is_refused_by_its_key(config, key, purpose):
    with pytest.raises(UserError) as refusal:
        refuse_above(10**9, config, estimate_cost(config, build(config)), 1)
    assert str(refusal.value).startswith(f"{key}: needs some ")
    assert f"most of it for {purpose}; this computer has 1 GB" in str(refusal.value)


def test_what_only_grows_is_not():
    """Such a run may be stopped, or end at its target error."""
    config = job(samples=HUGE)
    assert estimate_cost(config, build(config)).total_memory > 10**9
    refuse_above(10**9, config, estimate_cost(config, build(config)), 1)


def test_ranks_of_one_computer_add_up():
    config = job(walkers=2**20)
    size = estimate_cost(config, build(config)).total_memory
    refuse_above(2 * size, config, estimate_cost(config, build(config)), 1)
    with pytest.raises(UserError, match="for 4 ranks"):
        refuse_above(size // 2, config, estimate_cost(config, build(config), 4), 4)


def test_this_computer(monkeypatch):
    config = job()
    assert physical_memory() > 10**8
    refuse_beyond_memory(config, estimate_cost(config, build(config)), SerialCommunicator())
    huge = job(walkers=HUGE)
    monkeypatch.setattr("vmc.job.memory.physical_memory", lambda: 10**9)
    cost = estimate_cost(huge, build(huge))
    with pytest.raises(UserError, match="n_walkers"):
        refuse_beyond_memory(huge, cost, SerialCommunicator())
    monkeypatch.setattr(SerialCommunicator, "count_on_node", lambda world: (2, 1))
    refuse_beyond_memory(huge, cost, SerialCommunicator())  # not all ranks are here: nothing is certain


MAP = """
import re, sys
from pathlib import Path
from vmc.build.physics import build
from vmc.config import check_config
from vmc.job.cost import estimate_cost
from vmc.job.run import run

config = check_config({
    "system": {"n_particles": 2, "n_dim": 2},
    "wavefunction": [{"kind": "gaussian"}],
    "sampler": {"n_walkers": 256, "n_blocks": 256, "thermalise": 10},
    "optimizer": {"iterations": 0},
    "evaluation": {"samples": 10},
    "observables": [{"kind": "density_map", "bins": int(sys.argv[1]), "x_max": 3.0}],
})
run(config, sys.argv[2])
# Not ru_maxrss, which begins with what the process that started this one takes.
peak = 1024 * int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
print(peak, estimate_cost(config, build(config)).total_memory)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts memory in kilobytes")
def test_what_is_told_of_a_map_is_what_it_takes(tmp_path):
    """A job took three times as much: the errors and the checkpoint hold the sums of all blocks several times."""

    def memory(bins):
        done = subprocess.run(
            [sys.executable, "-c", MAP, str(bins), str(tmp_path / f"{bins}.h5")], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return [int(number) for number in done.stdout.split()]

    (taken, told), (least, little) = memory(192), memory(1)
    assert told - little > 4e8
    assert 0.8 < (taken - least) / (told - little) < 1.1
