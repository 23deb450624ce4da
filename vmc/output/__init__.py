"""Results files and checkpoints (the only place that imports h5py)."""
