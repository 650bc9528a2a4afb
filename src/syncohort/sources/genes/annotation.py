"""What a row of an expression matrix is called, and which of several rows of one gene stays."""

import numpy as np
import pandas as pd

from syncohort.sources.curation import Curation

# Genes that X and Y share are counted on X; their rows on Y are named so.
PSEUDOAUTOSOMAL_COPY = "_PAR_Y"
UNNAMED = ("", "?", "NA", "nan")


def annotate_genes(raw: pd.DataFrame) -> pd.DataFrame:
    """Read gene symbols and identifiers from what a source writes in its gene columns.

    Parameters
    ----------
    raw
        (genes, ·) `id`, the first column of the source, and where the source has them `symbol`, `entrez_id`,
        `ensembl_id`. An `id` may be a symbol, `SYMBOL|entrez`, or an Ensembl gene with or without version.

    Returns
    -------
    DataFrame
        (genes, ·) `gene`: the symbol, or the Ensembl id where there is no symbol, missing for `?`, `NA` and empty
        names; `entrez_id` and `ensembl_id` (without version) when any gene has one.
    """
    raw = raw.astype("string").apply(lambda column: column.str.strip())
    pair = raw["id"].str.extract(r"^(?P<symbol>.*)\|(?P<entrez_id>\d+)$")
    ensembl = raw.get("ensembl_id", raw["id"]).str.extract(r"^(ENS[A-Z]*G\d+)", expand=False)
    symbol = raw["symbol"] if "symbol" in raw else pair["symbol"].fillna(raw["id"].mask(ensembl.notna()))
    genes = pd.DataFrame({"gene": symbol.mask(symbol.isin(UNNAMED)).fillna(ensembl)})
    for name, known in (("ensembl_id", ensembl), ("entrez_id", raw.get("entrez_id", pair["entrez_id"]))):
        if known.notna().any():
            genes[name] = known
    return genes.astype(object).where(genes.notna(), None)


def pseudoautosomal_copies(identifiers: pd.Series, curation: Curation) -> np.ndarray:
    """Mark the rows of genes on Y that are also counted on X, (genes,) bool, and count them."""
    copies = identifiers.str.endswith(PSEUDOAUTOSOMAL_COPY).to_numpy(dtype=bool)
    curation.note_any(
        "pseudoautosomal copies", copies.sum(), len(copies), "left out: rows on Y of genes that are counted on X"
    )
    return copies


def strongest(values: np.ndarray, keys: pd.Series) -> np.ndarray:
    """Keep one column per key: the one with the highest mean, the first of equals.

    Parameters
    ----------
    values
        (samples, genes), NaN is left out of the means.
    keys
        (genes,) what makes two columns the same gene.

    Returns
    -------
    numpy.ndarray
        (genes,) bool.
    """
    present = np.count_nonzero(~np.isnan(values), axis=0)
    mean = np.nansum(values, axis=0, dtype=np.float64) / np.maximum(present, 1)
    order = np.argsort(-mean, kind="stable")
    kept = np.zeros(len(keys), dtype=bool)
    kept[order[~keys.iloc[order].duplicated().to_numpy()]] = True
    return kept
