"""Chinese Glioma Genome Atlas: RNA-seq of gliomas of all grades, with its clinical tables. It has no normal tissue."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from syncohort.core.cohort import TUMOUR
from syncohort.core.scale import Scale
from syncohort.sources.curation import Curation
from syncohort.sources.download.cache import Dataset
from syncohort.sources.download.fetched import find_file, open_zipped
from syncohort.sources.genes.annotation import annotate_genes
from syncohort.sources.matrices.joining import join_matrices
from syncohort.sources.matrices.matrix import Matrix
from syncohort.sources.raw import Conventions, Raw
from syncohort.sources.samples import harmonise
from syncohort.sources.samples.identity import note_unmatched

KEY = "source.cgga"
EXPRESSION, CLINICAL = "*RSEM-genes*.zip", "*_clinical*.zip"
# As in `Radio_status (treated=1;un-treated=0)`.
LEGEND = re.compile(r"^(?P<name>\w+)\s*\((?P<codes>[^)]*=[^)]*)\)$")
# The table of mRNAseq_693 has this column without the legend that the others have.
CENSOR = "Censor (alive=0;dead=1)"
HARMONISED = {"Histology": "histology", "Grade": "grade", "Gender": "sex", "Age": "age"}


def read(settings: dict[str, Any], datasets: Mapping[str, Dataset], curation: Curation) -> Raw:
    """Read data sets of CGGA, joined on the genes they share.

    A tumour is a patient of its own, since the tables do not tell which samples are of one patient.

    Parameters
    ----------
    settings
        The complete mapping `source.cgga`.
    datasets
        Name → fetched dataset.
    curation
        Where every rule is counted.

    Raises
    ------
    InputError
        When a file is damaged or not what CGGA publishes.
    """
    matrices, tables = [], []
    for dataset in datasets.values():
        matrix = read_expression(find_file(dataset, EXPRESSION, KEY))
        samples, genes = matrix.values.shape
        name = dataset.name.partition("/")[2]
        curation.note("samples read", samples, samples, f"CGGA {name}")
        curation.note("genes read", genes, genes, f"CGGA {name}")
        matrices.append(matrix)
        with open_zipped(find_file(dataset, CLINICAL, KEY), KEY) as opened:
            tables.append(read_clinical(opened).assign(dataset=name))
    matrix, table = join_matrices(matrices, curation, KEY), pd.concat(tables)
    note_unmatched(matrix.samples.index, table.index, curation)
    matrix = matrix.subset(samples=np.asarray(matrix.samples.index.isin(table.index)))
    samples = table.loc[matrix.samples.index]
    samples = samples.assign(patient_id=samples.index, condition=TUMOUR, tissue="brain")
    total = len(samples)
    curation.note("samples without normal tissue", total, total, "all of CGGA's samples are tumours")
    return Raw(matrix, samples.astype(object).where(samples.notna(), None), Conventions(KEY, Scale("fpkm"), matrix=KEY))


def read_expression(path: Path) -> Matrix:
    """Read FPKM from a zipped table, genes in rows by symbol."""
    with open_zipped(path, KEY) as opened:
        table = pd.read_csv(opened, sep="\t", index_col=0, encoding="utf-8-sig")
    names = table.columns.str.strip().astype(object)
    genes = annotate_genes(pd.DataFrame({"id": table.index.astype(str)}))
    return Matrix(table.to_numpy(dtype=np.float32).T, pd.DataFrame(index=names), genes)


def read_clinical(opened: IO[bytes]) -> pd.DataFrame:
    """Read a clinical table: harmonised names, codes written out, None where nothing is known.

    Returns
    -------
    DataFrame
        (samples, ·) text, indexed by `CGGA_ID`.
    """
    # Lines end in a line feed, a carriage return or both; the parser takes each.
    table = pd.read_csv(opened, sep="\t", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    table = harmonise.text(table.rename(columns=str.strip)).set_index("CGGA_ID").rename_axis(None)
    table = decode(table.rename(columns={"Censor": CENSOR})).rename(columns=HARMONISED)
    return table.assign(sex=harmonise.sex(table["sex"]))


def decode(table: pd.DataFrame) -> pd.DataFrame:
    """Write out the codes that a column's heading explains: 1 in `Radio_status (treated=1;un-treated=0)` is `treated`.

    The legend leaves the heading; a code that it does not explain stays.
    """
    columns = {}
    for heading in table:
        legend = LEGEND.match(heading)
        if legend:
            pairs = (pair.rpartition("=") for pair in legend["codes"].split(";"))
            words = {code.strip(): word.strip() for word, _, code in pairs}
            columns[legend["name"]] = table[heading].replace(words)
        else:
            columns[heading] = table[heading]
    return pd.DataFrame(columns, index=table.index)
