"""The realism metrics, declared in one place: what computes them, what they say, which way is better.

A new metric is a function of two sets of samples and one entry of `METRICS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from syncohort.realism.controls import collapsed, permuted_genes
from syncohort.realism.gene_correlation import (
    DENDROGRAM_GENES,
    cophenetic_correlation_difference,
    dendrogram_preservation,
    distance_preservation,
)
from syncohort.realism.marginals import ks_similarity, wasserstein
from syncohort.realism.samples import SampleSet

HIGHER, LOWER = "higher", "lower"


@dataclass(frozen=True)
class Metric:
    """A number that compares real samples with others.

    Parameters
    ----------
    name
        Name in tables.
    label
        Name in reports.
    better
        `higher` or `lower`.
    function
        Value from the real samples and the others.
    floor
        Trivial generator the metric is held against: values (samples, genes) and a source of randomness in, values out.
    explanation
        One sentence for readers.
    note
        What a reader must know of a value, from the real samples; empty when there is nothing.
    """

    name: str
    label: str
    better: str
    function: Callable[[SampleSet, SampleSet], float]
    floor: Callable[[np.ndarray, np.random.Generator], np.ndarray]
    explanation: str
    note: Callable[[SampleSet], str] = lambda real: ""


def constant_genes_note(real: SampleSet) -> str:
    """Tell how many genes have no correlation because they are constant in a set of real samples."""
    constant = int((~real.varying).sum())
    return f"{constant} of {len(real.varying)} genes left out, constant in a set of real samples" if constant else ""


def dendrogram_note(real: SampleSet) -> str:
    """Tell what `constant_genes_note` tells, and when the tree is one of a part of the genes."""
    varying = int(real.varying.sum())
    part = f"tree of {DENDROGRAM_GENES} genes drawn from {varying}" if varying > DENDROGRAM_GENES else ""
    return "; ".join(filter(None, [constant_genes_note(real), part]))


METRICS = (
    Metric(
        "gamma_distances",
        "γ(D)",
        HIGHER,
        lambda real, other: distance_preservation(real.varying_values, other.varying_values),
        permuted_genes,
        "Correlation of the gene–gene distances 1 − r in real and synthetic samples; "
        "1 is the same co-expression, and the floor permutes every gene over the samples.",
        constant_genes_note,
    ),
    Metric(
        "gamma_dendrograms",
        "γ(T)",
        HIGHER,
        lambda real, other: dendrogram_preservation(real.dendrogram, other.dendrogram),
        permuted_genes,
        "Correlation of the heights at which two genes join in the real and the synthetic dendrogram "
        "(complete linkage); 1 is the same tree, and the floor permutes every gene over the samples.",
        dendrogram_note,
    ),
    Metric(
        "cophenetic_difference",
        "S_sdcc",
        LOWER,
        lambda real, other: cophenetic_correlation_difference(real.dendrogram, other.dendrogram),
        permuted_genes,
        "Squared difference of the cophenetic correlations γ(D, T) of real and synthetic samples; "
        "0 is equally tree-like co-expression, and the floor permutes every gene over the samples.",
        dendrogram_note,
    ),
    Metric(
        "wasserstein",
        "Wasserstein distance",
        LOWER,
        lambda real, other: float(wasserstein(real.values, other.values).mean()),
        collapsed,
        "Mean over genes of the Wasserstein-1 distance of the real and synthetic z-scores, in standard deviations; "
        "0 is the same distribution, and the floor gives every sample the mean.",
    ),
    Metric(
        "ks_similarity",
        "Kolmogorov–Smirnov similarity",
        HIGHER,
        lambda real, other: float(ks_similarity(real.values, other.values).mean()),
        collapsed,
        "Mean over genes of 1 − D, with D the largest gap of the real and synthetic distribution functions; "
        "1 is the same distribution, and the floor gives every sample the mean.",
    ),
)
