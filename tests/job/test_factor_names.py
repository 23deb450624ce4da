"""Names of parameters by the kind of their factor, as configurations call it."""

import pytest

from vmc.build.physics import build
from vmc.config import check_config
from vmc.errors import UserError

SYSTEM = {"n_particles": 2, "n_dim": 2, "n_up": 1}


def fixed(names, *factors):
    """The parameters that such a configuration holds, by their own names."""
    sections = {"hamiltonian": {"interaction": {"kind": "coulomb"}}, "optimizer": {"fixed": names}}
    config = check_config({"system": SYSTEM, "wavefunction": list(factors), **sections})
    return list(build(config).fixed)


BACKFLOW = {"kind": "slater", "learn_omega": True, "backflow": {"kind": "pair", "cutoff": 3.0}}


@pytest.mark.parametrize(
    ("names", "factors", "found"),
    [
        (["gaussian"], [{"kind": "gaussian"}, {"kind": "pade"}], ["gaussian.alpha"]),
        (["gaussian.alpha"], [{"kind": "gaussian", "per_axis": True, "alpha": 0.5}], None),
        (["slater.orbitals"], [BACKFLOW], ["orbitals.log_omega"]),
        (["slater.orbitals"], [BACKFLOW, {"kind": "pade"}], ["backflow_slater.orbitals.log_omega"]),
        (["backflow_slater.orbitals.log_omega"], [BACKFLOW, {"kind": "pade"}], ["backflow_slater.orbitals.log_omega"]),
        (["gaussian2"], [{"kind": "gaussian"}, {"kind": "gaussian"}], ["gaussian2.alpha"]),
    ],
)
def test_names_go_by_kind_or_are_their_own(names, factors, found):
    if found is None:
        with pytest.raises(UserError, match="these are all parameters there are"):
            fixed(names, *factors)
        return
    assert fixed(names, *factors) == found


def test_a_name_of_nothing_is_refused_with_the_names_there_are():
    with pytest.raises(UserError, match=r"optimizer.fixed: 'jastrow': .*expected one of alpha"):
        fixed(["jastrow"], {"kind": "gaussian"})
