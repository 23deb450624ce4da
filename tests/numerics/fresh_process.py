"""Programs that a fresh process runs, and what the kernel cache did for them."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Ends every program: its numbers, and what the cache did for all linked functions together.
REPORT = """
import json
from numerics.link.cache_folder import cache_size
from numerics.link.template import _linked
stats = [each.stats for d in _linked.values() if hasattr(d, "stats") for each in (d, d.bare)]
hits = sum(sum(s.cache_hits.values()) for s in stats)
misses = sum(sum(s.cache_misses.values()) for s in stats)
print(json.dumps([numbers, hits, misses, cache_size()[0]]))
"""

#: A user's pair interaction inside library templates.
USER = """
import numpy as np
from hamiltonians.base import Hamiltonian, pair_term
from hamiltonians.system import System

def interaction(c, r):
    return c[0] / r + 0.25

hamiltonian = Hamiltonian(System(2, 1), [pair_term("pair", interaction, (2.0,), 1)])
numbers = [float(hamiltonian.potential_energy(np.array([[0.0, 4.0]]))[0, 0])]
"""

#: Nothing but library code.
LIBRARY = """
import numpy as np
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap

numbers = [float(HarmonicTrap(System(1, 2), 2.0).potential_energy(np.array([[1.0, 2.0]]))[0, 0])]
"""


def run(program, folder, how="file", cache_dir=None, **environment):
    """Run a program followed by REPORT in a fresh process; returns (numbers, hits, misses, files, stderr)."""
    source = program + REPORT
    command, given = [sys.executable], None
    if how == "file":
        (folder / "program.py").write_text(source)
        command.append("program.py")
    elif how == "argument":
        command += ["-c", source]
    else:
        command.append("-")
        given = source
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA_", "VMC_", "PYTHON"))}
    variables = {
        **inherited,
        "VMC_CACHE_DIR": str(cache_dir or folder / "cache"),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }
    result = subprocess.run(
        command, cwd=folder, env=variables, input=given, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stderr
    return (*json.loads(result.stdout.splitlines()[-1]), result.stderr)
