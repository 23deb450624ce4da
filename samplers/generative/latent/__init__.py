"""Models with latent variables: probabilistic principal components, autoencoders, variational autoencoders."""
