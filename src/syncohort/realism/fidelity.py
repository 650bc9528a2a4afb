"""The fidelity metrics, declared in one place: are synthetic samples like real ones?

A new metric is a function of two sets of samples and one entry here.
"""

from syncohort.realism import neighbours
from syncohort.realism.coexpression import count_pairs
from syncohort.realism.controls import collapsed, exaggerated, permuted_genes, shifted
from syncohort.realism.energy import energy_of_distances
from syncohort.realism.frechet import SAMPLES_PER_DIMENSION, frechet_distance
from syncohort.realism.gene_correlation import (
    DENDROGRAM_GENES,
    cophenetic_correlation_difference,
    dendrogram_preservation,
    distance_preservation,
)
from syncohort.realism.kernels import maximum_mean_discrepancy
from syncohort.realism.marginals import ks_similarity, variance_ratio, wasserstein
from syncohort.realism.metrics import FIDELITY, HIGHER, LOWER, NEAR_ONE, Comparison
from syncohort.realism.samples import SampleSet
from syncohort.realism.two_sample import boosted_trees, logistic, two_sample_auc

# Draws of metrics that train classifiers.
FEW_DRAWS = 3


def constant_genes_note(real: SampleSet) -> str:
    """Tell how many genes have no correlation because they are constant in a set of real samples."""
    constant = int((~real.varying).sum())
    return f"{constant} of {len(real.varying)} genes left out, constant in a set of real samples" if constant else ""


def dendrogram_note(real: SampleSet) -> str:
    """Tell what `constant_genes_note` tells, and when the tree is one of a part of the genes."""
    varying = int(real.varying.sum())
    part = f"tree of {DENDROGRAM_GENES} genes drawn from {varying}" if varying > DENDROGRAM_GENES else ""
    return "; ".join(filter(None, [constant_genes_note(real), part]))


def pairs_note(real: SampleSet) -> str:
    """Tell when the pairs are those of a part of the genes."""
    genes = real.values.shape[1]
    return f"pairs of {DENDROGRAM_GENES} genes drawn from {genes}" if genes > DENDROGRAM_GENES else ""


def dimension_note(real: SampleSet) -> str:
    """Tell when there are too few samples for the dimensions of a covariance."""
    samples, dimensions = real.values.shape
    if samples > SAMPLES_PER_DIMENSION * dimensions:
        return ""
    return f"{samples} samples are few for {dimensions} dimensions (more than {SAMPLES_PER_DIMENSION} each are needed)"


def _energy(real: SampleSet, other: SampleSet) -> float:
    return energy_of_distances(real.distances, other.distances, other.distances_from(real))


def _mmd(real: SampleSet, other: SampleSet) -> float:
    return maximum_mean_discrepancy(real.distances, other.distances, other.distances_from(real), real.median_distance)


def _rank_ratio(real: SampleSet, other: SampleSet) -> float:
    return other.effective_rank / real.effective_rank if real.effective_rank else float("nan")


def _two_sample(classifier):
    def auc(real: SampleSet, other: SampleSet) -> float:
        return two_sample_auc(real.values, other.values, real.patients, other.patients, classifier)

    return auc


GEOMETRY = (
    Comparison(
        "gamma_distances", "γ(D)", FIDELITY, HIGHER,
        "Correlation of the gene–gene distances 1 − r in real and synthetic samples; "
        "1 is the same co-expression, and the floor permutes every gene over the samples.",
        lambda real, other: distance_preservation(real.varying_values, other.varying_values),
        permuted_genes, constant_genes_note,
    ),
    Comparison(
        "gamma_dendrograms", "γ(T)", FIDELITY, HIGHER,
        "Correlation of the heights at which two genes join in the real and the synthetic dendrogram "
        "(complete linkage); 1 is the same tree, and the floor permutes every gene over the samples.",
        lambda real, other: dendrogram_preservation(real.dendrogram, other.dendrogram),
        permuted_genes, dendrogram_note,
    ),
    Comparison(
        "cophenetic_difference", "S_sdcc", FIDELITY, LOWER,
        "Squared difference of the cophenetic correlations γ(D, T) of real and synthetic samples; "
        "0 is equally tree-like co-expression, and the floor permutes every gene over the samples.",
        lambda real, other: cophenetic_correlation_difference(real.dendrogram, other.dendrogram),
        permuted_genes, dendrogram_note,
    ),
)  # fmt: skip

