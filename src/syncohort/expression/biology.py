"""The biology metrics: does a study of synthetic samples find what a study of real ones finds?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from syncohort.core.cohort import NORMAL, TUMOUR
from syncohort.expression.correction import BENJAMINI_HOCHBERG, adjust
from syncohort.expression.fold_change import FEWEST_PER_GROUP, log2_ratio
from syncohort.expression.rank_tests import rank_sum
from syncohort.realism.coexpression import count_pairs
from syncohort.realism.controls import exchanged_genes, permuted_genes
from syncohort.realism.fidelity import pairs_note
from syncohort.realism.metrics import BIOLOGY, HIGHER, LOWER, Comparison
from syncohort.realism.samples import SampleSet

ALPHA = 0.05
# Real samples with a level of a covariate, and without it, that its effect needs.
FEWEST_PER_LEVEL = 3


@dataclass(frozen=True, eq=False)
class Differential:
    """Difference between tumour and normal in one set of samples.

    Parameters
    ----------
    significant
        (genes,) bool, by the rank-sum test and a false discovery rate of 0.05.
    log2_fold_change
        (genes,) positive where higher in tumours.
    """

    significant: np.ndarray
    log2_fold_change: np.ndarray


def differential_expression(samples: SampleSet) -> Differential | None:
    """Compare tumour with normal samples, as unpaired ones: synthetic samples are no pairs.

    Parameters
    ----------
    samples
        (samples, genes) linear expression raised by the pseudo-count.

    Returns
    -------
    Differential
        None with fewer than 4 samples of a condition.
    """
    condition = samples.samples["condition"].astype(str).to_numpy()
    tumour, normal = (samples.values[condition == name] for name in (TUMOUR, NORMAL))
    if min(len(tumour), len(normal)) < FEWEST_PER_GROUP:
        return None
    _, p_values = rank_sum(tumour.T, normal.T)
    means = (part.mean(axis=0, dtype=np.float64) for part in (tumour, normal))
    return Differential(adjust(p_values, BENJAMINI_HOCHBERG) <= ALPHA, log2_ratio(*means, pseudo_count=0.0))


def _both(real: SampleSet, other: SampleSet) -> tuple[Differential | None, Differential | None]:
    return real.derive(differential_expression), other.derive(differential_expression)


def differential_recall(real: SampleSet, other: SampleSet) -> float:
    """Share of the genes significant in real samples that are so in the others, in the same direction."""
    found, again = _both(real, other)
    if found is None or again is None or not found.significant.any():
        return np.nan
    same = np.sign(found.log2_fold_change) == np.sign(again.log2_fold_change)
    return float((again.significant & same)[found.significant].mean())


def differential_false_positives(real: SampleSet, other: SampleSet) -> float:
    """Share of the genes not significant in real samples that are so in the others."""
    found, again = _both(real, other)
    if found is None or again is None or found.significant.all():
        return np.nan
    return float(again.significant[~found.significant].mean())


def pearson(first: np.ndarray, second: np.ndarray) -> float:
    """Pearson correlation of two vectors: 0 where only the second is constant, NaN where the first is."""
    first, second = first - first.mean(), second - second.mean()
    if not first.any():
        return np.nan
    return float(first @ second / np.sqrt((first @ first) * (second @ second))) if second.any() else 0.0


def concordance(first: np.ndarray, second: np.ndarray) -> float:
    """Lin's concordance correlation: agreement with the line of equal values (Lin, Biometrics 45:255–268, 1989)."""
    spread = first.var() + second.var() + (first.mean() - second.mean()) ** 2
    return float(2 * np.mean((first - first.mean()) * (second - second.mean())) / spread) if spread else np.nan


def _fold_changes(real: SampleSet, other: SampleSet, agreement: Callable[[np.ndarray, np.ndarray], float]) -> float:
    found, again = _both(real, other)
    if found is None or again is None:
        return np.nan
    return agreement(found.log2_fold_change, again.log2_fold_change)


