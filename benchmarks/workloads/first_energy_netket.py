"""W7 with NetKet, without and with JAX's persistent compilation cache (which then keeps every program)."""

import importlib.metadata
import json
import sys
import tempfile

import first_energy as first
import measure

KEEP_EVERYTHING = {
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}


def child():
    """What the timed process does: import NetKet, build the state, estimate the energy once."""
    import boson_trap as trap
    import flax.linen as nn
    import jax.numpy as jnp
    import netket as nk
    import netket_parts as parts

    class Gaussian(nn.Module):
        @nn.compact
        def __call__(self, x):
            alpha = self.param("alpha", nn.initializers.constant(trap.ALPHA_CHECK), (), float)
            return -alpha * jnp.sum(x * x, axis=-1)

    hilbert = parts.particles(first.N_PARTICLES, trap.N_DIM)
    trapped = nk.operator.PotentialEnergy(hilbert, lambda x: 0.5 * jnp.sum(x * x, axis=-1))
    hamiltonian = nk.operator.KineticEnergy(hilbert, mass=1.0) + trapped
    state = parts.state_of(hilbert, Gaussian(), trap.STEP_SIZE, first.N_WALKERS, first.N_SAMPLES)
    state.sample(n_discard_per_chain=first.N_THERMALISE)
    energy = state.expect(hamiltonian)
    print(json.dumps({"energy": float(energy.mean.real), "error": float(energy.error_of_mean)}))


def main():
    chosen = measure.options(__doc__)
    measure.one_thread()
    command = [__file__, first.CHILD]
    imports, plain, cold, warm = [], [], [], []
    for _ in first.repeats(chosen.seconds, chosen.repeat):
        imports.append(first.timed_process(["-c", "import netket"]))
        plain.append(first.timed_process(command))
        with tempfile.TemporaryDirectory() as folder:
            cached = {"JAX_COMPILATION_CACHE_DIR": folder, **KEEP_EVERYTHING}
            cold.append(first.timed_process(command, cached))
            warm.append(first.timed_process(command, cached))
    figures = {
        "import_only": first.figure(imports),
        "without_cache": first.figure(plain),
        "cache_cold": first.figure(cold),
        "cache_warm": first.figure(warm),
    }
    checks = first.energy_check(plain + cold + warm, first.trap_energy())
    measure.report("netket", importlib.metadata.version("netket"), "W7", figures, checks)


if __name__ == "__main__":
    child() if first.CHILD in sys.argv[1:] else main()
