"""From the tables of a configuration to objects, one module for each part that names a kind."""
