"""Models learnt against a discriminator."""
