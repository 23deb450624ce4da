"""Mistakes of writing TOML: what is said is what to write."""

import os
from pathlib import Path

import pytest

from vmc.commands.inspect import check_command
from vmc.config import load_config, parse_config
from vmc.errors import UserError
from vmc.job.verification import cases_of

SYSTEM = "[system]\nn_particles = 2\nn_dim = 2\n"
GAUSSIAN = '[[wavefunction]]\nkind = "gaussian"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SYSTEM + '[wavefunction]\nkind = "gaussian"\n', "[wavefunction]: expected double brackets, [[wavefunction]]"),
        (SYSTEM + GAUSSIAN + '[observables]\nkind = "moments"\n', "expected double brackets, [[observables]]"),
        (GAUSSIAN + SYSTEM.replace("[system]", "[[system]]"), "[[system]]: expected single brackets, [system]"),
        ('wavefunction = "rbm"\n' + SYSTEM, "'rbm': expected tables, [[wavefunction]] with kind = \"rbm\" say"),
        ('wavefunction = ["rbm"]\n' + SYSTEM, "wavefunction.0 = 'rbm': expected a table, { kind = \"rbm\" } say"),
        ("evaluation = 30\n" + SYSTEM + GAUSSIAN, "evaluation = 30: expected a table, { samples = ... } say"),
        (
            SYSTEM + GAUSSIAN + '[hamiltonian]\ninteraction = "inverse_square"\n',
            "hamiltonian.interaction = 'inverse_square': expected a table, { kind = \"inverse_square\" } say",
        ),
        (
            SYSTEM + GAUSSIAN + "[hamiltonian]\ninteraction = 1.0\n",
            'hamiltonian.interaction = 1.0: expected a table, { kind = "coulomb" } say',
        ),
        (SYSTEM + GAUSSIAN + '[optimizer]\nkind = "amad"\n', "optimizer.kind = 'amad', did you mean 'adam'?"),
        (SYSTEM + GAUSSIAN + '[optimizer]\nkind = "newton"\n', "optimizer.kind = 'newton': expected one of gradient"),
    ],
)
def test_what_is_said(text, told):
    with pytest.raises(UserError) as refused:
        parse_config(text)
    assert told in str(refused.value)


def test_a_byte_order_mark(tmp_path):
    (tmp_path / "marked.toml").write_text(SYSTEM + GAUSSIAN, encoding="utf-8-sig")
    assert load_config(tmp_path / "marked.toml").system.n_particles == 2


def test_what_never_ends(tmp_path):
    """A device tells no size; it was read until the memory was full.  A pipe is as good as a file."""
    for read in (load_config, cases_of):
        with pytest.raises(UserError, match=r"^/dev/zero: more than 1000000 bytes, too large for a configuration$"):
            read(Path("/dev/zero"))
    (tmp_path / "study.toml").symlink_to("/dev/zero")
    with pytest.raises(UserError, match=r"study\.toml: more than 1000000 bytes"):
        cases_of(tmp_path)
    ours, theirs = os.pipe()
    os.write(theirs, (SYSTEM + GAUSSIAN).encode())
    os.close(theirs)
    assert load_config(f"/dev/fd/{ours}").system.n_particles == 2
    os.close(ours)


@pytest.mark.parametrize("kind", ["user", "coulomb"])
def test_a_check_says_what_a_run_says(tmp_path, capsys, kind):
    (tmp_path / "own.toml").write_text(SYSTEM + GAUSSIAN + f'[hamiltonian]\ninteraction = {{ kind = "{kind}" }}\n')

    def check():
        return check_command(tmp_path / "own.toml", [], [], 1, False, False)

    if kind == "coulomb":
        assert check() == 0
        return
    with pytest.raises(UserError, match="kind = 'user' needs --kernel interaction=module:function"):
        check()
    assert "valid" not in capsys.readouterr().out
