"""The sections on gene expression."""
