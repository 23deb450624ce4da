"""W2 with qflow-vmc (C++): one chain, psi of all N particles for each proposal, analytic E_L and O.

Its gradient loop takes one proposal for each sample, so a full sample is N - 1 further proposals and one turn
of that loop: its time is the sum of the two best times. Steps are uniform in a cube. Sums, no rows of O.
"""

import measure

measure.one_thread()

import dot_rbm as dot  # noqa: E402
import numpy as np  # noqa: E402
from build_qflow import RELEASE  # noqa: E402
from qflow.hamiltonians import CoulombHarmonicOscillator  # noqa: E402
from qflow.samplers import MetropolisSampler  # noqa: E402
from qflow.wavefunctions import RBMWavefunction  # noqa: E402

CUBE_WIDTH = 2.8
UNITS_PER_CALL = 20_000
CHECK_SAMPLES, SWEEPS_BETWEEN = 2000, 50


def chain(n_particles):
    """Wave function with the shared parameters, Hamiltonian and a sampler that has forgotten its start."""
    m = n_particles * dot.N_DIM
    psi = RBMWavefunction(m, m, 1.0, 1.0)
    psi.parameters = np.concatenate([values.ravel() for values in dot.parameters(n_particles)])
    sampler = MetropolisSampler(np.zeros((n_particles, dot.N_DIM)), psi, CUBE_WIDTH)
    sampler.thermalize(1000 * n_particles)
    return psi, CoulombHarmonicOscillator(), sampler


def figures_of(n_particles, seconds, repeat):
    """Rates of a proposal, of a turn of the gradient loop, and of the full sample made of them."""
    psi, hamiltonian, sampler = chain(n_particles)
    proposal = measure.Candidate("1 chain", lambda: sampler.thermalize(UNITS_PER_CALL), UNITS_PER_CALL)
    call = lambda: hamiltonian.local_energy_gradient(sampler, psi, UNITS_PER_CALL)  # noqa: E731
    turn = measure.Candidate("1 chain, one proposal for each sample", call, UNITS_PER_CALL)
    moved = measure.throughput([proposal], seconds, repeat)
    turned = measure.throughput([turn], seconds, repeat)
    keys = ("per_cpu_second", "per_wall_second")
    whole = {key: 1 / ((n_particles - 1) / moved[key] + 1 / turned[key]) for key in keys}
    return {
        f"proposals_N{n_particles}": moved,
        f"gradient_turns_N{n_particles}": turned,
        f"full_samples_sums_N{n_particles}": {**whole, "setting": "derived from the two others"},
    }


def checks(n_particles):
    """Shared checks on samples so far apart that they count as independent."""
    psi, hamiltonian, sampler = chain(n_particles)
    systems = []
    for _ in range(CHECK_SAMPLES):
        sampler.thermalize(SWEEPS_BETWEEN * n_particles)
        systems.append(np.array(sampler.current_system))
    energies = [hamiltonian.local_energy(system, psi) for system in systems]
    rows = np.stack([np.ravel(psi.gradient(system)) for system in systems[: dot.POINTS]])
    x = np.stack(systems).reshape(CHECK_SAMPLES, -1)
    return dot.checks(dot.parameters(n_particles), sampler.acceptance_rate, x, energies, rows)


def main():
    chosen = measure.options(__doc__)
    figures, found = {}, {}
    for n in dot.SIZES:
        figures |= figures_of(n, chosen.seconds, chosen.repeat)
        found |= {f"{key}_N{n}": value for key, value in checks(n).items()}
    measure.report("qflow-vmc", RELEASE.split("==")[1], "W2", figures, found)


if __name__ == "__main__":
    main()
