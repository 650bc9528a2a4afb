"""Where cohorts come from: the user's own files, or a simulation with known truth."""
