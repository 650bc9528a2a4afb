"""Where data come from: the user's own files, public services, or a simulation with known truth."""
