"""Work of the root alone, for which the others wait, that a signal or the time limit may end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from vmc.errors import UserError
from vmc.parallel.communicators import Communicator
from vmc.parallel.failure import on_root
from vmc.parallel.signals import Request

Result = TypeVar("Result")


class StoppedError(UserError):
    """A job that was stopped before it had anything to save; raised on all ranks.

    Its exit status is that of the signal, or 1 where the time was up: a job that got nowhere has failed.

    Parameters
    ----------
    request : who stopped it.
    where : what it was at, and what to do about it.
    """

    def __init__(self, request: Request, where: str) -> None:
        super().__init__(f"stopped by {request.cause} {where}", request.exit_code or 1)
        self.request = request


class _StopWork(Exception):
    """Leaves the root's work; never leaves this module."""


def on_root_watched(
    world: Communicator, poll: Callable[[], Request], work: Callable[[Callable[[], None]], Result], where: str
) -> Result:
    """Call ``work(look)`` on rank 0 and return its result as `on_root` does.  Collective.

    At each call of `look` all ranks poll together, so that a signal to any of them ends the work.

    Parameters
    ----------
    poll : collective, what is asked of the job.
    work : calls `look()` often, and lets pass what it raises.
    where : what the work is, for the message.

    Raises
    ------
    StoppedError
        on every rank, where a stop was asked for.
    """
    request = Request.NONE
    more = np.zeros(1)  # whether the ranks poll once more, or the work is done

    def look() -> None:
        nonlocal request
        more[0] = 1.0
        world.fill_from_root(more)
        request = poll()
        if request.stops:
            raise _StopWork

    def on_this_root() -> Result | None:
        try:
            return work(look)
        except _StopWork:
            return None
        finally:
            if not request.stops:
                more[0] = 0.0
                world.fill_from_root(more)

    while not world.is_root and not request.stops:
        world.fill_from_root(more)
        if not more[0]:
            break
        request = poll()
    result = on_root(world, on_this_root)
    if request.stops:
        raise StoppedError(request, where)
    return result  # type: ignore[return-value]  # None only where the work was stopped
