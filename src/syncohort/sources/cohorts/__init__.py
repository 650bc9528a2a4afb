"""Cohorts of gene expression: from the user's own files, from public datasets, or simulated with known truth."""
