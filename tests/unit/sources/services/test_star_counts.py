"""STAR count files: what is read of them, and what is refused."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncohort.core.errors import InputError
from syncohort.sources.services.star_counts import read_star_counts

HEADING = (
    "gene_id\tgene_name\tgene_type\tunstranded\tstranded_first\tstranded_second\ttpm_unstranded\tfpkm_unstranded"
    "\tfpkm_uq_unstranded"
)
FILE = f"""# gene-model: GENCODE v36
{HEADING}
N_unmapped\t\t\t5\t6\t7\t\t\t
N_multimapping\t\t\t5\t6\t7\t\t\t
N_noFeature\t\t\t5\t6\t7\t\t\t
N_ambiguous\t\t\t5\t6\t7\t\t\t
ENSG00000000003.15\tTSPAN6\tprotein_coding\t1373\t679\t694\t21.5\t6.5\t7.5
ENSG00000000005.6\tTNMD\tprotein_coding\t2\t1\t1\t0.25\t0.125\t0.5
ENSG00000002586.20_PAR_Y\tCD99\tprotein_coding\t0\t0\t0\t0\t0\t0
"""


@pytest.mark.parametrize(
    ("scale", "values"), [("counts", [1373, 2, 0]), ("tpm", [21.5, 0.25, 0]), ("fpkm", [6.5, 0.125, 0])]
)
def test_one_column_of_every_file(tmp_path, scale, values):
    paths = [tmp_path / name for name in ("a.tsv", "b.tsv")]
    paths[0].write_text(FILE)
    paths[1].write_text(FILE.replace("1373", "1").replace("21.5", "1").replace("\t6.5", "\t1"))
    matrix, genes, model = read_star_counts(paths, scale, "source.gdc")
    np.testing.assert_array_equal(matrix, np.array([values, [1, *values[1:]]], dtype=np.float32))
    assert genes["gene_id"].tolist() == ["ENSG00000000003.15", "ENSG00000000005.6", "ENSG00000002586.20_PAR_Y"]
    assert genes["gene_name"].tolist() == ["TSPAN6", "TNMD", "CD99"]
    assert set(genes["gene_type"]) == {"protein_coding"}
    assert model == "GENCODE v36"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (FILE.replace("v36", "v22"), r"b\.tsv has other genes \(3, GENCODE v22\) than .*a\.tsv \(3, GENCODE v36\)\."),
        (FILE.replace("0005.6", "0005.7"), "Give projects of one data release"),
        (FILE.rpartition("ENSG")[0], r"has other genes \(2, "),
        (FILE.replace("unstranded\tstranded_first", "first"), "no column 'unstranded', as STAR gene counts have"),
        (FILE.replace("\t2\t1\t1", "\t\t1\t1"), "lacks values in its column unstranded"),
        (FILE.replace("\t2\t1\t1", "\tmany\t1\t1"), "could not be read: .*many"),
        ("<html>", "no column 'gene_id'"),
    ],
    ids=["model", "version", "fewer", "column", "empty", "text", "page"],
)
def test_files_that_do_not_fit(tmp_path, content, message):
    paths = [tmp_path / name for name in ("a.tsv", "b.tsv")]
    paths[0].write_text(FILE)
    paths[1].write_text(content)
    with pytest.raises(InputError, match=f"^source\\.gdc: (?s:.*){message}"):
        read_star_counts(paths, "counts", "source.gdc")


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=f"^source\\.gdc: {re.escape(str(tmp_path))}/no.tsv does not exist"):
        read_star_counts([tmp_path / "no.tsv"], "counts", "source.gdc")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**24), st.floats(0, 1e6, width=32)), min_size=1, max_size=8))
def test_any_numbers_are_read_as_written(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("star") / "a.tsv"
    lines = [
        f"ENSG{number:011d}.1\tG{number}\tlncRNA\t{count}\t0\t0\t{tpm!r}\t0\t0"
        for number, (count, tpm) in enumerate(rows)
    ]
    path.write_text("\n".join(["# gene-model: GENCODE v36", HEADING, *lines]) + "\n")
    counts, tpm = (read_star_counts([path], scale, "key")[0][0] for scale in ("counts", "tpm"))
    assert counts.tolist() == [count for count, _ in rows]
    np.testing.assert_array_equal(tpm, np.array([tpm for _, tpm in rows], dtype=np.float32))
