"""The genes a generator is trained on: differentially expressed, of a pathway, listed, or the most variable."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import scale_of
from syncohort.core.errors import InputError, suggest
from syncohort.expression.correction import BENJAMINI_HOCHBERG, adjust
from syncohort.expression.filtering import GENE
from syncohort.sources.download.cache import read_record
from syncohort.sources.genes.gene_sets import read_gene_list, read_gmt
from syncohort.sources.services.kegg import read_pathway

SELECTED, ABSENT, FILTERED, CONSTANT = "selected", "not in the cohort", "removed by the filter", "constant"
# Distances between fewer genes than this have no correlation.
FEWEST_GENES = 3
REMEDIES = {
    "deg": "Lower expression.fold_change.threshold or raise expression.test.alpha",
    "pathway": "Name another pathway in expression.pathway or give expression.pathway.genes",
    "list": "Add genes to expression.list.genes or expression.list.file",
    "all": "Give a cohort with more genes or set expression.all.number to null",
}
# So many names are printed in a message; the table has them all.
NAMED = 10

logger = logging.getLogger("syncohort")


def select(selection: str, requested: Sequence[str], cohort: anndata.AnnData, removed: pd.DataFrame) -> pd.DataFrame:
    """Say of every requested gene whether a model can be trained on it.

    Parameters
    ----------
    selection
        `deg`, `pathway`, `list` or `all`; for messages.
    requested
        Gene symbols, in the order the model shall have them.
    cohort
        (samples, genes) filtered training samples.
    removed
        What the filter removed: `kind`, `name`, `reason`.

    Returns
    -------
    DataFrame
        `gene`, `status`: `selected`, `not in the cohort`, `removed by the filter` or `constant` (one value in all
        training samples).

    Raises
    ------
    InputError
        When fewer than 3 genes are left.
    """
    requested = list(dict.fromkeys(requested))
    position = cohort.var_names.get_indexer(requested)
    values = np.asarray(cohort.X)
    constant = (values.max(axis=0) == values.min(axis=0))[position]
    filtered = np.isin(requested, removed.loc[removed["kind"] == GENE, "name"].astype(str))
    status = np.select([filtered, position < 0, constant], [FILTERED, ABSENT, CONSTANT], SELECTED)
    table = pd.DataFrame({"gene": requested, "status": status}, dtype=object)

    lost = {reason: table.loc[table["status"] == reason, "gene"] for reason in (ABSENT, FILTERED, CONSTANT)}
    kept = int((table["status"] == SELECTED).sum())
    for reason, genes in lost.items():
        if len(genes):
            logger.info("%d of %d requested genes are %s: %s", len(genes), len(table), reason, _named(genes))
    logger.info("selection %s has %d genes", selection, kept)
    if kept < FEWEST_GENES:
        raise InputError(
            f"Selection {selection} leaves {kept} of {len(table)} requested genes, and at least {FEWEST_GENES} are "
            f"needed: {'; '.join(f'{len(genes)} {reason}' for reason, genes in lost.items())}. "
            f"{REMEDIES[selection]}; the cohort spells its genes like {cohort.var_names[0]}."
        )
    return table


def selected_genes(table: pd.DataFrame) -> list[str]:
    """Genes that the table of `select` keeps, in the model's order."""
    return table.loc[table["status"] == SELECTED, "gene"].tolist()


