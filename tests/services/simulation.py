"""Invented expression for all services: modules that move together, and genes that differ between tumour and normal."""

import hashlib
from collections.abc import Sequence

import numpy as np

# A third of the genes is higher in tumours, a third lower.
LOG2_FOLD_CHANGE = 2.5


def generator(*names: str) -> np.random.Generator:
    """Give random numbers that depend on names only."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256("/".join(names).encode()).digest()[:8]))


def log2_expression(name: str, tumour: Sequence[bool], genes: int) -> np.ndarray:
    """Draw log2 expression, (samples, genes): a level per gene, five modules, the planted difference and noise."""
    rng = generator(name)
    # What a gene is like does not depend on the data set, nor on how many genes that has.
    level = generator("level").normal(7.0, 1.5, genes)
    loading = generator("loading").uniform(0.4, 1.0, genes) * np.sign(generator("sign").normal(0.8, 1.0, genes))
    factors = rng.normal(size=(len(tumour), 5))[:, np.arange(genes) % 5]
    change = LOG2_FOLD_CHANGE * np.array([1.0, 0.0, -1.0])[np.arange(genes) // 5 % 3]
    values = level + loading * factors + np.outer(np.asarray(tumour) - 0.5, change)
    return values + rng.normal(0.0, 0.4, values.shape)


def counts(name: str, tumour: Sequence[bool], genes: int) -> np.ndarray:
    """Draw counts, (samples, genes), at a depth of each sample's own."""
    rng = generator(name, "depth")
    depth = np.exp(rng.normal(0.0, 0.3, (len(tumour), 1)))
    return rng.poisson(np.exp2(log2_expression(name, tumour, genes)) * depth)


def matrix_text(heading: Sequence[str], names: Sequence[Sequence[str]], values: np.ndarray, form: str) -> str:
    """Write genes × samples, tab-separated: names, then numbers in a format."""
    rows = (
        "\t".join([*name, *(form.format(value) for value in row)])
        for name, row in zip(names, values.tolist(), strict=True)
    )
    return "\n".join(["\t".join(heading), *rows]) + "\n"
