"""Another helper program in an environment where mpi4py cannot be imported."""

import runpy
import sys
from pathlib import Path

sys.modules["mpi4py"] = None
sys.argv = sys.argv[1:]
runpy.run_path(str(Path(__file__).with_name(sys.argv[0])), run_name="__main__")
