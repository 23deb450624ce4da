"""Wave functions psi(x; theta) as compiled kernels on tiles of walkers."""
