"""One training loop for every generator: device, history, early stopping, checkpoint and resume."""
