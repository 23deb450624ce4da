"""One particle in x^2 / 2 + lambda x^4, lambda = 1 / 10: the user's own wave function, potential and move.

    python runs/anharmonic_oscillator.py

Ground-state energy 0.559146327183519 (Bender and Wu, Phys. Rev. 184, 1231 (1969), expanded and solved by many since).
"""