def differential_genes(
    test: pd.DataFrame, fold_change: pd.DataFrame, *, threshold: float = 1.5, alpha: float = 0.05
) -> list[str]:
    """Genes that are significant and whose |log2 fold change| is at least `threshold`, in the order of the tables.

    Parameters
    ----------
    test
        The table of `compare_conditions`.
    fold_change
        The table of `fold_change`, of the same genes.
    threshold
        In log2 units; 1.5 is a 2.8-fold change, and log2(1.5) = 0.585 a 1.5-fold one.
    alpha
        The test's alpha; for the message.

    Raises
    ------
    InputError
        When fewer than 3 genes are left; it says how many genes other settings would leave.
    """
    change = fold_change.set_index("gene").loc[test["gene"], "log2_fold_change"].abs().to_numpy()
    significant = test["significant"].to_numpy(dtype=bool)
    changed = change >= threshold
    chosen = significant & changed
    if chosen.sum() < FEWEST_GENES:
        discovered = adjust(test["p_value"].to_numpy(), BENJAMINI_HOCHBERG) <= alpha
        raise InputError(
            f"Selection deg leaves {chosen.sum()} of {len(test):,} genes, and at least {FEWEST_GENES} are needed: "
            f"{significant.sum():,} are significant at expression.test.alpha {alpha:g} and {changed.sum():,} have "
            f"|log2 fold change| >= {threshold:g}. Half the expression.fold_change.threshold ({threshold / 2:g}) "
            f"would leave {(significant & (change >= threshold / 2)).sum():,} genes, "
            f"expression.test.correction: {BENJAMINI_HOCHBERG} would leave {(discovered & changed).sum():,}, and both "
            f"{(discovered & (change >= threshold / 2)).sum():,}."
        )
    return test.loc[chosen, "gene"].tolist()


def pathway_genes(
    *,
    kegg: str | None = None,
    record: str | Path | None = None,
    gene_sets: str | Path | None = None,
    name: str | None = None,
    genes: Iterable[str] | None = None,
) -> list[str]:
    """Genes of a pathway: those given, or those of a KEGG pathway, or those of the entry `name` in a GMT file.

    Parameters
    ----------
    kegg, record
        Id of a KEGG pathway, and the record of its download.
    gene_sets
        File in Gene Matrix Transposed format: name, description and genes, separated by tabs, a set per line.
    name
        First field of the set, such as hsa05214.
    genes
        Gene symbols; when given, no file is read.

    Raises
    ------
    InputError
        When nothing is given, or a file is missing or damaged, or the set is not in it.
    """
    if genes:
        return _cleaned(genes)
    if kegg and record:
        return read_pathway(read_record(record), kegg)
    if not (gene_sets and name):
        raise InputError(
            "Selection pathway has no genes. Set expression.pathway.kegg, or expression.pathway.gene_sets (a GMT file) "
            "and expression.pathway.name (a set in it), or expression.pathway.genes."
        )
    sets = read_gmt(gene_sets, "expression.pathway.gene_sets")
    if name not in sets:
        hint = suggest(name, sets)
        beginning = f" It begins with {_named(list(sets)[:3])}." if hint == "." else ""
        raise InputError(
            f"expression.pathway.name: {name} is not among the {len(sets):,} sets of {gene_sets}{hint}{beginning}"
        )
    return sets[name]


def listed_genes(*, genes: Iterable[str] | None = None, file: str | Path | None = None) -> list[str]:
    """Genes given in the configuration, then those of a file with one gene per line (# begins a comment).

    Raises
    ------
    InputError
        When there are none, or the file is missing.
    """
    listed = _cleaned([*(genes or []), *(read_gene_list(file, "expression.list.file") if file else [])])
    if not listed:
        raise InputError(
            "Selection list has no genes. Set expression.list.genes, or expression.list.file to a file with one gene "
            "symbol per line."
        )
    return listed


def most_variable_genes(cohort: anndata.AnnData, *, number: int | None = None) -> list[str]:
    """Genes with the largest variance of log expression, in the cohort's order; all genes when `number` is None.

    Parameters
    ----------
    cohort
        (samples, genes) filtered training samples.
    number
        How many; equal variances are taken in the cohort's order.
    """
    if number is None or number >= cohort.n_vars:
        return cohort.var_names.tolist()
    variance = scale_of(cohort).to_log(np.asarray(cohort.X)).var(axis=0, dtype=np.float64)
    first = np.argsort(-variance, kind="stable")[:number]
    return cohort.var_names[np.sort(first)].tolist()


def _cleaned(genes: Iterable[str]) -> list[str]:
    """Gene names without surrounding blanks, each once, none empty."""
    return [gene for gene in dict.fromkeys(str(gene).strip() for gene in genes) if gene]


def _named(genes: Sequence[str]) -> str:
    """Name the first genes, and say how many more there are."""
    more = f" and {len(genes) - NAMED:,} more" if len(genes) > NAMED else ""
    return ", ".join(list(genes)[:NAMED]) + more
