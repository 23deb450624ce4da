"""Particles and Hamiltonians; nothing here knows a wave function."""
