"""What every room shares: settings, the cohort file, splits, atomic writes, logs, seeds, provenance."""
