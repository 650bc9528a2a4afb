"""The section on radiogenomics."""
