"""Genes: what the rows of a matrix are called, and sets of them."""
