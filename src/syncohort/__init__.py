"""Synthetic radiogenomic cohorts from public cancer data, with proof of realism, use and privacy."""

__version__ = "0.1.0"
