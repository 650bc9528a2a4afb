"""The spaces that metrics see expression in: genes, principal components, pathway scores, effects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from syncohort.expression.biology import DIFFERENTIAL, EDGES, covariate_metric
from syncohort.expression.normalisation import Scaler
from syncohort.realism.comparison import identity
from syncohort.realism.fidelity import CLASSIFIED, CLOUDS, GEOMETRY, MARGINALS, SPREAD
from syncohort.realism.metrics import Comparison
from syncohort.realism.principal import Projection

SELECTED_GENES, NAMED_GENES = "selected genes", "named genes"
PRINCIPAL_COMPONENTS, PATHWAYS = "principal components", "pathway scores"
NAMED = 12
FEWEST_FEATURES = 3
# Gene sets of which fewer selected genes are left say little of a pathway.
FEWEST_IN_SET = 5


@dataclass(frozen=True)
class Space:
    """A way of seeing samples, and the metrics that are computed in it.

    Parameters
    ----------
    name
        Name in tables.
    metrics
        Its metrics.
    features
        Number of features; with fewer than 3 nothing is computed.
    see
        From (samples, selected genes) z-scores to (samples, features).
    note
        What a reader must know.
    """

    name: str
    metrics: Sequence[Comparison]
    features: int
    see: Callable[[np.ndarray], np.ndarray] = identity
    note: str = ""


def named_genes(
    named: Sequence[str] | None, genes: Sequence[str], standard_deviation: np.ndarray
) -> tuple[list[str], list[str]]:
    """Find the genes that are looked at one by one.

    Parameters
    ----------
    named
        Genes asked for, or None for the 12 most variable ones.
    genes
        (genes,) selected genes.
    standard_deviation
        (genes,) their standard deviations among training samples, on the log scale.

    Returns
    -------
    tuple
        The named genes that are selected, in the order asked for or by falling standard deviation, and those that
        are not selected.
    """
    if named is None:
        return [genes[position] for position in np.argsort(-standard_deviation, kind="stable")[:NAMED]], []
    selected = set(genes)
    asked = list(dict.fromkeys(named))
    return [gene for gene in asked if gene in selected], [gene for gene in asked if gene not in selected]


def pathway_weights(gene_sets: Mapping[str, Sequence[str]], genes: Sequence[str]) -> np.ndarray:
    """Weights by which z-scores of genes become scores of gene sets: Σ z / √k over the k selected genes of a set.

    Lee et al., PLoS Computational Biology 4(11):e1000217, 2008, equation 1, of all genes of the set.

    Parameters
    ----------
    gene_sets
        Name → genes.
    genes
        (genes,) selected genes.

    Returns
    -------
    numpy.ndarray
        (genes, sets) of the sets that have at least 5 selected genes.
    """
    members = np.array([np.isin(genes, list(names)) for names in gene_sets.values()]).reshape(-1, len(genes)).T
    sizes = members.sum(axis=0)
    kept = sizes >= FEWEST_IN_SET
    return (members[:, kept] / np.sqrt(sizes[kept])).astype(np.float32)


def expression_spaces(
    scaler: Scaler,
    projection: Projection,
    *,
    named: Sequence[str] | None,
    gene_sets: Mapping[str, Sequence[str]],
    covariates: Sequence[str],
    pseudo_count: float,
) -> list[Space]:
    """List the spaces of a fold.

    Parameters
    ----------
    scaler
        Scaler of the split, which knows the selected genes.
    projection
        Principal components of the training samples.
    named
        Genes of the space of that name, or None for the 12 most variable ones.
    gene_sets
        Name → genes, for pathway scores; may be empty.
    covariates
        Covariates whose effects are compared.
    pseudo_count
        Added before the logarithm of a fold change, in the unit of the linear scale.
    """
    genes = list(scaler.genes)
    compared, missing = named_genes(named, genes, scaler.standard_deviation)
    columns = pd.Index(genes).get_indexer(compared)
    weights = pathway_weights(gene_sets, genes)
    told = f"genes: {', '.join(compared)}" + (f"; not selected: {', '.join(missing)}" if missing else "")
    components = len(projection.axes)

    def raised(values: np.ndarray) -> np.ndarray:
        return (scaler.scale.to_linear(scaler.inverse(values)) + pseudo_count).astype(np.float32)

    spaces = [
        Space(SELECTED_GENES, (*GEOMETRY, *MARGINALS, *SPREAD, *CLOUDS, *EDGES), len(genes)),
        Space(NAMED_GENES, (*GEOMETRY, *MARGINALS), len(compared), lambda values: values[:, columns], told),
        Space(PRINCIPAL_COMPONENTS, (*CLOUDS, *CLASSIFIED), components, projection, f"{components} components"),
        Space(SELECTED_GENES, DIFFERENTIAL, len(genes), raised),
    ]
    if gene_sets:
        sets = weights.shape[1]
        told = f"{sets} gene sets with at least {FEWEST_IN_SET} selected genes"
        spaces.append(Space(PATHWAYS, (GEOMETRY[0], *MARGINALS), sets, lambda values: values @ weights, told))
    return spaces + [Space(f"effect of {name}", (covariate_metric(name),), len(genes)) for name in covariates]
