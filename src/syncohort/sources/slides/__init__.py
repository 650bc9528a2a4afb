"""Histology: whole-slide images and folders of ready tiles, read into one manifest, or simulated with known truth."""
