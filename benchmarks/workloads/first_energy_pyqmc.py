"""W7 with PyQMC on its own ground: the hydrogen molecule with ccECP, Hartree-Fock by PySCF, then VMC.

PyQMC knows electrons and nuclei only, so the trap is not possible: 2 electrons instead of 10 bosons. Walkers,
sweeps and the number of local energies are those of W7. The pseudopotential costs time rather
than saving it; with bare nuclei a Gaussian basis has no cusp, and the heavy tail of E_L spoils the check.
"""

import importlib.metadata
import json
import sys

import first_energy as first
import measure

SEED = 1


def child():
    """What the timed process does: import, Hartree-Fock, VMC; the exact mean is the Hartree-Fock energy."""
    import numpy as np
    import pyqmc.api as pyq
    import pyscf

    class WalkerEnergies(pyq.EnergyAccumulator):
        """Keeps the energies of the walkers apart, for an error from independent chains."""

        def __call__(self, configs, wf):
            result = super().__call__(configs, wf)
            kept.append(result["total"])
            return result

    kept: list = []
    np.random.seed(SEED)  # noqa: NPY002 (PyQMC draws from the global generator)
    molecule = pyscf.gto.M(atom="H 0 0 0; H 0 0 1.4", unit="bohr", basis="ccecpccpvdz", ecp="ccecp", verbose=0)
    mean_field = pyscf.scf.RHF(molecule).run()
    psi = pyq.Slater(molecule, mean_field)
    walkers = pyq.initial_guess(molecule, first.N_WALKERS)
    _, walkers = pyq.vmc(psi, walkers, nblocks=1, nsteps_per_block=first.N_THERMALISE)
    energy = {"energy": WalkerEnergies(molecule)}
    pyq.vmc(psi, walkers, nblocks=first.N_SAMPLES, nsteps_per_block=1, accumulators=energy)
    means = np.mean(kept, axis=0)
    error = means.std(ddof=1) / np.sqrt(len(means))
    print(json.dumps({"energy": float(means.mean()), "error": float(error), "expected": float(mean_field.e_tot)}))


def main():
    chosen = measure.options(__doc__)
    measure.one_thread()
    imports, runs = [], []
    for _ in first.repeats(chosen.seconds, chosen.repeat):
        imports.append(first.timed_process(["-c", "import pyscf, pyqmc.api"]))
        runs.append(first.timed_process([__file__, first.CHILD]))
    figures = {"import_only": first.figure(imports), "without_cache": first.figure(runs)}
    checks = first.energy_check(runs, runs[0].result["expected"])
    measure.report("pyqmc", importlib.metadata.version("pyqmc"), "W7", figures, checks)


if __name__ == "__main__":
    child() if first.CHILD in sys.argv[1:] else main()
