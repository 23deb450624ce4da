"""W1 with qflow-vmc (C++): one chain, one particle after the other, psi of all N particles for each proposal.

Its steps are uniform in a cube, cheaper than Gaussian ones; the width is chosen for a like acceptance.
"""

import measure

measure.one_thread()

import boson_trap as trap  # noqa: E402
import numpy as np  # noqa: E402
from build_qflow import RELEASE  # noqa: E402
from qflow.hamiltonians import HarmonicOscillator  # noqa: E402
from qflow.samplers import MetropolisSampler  # noqa: E402
from qflow.wavefunctions import SimpleGaussian  # noqa: E402

N, D = trap.N_PARTICLES, trap.N_DIM
CUBE_WIDTH = 3.0
PROPOSALS_PER_CALL = 20_000
CHECK_SAMPLES, CHECK_BLOCKS = 400_000, 100


def chain(alpha):
    """Wave function, Hamiltonian and a sampler that has forgotten its start."""
    psi = SimpleGaussian(alpha)
    sampler = MetropolisSampler(np.zeros((N, D)), psi, CUBE_WIDTH)
    sampler.thermalize(200 * N)
    return psi, HarmonicOscillator(), sampler


def proposals():
    psi, _, sampler = chain(trap.ALPHA_EXACT)

    def call(keep=psi):  # the sampler holds a bare pointer to psi
        sampler.thermalize(PROPOSALS_PER_CALL)

    return measure.Candidate("1 chain", call, PROPOSALS_PER_CALL)


def energies_with_proposal():
    psi, hamiltonian, sampler = chain(trap.ALPHA_EXACT)
    call = lambda: hamiltonian.local_energy(sampler, psi, PROPOSALS_PER_CALL)  # noqa: E731
    return measure.Candidate("1 chain, one proposal for each energy", call, PROPOSALS_PER_CALL)


def energies_alone(proposal, both):
    """Rates of the energy alone, from the best times of a proposal and of a proposal with an energy."""
    keys = ("per_cpu_second", "per_wall_second")
    derived = {key: 1 / (1 / both[key] - 1 / proposal[key]) for key in keys}
    return {**derived, "setting": "derived: time with energy less time of a proposal"}


def checks():
    """Acceptance, zero variance at the exact alpha, and the mean energy away from it (error from blocks)."""
    psi, hamiltonian, sampler = chain(trap.ALPHA_EXACT)
    exact = np.asarray(hamiltonian.local_energy_array(sampler, psi, 1000)).ravel()
    acceptance = sampler.acceptance_rate
    psi, hamiltonian, sampler = chain(trap.ALPHA_CHECK)
    local = np.asarray(hamiltonian.local_energy_array(sampler, psi, CHECK_SAMPLES)).reshape(CHECK_BLOCKS, -1)
    blocks = local.mean(1)  # 40 sweeps each, several autocorrelation times
    error = blocks.std(ddof=1) / np.sqrt(CHECK_BLOCKS)
    sigmas = (blocks.mean() - trap.mean_energy(trap.ALPHA_CHECK)) / error
    worst = np.abs(exact - trap.mean_energy(trap.ALPHA_EXACT)).max()
    return {
        "acceptance": measure.between(acceptance, *trap.ACCEPTANCE),
        "largest_deviation_from_150": measure.between(worst, 0, 1e-10),
        "sigmas_from_exact_mean": measure.between(sigmas, -trap.SIGMAS, trap.SIGMAS),
    }


def main():
    chosen = measure.options(__doc__)
    proposal = measure.throughput([proposals()], chosen.seconds, chosen.repeat)
    both = measure.throughput([energies_with_proposal()], chosen.seconds, chosen.repeat)
    figures = {
        "proposals": proposal,
        "local_energies_with_one_proposal_each": both,
        "local_energies": energies_alone(proposal, both),
    }
    measure.report("qflow-vmc", RELEASE.split("==")[1], "W1", figures, checks())


if __name__ == "__main__":
    main()
