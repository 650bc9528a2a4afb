"""Histology tiles from gene expression: tiles of slides, a code of expression, generators of tiles."""
