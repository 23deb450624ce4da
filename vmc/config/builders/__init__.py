"""One module for each part of a configuration that names a kind: from its table to its object."""