def covariate_effects(values: np.ndarray, covariate: pd.Series, levels: Sequence[str] | None = None) -> np.ndarray:
    """Effects of a covariate on every gene.

    Parameters
    ----------
    values
        (samples, genes) z-scores.
    covariate
        (samples,) numbers, or names of levels.
    levels
        Levels of interest; None for a numeric covariate.

    Returns
    -------
    numpy.ndarray
        For numbers (genes,) slopes per standard deviation. For levels (levels × genes,) mean of the samples with the
        level minus mean of the others. 0 where the covariate does not vary.
    """
    if levels is None:
        numbers = covariate.to_numpy(dtype=np.float64)
        numbers = (numbers - numbers.mean()) / (numbers.std() or 1.0)
        return numbers @ values / len(values)
    names, found = covariate.astype(str).to_numpy(), []
    for level in levels:
        members = names == level
        varies = 0 < members.sum() < len(members)
        found.append(values[members].mean(axis=0) - values[~members].mean(axis=0) if varies else 0 * values[0])
    return np.concatenate(found)


def effect_agreement(name: str, real: SampleSet, other: SampleSet) -> float:
    """Pearson correlation of the effects of the covariate `name`; NaN where it does not vary among real samples."""
    covariate, levels = real.samples[name], None
    if not pd.api.types.is_numeric_dtype(covariate):
        sizes = covariate.astype(str).value_counts()
        levels = sorted(sizes.index[(sizes >= FEWEST_PER_LEVEL) & (sizes <= len(real) - FEWEST_PER_LEVEL)])
    if covariate.nunique() < 2 or levels == []:
        return np.nan
    return pearson(*(covariate_effects(each.values, each.samples[name], levels) for each in (real, other)))


def covariate_metric(name: str) -> Comparison:
    """Metric of the effects of one covariate."""
    return Comparison(
        "covariate_effect", "Covariate effects", BIOLOGY, HIGHER,
        "Correlation over genes of the effects of a covariate in real and synthetic samples; 1 is the same effects, "
        "and the floor permutes every gene over the samples.",
        partial(effect_agreement, name), permuted_genes,
    )  # fmt: skip


DIFFERENTIAL = (
    Comparison(
        "differential_recall", "Differential genes, recall", BIOLOGY, HIGHER,
        "Share of the genes that differ between real tumour and normal samples and do so among as many synthetic ones, "
        "in the same direction; the floor gives every gene the values of another.",
        differential_recall, exchanged_genes,
    ),
    Comparison(
        "differential_false_positives", "Differential genes, false positives", BIOLOGY, LOWER,
        "Share of the genes that do not differ between real tumour and normal samples but do so among synthetic ones; "
        "the floor gives every gene the values of another.",
        differential_false_positives, exchanged_genes,
    ),
    Comparison(
        "fold_change_correlation", "Fold changes, Pearson", BIOLOGY, HIGHER,
        "Correlation over genes of the log2 fold changes of real and synthetic samples; "
        "the floor gives every gene the values of another.",
        lambda real, other: _fold_changes(real, other, pearson), exchanged_genes,
    ),
    Comparison(
        "fold_change_concordance", "Fold changes, Lin’s concordance", BIOLOGY, HIGHER,
        "Agreement of the log2 fold changes of real and synthetic samples, which unlike their correlation falls when "
        "they are all too small; the floor gives every gene the values of another.",
        lambda real, other: _fold_changes(real, other, concordance), exchanged_genes,
    ),
)  # fmt: skip

EDGES = (
    Comparison(
        "edge_precision", "Co-expressed pairs, precision", BIOLOGY, HIGHER,
        "Share of the pairs of genes with |r| > 0.5 in synthetic samples that have it in real ones, of the same sign; "
        "the floor gives every gene the values of another.",
        lambda real, other: other.against(real, count_pairs).edge_precision, exchanged_genes, pairs_note,
    ),
    Comparison(
        "edge_recall", "Co-expressed pairs, recall", BIOLOGY, HIGHER,
        "Share of the pairs of genes with |r| > 0.5 in real samples that have it in synthetic ones, of the same sign; "
        "the floor gives every gene the values of another.",
        lambda real, other: other.against(real, count_pairs).edge_recall, exchanged_genes, pairs_note,
    ),
)  # fmt: skip

BIOLOGICAL = (*DIFFERENTIAL, *EDGES, covariate_metric("covariate"))
