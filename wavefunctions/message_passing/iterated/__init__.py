"""Messages that are passed several times, between pairs and particles with hidden features."""
