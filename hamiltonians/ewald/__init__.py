"""Ewald sums: long-ranged interactions of charges in a periodic cell."""
