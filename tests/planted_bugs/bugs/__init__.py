"""Bugs to plant: one exact replacement each, and the quick tests of which one must fail."""

from tests.planted_bugs.bugs.bug import Bug
from tests.planted_bugs.bugs.compiling import COMPILING
from tests.planted_bugs.bugs.estimation import ESTIMATION
from tests.planted_bugs.bugs.fermions import FERMIONS
from tests.planted_bugs.bugs.generative import GENERATIVE
from tests.planted_bugs.bugs.jobs import JOBS
from tests.planted_bugs.bugs.looking import LOOKING
from tests.planted_bugs.bugs.observables import OBSERVABLES
from tests.planted_bugs.bugs.optimising import OPTIMISING
from tests.planted_bugs.bugs.periodic import PERIODIC
from tests.planted_bugs.bugs.physics import PHYSICS
from tests.planted_bugs.bugs.sampling import SAMPLING
from tests.planted_bugs.bugs.stopping import STOPPING

BUGS = [
    *FERMIONS,
    *SAMPLING,
    *PHYSICS,
    *ESTIMATION,
    *OPTIMISING,
    *OBSERVABLES,
    *PERIODIC,
    *GENERATIVE,
    *COMPILING,
    *JOBS,
    *LOOKING,
    *STOPPING,
]

__all__ = ["BUGS", "Bug"]
