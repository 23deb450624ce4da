"""The compiled foundation: linking of kernels, elementary functions, random streams, optimisers."""
