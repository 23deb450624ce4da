"""The stages of a run: pretraining, optimisation, fit of proposals, evaluation; the driver that goes through them."""
