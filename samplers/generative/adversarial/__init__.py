"""A generator learnt against a discriminator, and the discriminator by itself as a distance of two samples."""
