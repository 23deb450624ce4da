"""The program ``vmc``, also as ``python -m vmc``."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line on all ranks and leave with its exit status."""
    from vmc.parallel.threads import limit_threads

    limit_threads(1)  # before NumPy is loaded: one BLAS thread per rank
    from vmc.parallel import run_parallel

    sys.exit(run_parallel(_command))


def _command() -> int:
    """Parse and run; usage errors, help and warnings come from the root alone."""
    import contextlib

    from vmc.commands.program import program
    from vmc.parallel import communicator

    with contextlib.ExitStack() as stack:
        if not communicator().is_root:
            nowhere = stack.enter_context(open(os.devnull, "w"))
            stack.enter_context(contextlib.redirect_stdout(nowhere))
            stack.enter_context(contextlib.redirect_stderr(nowhere))
        program(prog_name="vmc")
    return 0


if __name__ == "__main__":
    main()
