"""Variational Monte Carlo: the job (estimation, optimisation, MPI, storage, command line)."""
