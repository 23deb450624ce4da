"""Jobs whose evaluation proposes whole configurations from what the walkers taught."""

import numpy as np
import pytest

import vmc
from tests.job_folder import Folder, different
from vmc.config import check_config
from vmc.errors import UserError
from vmc.job.run import resume

#: Two electrons far apart in a long trap: which of them is on the left hardly ever changes by small steps.
LONG_DOT = """
seed = 3
[system]
n_particles = 2
n_dim = 2
[hamiltonian]
omega = [0.02, 0.3]
interaction = { kind = "coulomb" }
[[wavefunction]]
kind = "gaussian"
alpha = 0.5
aspect = [0.02, 0.3]
[[wavefunction]]
kind = "pade"
beta = 0.07
[sampler]
kind = "metropolis"
n_walkers = 64
n_blocks = 8
step_size = 1.5
thermalise = 200
proposal = { samples = 3000, components = 4, hidden = [16], epochs = 15, local_steps = 3 }
[optimizer]
kind = "adam"
iterations = 2
samples = 5
[evaluation]
samples = 300
chunk = 20
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = Folder(tmp_path_factory.mktemp("proposal"))
    (made.path / "long.toml").write_text(LONG_DOT)
    return made


@pytest.fixture(scope="module")
def one(folder):
    """The whole job on one process."""
    done = folder.vmc("run", "long.toml", "-o", "one.h5")
    assert done.returncode == 0, done.stderr
    return done


def test_the_note_says_how_good_proposals_are(folder, one):
    assert "proposals fitted to 3000 configurations: " in one.stderr
    accepted = float(one.stderr.split("configurations: ")[1].split("%")[0])
    assert 60.0 < accepted <= 100.0  # 85; by a normal density in place of each side of the trap it would be some 50
    assert vmc.load(folder.path / "one.h5").attributes["phase"] == "done"


@pytest.mark.mpi
@pytest.mark.slow
def test_the_same_on_four_ranks(folder, one):
    """The fit of the proposals as well, from the walkers of all ranks; the comparison sees the last bit of a number."""
    done = folder.vmc("run", "long.toml", "-o", "four.h5", "--quiet", ranks=4)
    assert done.returncode == 0, done.stderr
    alone, four = folder.numbers("one.h5"), folder.numbers("four.h5")
    assert different(alone, four) == []
    four["evaluation/energy"] = np.nextafter(four["evaluation/energy"], np.inf)
    assert different(alone, four) == ["evaluation/energy"]


def test_a_fit_that_fails_loses_nothing(folder, monkeypatch):
    """The optimisation is in the file, and the job goes on with other settings of the fit."""

    def broken(model, X):
        raise FloatingPointError("loss nan")

    results = folder.path / "failed.h5"
    with monkeypatch.context() as patched:
        patched.setattr("samplers.generative.MixtureAutoregressive.fit", broken)
        with pytest.raises(UserError, match=r"sampler.proposal: loss nan"):
            vmc.run(folder.path / "long.toml", results)
    kept = vmc.load(results)
    assert (kept.attributes["phase"], len(kept.optimization["iteration"])) == ("evaluate", 2)
    with pytest.raises(UserError, match=r"sampler.proposal.components was 4 and cannot become 5"):
        resume(results, changes=lambda config: changed(config, components=5))
    outcome = resume(results, changes=lambda config: changed(config, epochs=16))
    assert outcome.finished
    with pytest.raises(UserError, match=r"sampler.proposal.epochs was 16 and cannot become 17"):
        resume(results, changes=lambda config: changed(config, epochs=17))


def changed(config, **settings):
    """The configuration with other settings of its proposals."""
    tables = config.model_dump(exclude_none=True)
    tables["sampler"]["proposal"] |= settings
    return check_config(tables)


@pytest.mark.slow
@pytest.mark.mpi
def test_a_flow_on_one_rank_and_on_two(folder):
    """The other kind of density: one connected piece, which two orders of the electrons are not, but a long trap is."""
    flow = ("-s", 'sampler.proposal={ kind = "flow", samples = 3000, layers = 4, hidden = [16], epochs = 15 }')
    done = folder.vmc("run", "long.toml", "-o", "flow.h5", *flow)
    assert done.returncode == 0, done.stderr
    accepted = float(done.stderr.split("configurations: ")[1].split("%")[0])
    assert 20.0 < accepted <= 100.0
    done = folder.vmc("run", "long.toml", "-o", "flow-two.h5", "--quiet", *flow, ranks=2)
    assert done.returncode == 0, done.stderr
    assert different(folder.numbers("flow.h5"), folder.numbers("flow-two.h5")) == []


@pytest.mark.slow
@pytest.mark.mpi
def test_the_same_on_two_ranks_and_over_a_stop(folder, one):
    done = folder.vmc("run", "long.toml", "-o", "two.h5", "--quiet", ranks=2)
    assert done.returncode == 0, done.stderr
    settings = ("-s", "evaluation.samples=300")
    done = folder.vmc("run", "long.toml", "-o", "stopped.h5", "--quiet", "--max-time", "0:00:01", *settings)
    assert done.returncode == 0, done.stderr
    while vmc.load(folder.path / "stopped.h5").attributes["phase"] != "done":
        done = folder.vmc("resume", "stopped.h5", "--quiet", "--max-time", "0:00:02")
        assert done.returncode == 0, done.stderr
    one = folder.numbers("one.h5")
    for other in (folder.numbers("two.h5"), folder.numbers("stopped.h5")):
        assert different(one, other) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (("sampler.proposal.samples=3",), "sampler.proposal.samples"),
        (("sampler.proposal.component=3",), "components"),
        (("sampler.proposal.kind='spline'",), "sampler.proposal"),
        (("sampler.proposal={ kind = 'flow', components = 3 }",), "components"),
        (
            (
                'hamiltonian={kind="electron_gas", r_s=2.0}', "system.n_dim=3", "system.n_up=1",
                'wavefunction=[{kind="plane_wave_pairs"}]',
            ),
            "sampler.proposal: expected none, in a cell",
        ),
    ],
)  # fmt: skip
def test_refusals(folder, settings, message):
    overlay = [part for setting in settings for part in ("-s", setting)]
    done = folder.vmc("run", "long.toml", "-o", "refused.h5", "--overwrite", *overlay)
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_without_scikit_learn(folder):
    """One line that says what to install; a stand-in hides the library."""
    hidden = folder.path / "hidden" / "sklearn"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'sklearn'\", name='sklearn')\n")
    done = folder.vmc("check", "long.toml", PYTHONPATH=str(hidden.parent))
    assert done.returncode != 0
    assert "sampler.proposal: generative models need scikit-learn: pip install 'nqs-vmc[generative]'" in done.stderr
    assert "Traceback" not in done.stderr
