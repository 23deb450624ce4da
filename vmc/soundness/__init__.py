"""What is looked at before walkers are moved: whether their mean is the energy of a state."""
