"""W7 with this package, with an empty kernel cache and with the cache that this leaves."""

import json
import sys
import tempfile

import first_energy as first
import measure


def child():
    """What the timed process does: import, build, estimate the energy once."""
    import boson_trap as trap

    import vmc
    from hamiltonians.system import System
    from hamiltonians.trap import HarmonicTrap
    from samplers.metropolis import BlockMetropolis
    from wavefunctions.gaussian import Gaussian

    system = System(first.N_PARTICLES, trap.N_DIM)
    psi = Gaussian(system, alpha=trap.ALPHA_CHECK)
    move = BlockMetropolis(trap.N_DIM, trap.STEP_SIZE)
    sizes = {"n_walkers": first.N_WALKERS, "thermalise": first.N_THERMALISE, "samples": first.N_SAMPLES}
    energy = vmc.evaluate(psi, HarmonicTrap(system), move, **sizes).energy
    print(json.dumps({"energy": energy.value, "error": energy.error}))


def main():
    chosen = measure.options(__doc__)
    measure.one_thread()
    command = [__file__, first.CHILD]
    imports, cold, warm = [], [], []
    for _ in first.repeats(chosen.seconds, chosen.repeat):
        imports.append(first.timed_process(["-c", "import vmc.api, wavefunctions.gaussian, hamiltonians.trap"]))
        with tempfile.TemporaryDirectory() as folder:
            cached = {"VMC_CACHE_DIR": folder}
            cold.append(first.timed_process(command, cached))
            warm.append(first.timed_process(command, cached))
    figures = {
        "import_only": first.figure(imports),
        "cache_cold": first.figure(cold),
        "cache_warm": first.figure(warm),
    }
    from vmc.results.provenance import package_version

    measure.report("vmc", package_version(), "W7", figures, first.energy_check(cold + warm, first.trap_energy()))


if __name__ == "__main__":
    child() if first.CHILD in sys.argv[1:] else main()
