"""Compiled Markov-chain samplers for any log-density."""
