"""Figures of the shipped studies, one module each; ``python runs/figures.py`` draws them."""