MARGINALS = (
    Comparison(
        "wasserstein", "Wasserstein distance", FIDELITY, LOWER,
        "Mean over genes of the Wasserstein-1 distance of the real and synthetic z-scores, in standard deviations; "
        "0 is the same distribution, and the floor gives every sample the mean.",
        lambda real, other: float(wasserstein(real.values, other.values).mean()),
        collapsed,
    ),
    Comparison(
        "ks_similarity", "Kolmogorov–Smirnov similarity", FIDELITY, HIGHER,
        "Mean over genes of 1 − D, with D the largest gap of the real and synthetic distribution functions; "
        "1 is the same distribution, and the floor gives every sample the mean.",
        lambda real, other: float(ks_similarity(real.values, other.values).mean()),
        collapsed,
    ),
)  # fmt: skip

SPREAD = (
    Comparison(
        "correlation_strength", "Correlation strength", FIDELITY, NEAR_ONE,
        "Mean |r| over pairs of genes, synthetic over real; γ(D) does not see whether correlations are too strong, "
        "this does, and the floor permutes every gene over the samples.",
        lambda real, other: other.against(real, count_pairs).strength_ratio,
        permuted_genes, pairs_note,
    ),
    Comparison(
        "variance_ratio", "Variance ratio", FIDELITY, NEAR_ONE,
        "Median over genes of the synthetic over the real variance; below 1 samples are too alike, "
        "and the floor gives every sample the mean.",
        lambda real, other: variance_ratio(real.values, other.values),
        collapsed,
    ),
    Comparison(
        "effective_rank", "Effective rank", FIDELITY, NEAR_ONE,
        "Number of directions that carry the variance (the exponential of its entropy), synthetic over real; "
        "below 1 the samples vary along too few, and the floor permutes every gene over the samples.",
        _rank_ratio,
        permuted_genes,
    ),
)  # fmt: skip

CLOUDS = (
    Comparison(
        "precision", "Precision", FIDELITY, HIGHER,
        "Share of synthetic samples nearer to a real one than its fifth real neighbour is; "
        "the floor moves every sample twice as far from the mean.",
        lambda real, other: neighbours.precision(other.distances_from(real), real.radii),
        exaggerated,
    ),
    Comparison(
        "recall", "Recall", FIDELITY, HIGHER,
        "Share of real samples nearer to a synthetic one than its fifth synthetic neighbour is: is all of reality "
        "covered? The floor gives every sample the mean.",
        lambda real, other: neighbours.recall(other.distances_from(real), other.radii),
        collapsed,
    ),
    Comparison(
        "density", "Density", FIDELITY, NEAR_ONE,
        "Mean number of real neighbourhoods that a synthetic sample lies in, over five; much above 1 the samples crowd "
        "in the middle, and the floor moves every sample twice as far from the mean.",
        lambda real, other: neighbours.density(other.distances_from(real), real.radii),
        exaggerated,
    ),
    Comparison(
        "coverage", "Coverage", FIDELITY, HIGHER,
        "Share of real samples whose neighbourhood holds a synthetic one; "
        "the floor moves every sample twice as far from the mean.",
        lambda real, other: neighbours.coverage(other.distances_from(real), real.radii),
        exaggerated,
    ),
    Comparison(
        "mmd", "MMD²", FIDELITY, LOWER,
        "Maximum mean discrepancy with Gaussian kernels of five widths, unbiased, so it may be negative; 0 is the same "
        "distribution, and the floor gives every sample the mean.",
        _mmd,
        collapsed,
    ),
    Comparison(
        "energy_distance", "Energy distance", FIDELITY, LOWER,
        "How much farther real and synthetic samples are from each other than from their own kind, unbiased, so it may "
        "be negative; 0 is the same distribution, and the floor gives every sample the mean.",
        _energy,
        collapsed,
    ),
)  # fmt: skip

CLASSIFIED = (
    Comparison(
        "frechet_distance", "Fréchet distance", FIDELITY, LOWER,
        "Distance of two normal distributions with the means and covariances of the real and the synthetic samples; "
        "few samples inflate it, as they do the ceiling, and the floor gives every sample the mean.",
        lambda real, other: frechet_distance(real.values, other.values),
        collapsed, dimension_note,
    ),
    Comparison(
        "two_sample_logistic", "Two-sample AUC, logistic", FIDELITY, LOWER,
        "How well logistic regression tells synthetic from real samples of patients it has not seen; 0.5 is not at "
        "all, and the floor raises every gene by its standard deviation.",
        _two_sample(logistic), shifted, most_draws=FEW_DRAWS,
    ),
    Comparison(
        "two_sample_trees", "Two-sample AUC, boosted trees", FIDELITY, LOWER,
        "How well boosted trees tell synthetic from real samples of patients they have not seen; 0.5 is not at all, "
        "and the floor moves every sample twice as far from the mean.",
        _two_sample(boosted_trees), exaggerated, most_draws=FEW_DRAWS,
    ),
)  # fmt: skip

ALL = (*GEOMETRY, *MARGINALS, *SPREAD, *CLOUDS, *CLASSIFIED)
