"""Local cohorts: formats, orientation, who is who, and the counted rules, on tables small enough to check by eye."""

import gzip
import io
import logging
import lzma
import re

import anndata
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from syncohort.core.cohort import curation_of, provenance_of, read_cohort, scale_of, write_cohort
from syncohort.core.io import sha256

from ..conftest import MATRIX, SHEET

VALUES = np.array([[100, 0], [20, 1.5], [30, 250]], dtype=np.float32)


def assert_is_the_example(cohort):
    assert cohort.obs_names.tolist() == ["s1", "s2", "s3"]
    assert cohort.var_names.tolist() == ["TP53", "EGFR"]
    np.testing.assert_array_equal(cohort.X, VALUES)
    assert cohort.obs["patient_id"].tolist() == ["p1", "p1", "p2"]
    assert cohort.obs["condition"].tolist() == ["tumour", "normal", "tumour"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m.tsv", MATRIX.encode()),
        ("m.txt", MATRIX.encode()),
        ("m.csv", MATRIX.replace("\t", ",").encode()),
        ("m.tsv.gz", gzip.compress(MATRIX.encode())),
        ("m.csv.xz", lzma.compress(MATRIX.replace("\t", ",").encode())),
        ("bom.tsv", b"\xef\xbb\xbf" + MATRIX.encode()),
        ("crlf.tsv", MATRIX.replace("\n", "\r\n").encode()),
        ("cr.tsv", MATRIX.replace("\n", "\r").encode()),
        ("quoted.csv", re.sub(r"[^\t\n]+", r'"\g<0>"', MATRIX).replace("\t", ",").encode()),
        ("r_write_table.txt", MATRIX.replace("gene\t", "").encode()),
        ("annotated.tsv", re.sub(r"^(\w+)", r"\1\tgene_type", MATRIX, flags=re.MULTILINE).encode()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # a gzip header holds the time: no name for a test
)
def test_text_formats(read, write, sheet, name, content):
    assert_is_the_example(read(write(name, content), samples=sheet))


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_sheet_endings_byte_order_mark_and_commas(read, write, matrix, ending):
    content = SHEET.replace("\t", ",").replace("\n", ending)
    assert_is_the_example(read(matrix, samples=write("sheet.csv", b"\xef\xbb\xbf" + content.encode())))


def test_genes_in_columns(read, write, sheet):
    path = write("m.tsv", "sample\tTP53\tEGFR\ns1\t100\t0\ns2\t20\t1.5\ns3\t30\t250\n")
    assert_is_the_example(read(path, samples=sheet, genes_in="columns"))


@pytest.mark.parametrize("indexed", [True, False])
def test_parquet(read, sheet, tmp_path, indexed):
    frame = pd.DataFrame(VALUES.T, index=pd.Index(["TP53", "EGFR"], name="gene"), columns=["s1", "s2", "s3"])
    path = tmp_path / "m.parquet"
    (frame if indexed else frame.reset_index()).to_parquet(path)
    assert_is_the_example(read(str(path), samples=sheet))


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_h5ad_brings_its_own_sheet(read, tmp_path, form):
    obs = pd.read_csv(io.StringIO(SHEET), sep="\t", index_col=0)
    var = pd.DataFrame({"gene_name": ["TP53", "EGFR"]}, index=["ENSG00000141510.18", "ENSG00000146648.19"])
    anndata.AnnData(form(VALUES), obs=obs, var=var).write_h5ad(tmp_path / "m.h5ad")
    cohort = read(str(tmp_path / "m.h5ad"), genes_in="rows", covariates={"categorical": ["sex"], "numeric": ["age"]})
    assert_is_the_example(cohort)
    assert cohort.var["ensembl_id"].tolist() == ["ENSG00000141510", "ENSG00000146648"]
    assert cohort.obs["age"].tolist() == [61, 61, 47.5]


def test_a_cohort_file_is_a_source(read, matrix, sheet, tmp_path):
    cohort = read(matrix, samples=sheet)
    write_cohort(cohort, tmp_path / "cohort.h5ad")
    assert_is_the_example(read(str(tmp_path / "cohort.h5ad")))


def test_covariates_and_their_types(read, matrix, sheet, tmp_path):
    cohort = read(matrix, samples=sheet, covariates={"categorical": ["sex"], "numeric": ["age"]})
    assert cohort.obs.columns.tolist() == ["patient_id", "condition", "sex", "age"]
    assert cohort.obs["sex"].cat.categories.tolist() == ["female", "male"]
    assert cohort.obs["age"].dtype == float
    write_cohort(cohort, tmp_path / "cohort.h5ad")
    assert read_cohort(tmp_path / "cohort.h5ad").obs["sex"].tolist() == ["male", "male", "female"]


def test_provenance_names_every_file(read, write, matrix, sheet):
    other = write("other.tsv", MATRIX.replace("s1\ts2\ts3", "TCGA-A3-3358-01A\tTCGA-A3-3358-11A\tTCGA-A3-3359-01A"))
    record = provenance_of(read([matrix], samples=sheet))
    assert record["inputs"] == {matrix: sha256(matrix), sheet: sha256(sheet)}
    assert record["seed"] == 1
    assert record["settings"]["source"]["local"]["scale"] == "tpm"
    assert provenance_of(read([other]))["inputs"] == {other: sha256(other)}


def test_scale_is_declared(read, matrix, sheet):
    assert scale_of(read(matrix, samples=sheet, scale="fpkm")).name == "fpkm"


def test_labels_of_the_condition(read, write, matrix, counted):
    sheet = write("s.tsv", SHEET.replace("\ttumour", "\tTumor").replace("s2\tp1\tnormal", "s2\tp1\tmetastasis"))
    cohort = read(matrix, samples=sheet, conditions={"tumour": ["Tumor"], "normal": ["normal"]})
    assert cohort.obs_names.tolist() == ["s1", "s3"]
    assert counted(curation_of(cohort))["samples neither tumour nor normal"] == (1, 3)
    assert "metastasis (1)" in curation_of(cohort)["rule"].str.cat()


def test_sheet_without_patient_and_condition(read, write, matrix, counted):
    cohort = read(matrix, samples=write("s.tsv", "sample_id\tage\ns1\t1\ns2\t2\ns3\t3\n"))
    assert cohort.obs["patient_id"].tolist() == ["s1", "s2", "s3"]
    assert set(cohort.obs["condition"]) == {"tumour"}
    lines = counted(curation_of(cohort))
    assert lines["samples without condition"] == lines["patients from names"] == (3, 3)


def test_barcodes_alone(read, write, counted):
    names = ["TCGA-A3-3358-01B", "TCGA-A3-3358-01A", "TCGA-A3-3358-11A", "TCGA-A3-3359-20A", "TCGA-A3-3360-01B"]
    cohort = read(write("m.tsv", "gene\t" + "\t".join(names) + "\nTP53\t1\t2\t3\t4\t500\n"))
    assert cohort.obs_names.tolist() == ["TCGA-A3-3358-01A", "TCGA-A3-3358-11A", "TCGA-A3-3360-01B"]
    assert cohort.obs["condition"].tolist() == ["tumour", "normal", "tumour"]
    assert cohort.obs["patient_id"].tolist() == ["TCGA-A3-3358", "TCGA-A3-3358", "TCGA-A3-3360"]
    assert cohort.X.ravel().tolist() == [2, 3, 500]
    lines = counted(curation_of(cohort))
    assert lines["samples neither tumour nor normal"] == (1, 5)
    assert lines["repeated samples"] == (1, 4)


def test_barcodes_fill_what_the_sheet_lacks(read, write):
    names = ["TCGA-A3-3358-01A", "TCGA-A3-3358-11A"]
    sheet = write("s.tsv", "sample_id\tsex\n" + "".join(f"{name}\tmale\n" for name in names))
    cohort = read(write("m.tsv", "gene\t" + "\t".join(names) + "\nTP53\t100\t200\n"), samples=sheet)
    assert cohort.obs["condition"].tolist() == ["tumour", "normal"]
    assert set(cohort.obs["patient_id"]) == {"TCGA-A3-3358"}


def test_two_tissues_of_a_donor_are_no_repetition(read, write, matrix):
    sheet = write(
        "s.tsv",
        "sample_id\tpatient_id\tcondition\ttissue\n"
        + "".join(f"s{number}\tp1\tnormal\t{tissue}\n" for number, tissue in ((1, "lung"), (2, "liver"), (3, "lung"))),
    )
    assert read(matrix, samples=sheet).obs_names.tolist() == ["s1"]
    assert read(matrix, samples=sheet, covariates={"categorical": ["tissue"]}).obs_names.tolist() == ["s1", "s2"]


def test_partial_overlap_is_counted(read, write, matrix, counted):
    sheet = write("s.tsv", SHEET.replace("s3\tp2", "s4\tp2"))
    cohort = read(matrix, samples=sheet)
    assert cohort.obs_names.tolist() == ["s1", "s2"]
    lines = counted(curation_of(cohort))
    assert lines["samples without a row in the sheet"] == (1, 3)
    assert lines["sheet rows without expression"] == (1, 3)


def test_keep(read, matrix, sheet, counted):
    cohort = read(matrix, samples=sheet, keep={"sex": ["male"], "age": [61]})
    assert cohort.obs_names.tolist() == ["s1", "s2"]
    assert counted(curation_of(cohort))["samples by sex"] == (1, 3)


def test_missing_covariates_can_be_left_out(read, write, matrix, counted):
    sheet = write("s.tsv", SHEET.replace("\t61\ns2", "\tNA\ns2"))
    cohort = read(matrix, samples=sheet, covariates={"numeric": ["age"], "missing": "drop_samples"})
    assert cohort.obs_names.tolist() == ["s2", "s3"]
    assert counted(curation_of(cohort))["samples without age"] == (1, 3)


def test_gene_rules(read, write, sheet, counted):
    rows = [
        "?|1\t9\t9\t9",
        "TP53|7157\t1\t1\t1",
        "SLC35E2|728661\t60\t50\t40",
        "SLC35E2|9906\t5\t6\t700",
        "MYC|4609\t1\t\t3",
        "EGFR|1956\tNA\t2\t3",
    ]
    cohort = read(write("m.tsv", "gene_id\ts1\ts2\ts3\n" + "\n".join(rows) + "\n"), samples=sheet)
    assert cohort.var["entrez_id"].to_dict() == {"TP53": "7157", "SLC35E2": "9906"}
    assert cohort.X[:, 1].tolist() == [5, 6, 700]
    lines = counted(curation_of(cohort))
    assert lines["genes read"] == (6, 6)
    assert lines["genes without a name"] == (1, 6)
    assert lines["genes with missing values"] == (2, 5)
    assert lines["repeated gene symbols"] == (1, 3)
    assert lines["genes in the cohort"] == (2, 2)


@pytest.mark.parametrize(("scale", "offset", "zero"), [("tpm", 1, 0.0), ("log2", 1, 0.0), ("log2", 0.25, -2.0)])
def test_missing_as_not_detected(read, write, sheet, scale, offset, zero):
    path = write("m.tsv", "gene\ts1\ts2\ts3\nTP53\t\t2.5\t30\nEGFR\t1.5\tnan\t40\n")
    cohort = read(path, samples=sheet, scale=scale, log2_offset=offset, missing="zero")
    np.testing.assert_array_equal(cohort.X, np.array([[zero, 1.5], [2.5, zero], [30, 40]], dtype=np.float32))


def test_library_size(read, write, sheet):
    path = write("m.tsv", "gene\ts1\ts2\ts3\nTP53\t100\t60\t100\nEGFR\t300\t20\t100\n")
    cohort = read(path, samples=sheet, scale="counts")
    assert cohort.obs["library_size"].tolist() == [400, 80, 200]
    np.testing.assert_allclose(cohort.X, [[50, 150], [150, 50], [100, 100]])
    raw = read(path, samples=sheet, scale="counts", library_size="none")
    np.testing.assert_array_equal(raw.X, [[100, 300], [60, 20], [100, 100]])
    assert "library_size" not in raw.obs


def test_join_of_two_files(read, write, sheet, counted):
    first = write("a.tsv", "Hugo_Symbol\tEntrez_Gene_Id\ts1\nA\t 1\t10\nB\t2\t20\nC\t3\t30\n")
    second = write("b.tsv", "Hugo_Symbol\tEntrez_Gene_Id\ts3\ts2\nC\t3\t31\t32\nD\t4\t41\t42\nA\t1\t110\t120\n")
    cohort = read([first, second], samples=sheet)
    assert cohort.obs_names.tolist() == ["s1", "s3", "s2"]
    assert cohort.var["entrez_id"].to_dict() == {"A": "1", "C": "3"}
    np.testing.assert_array_equal(cohort.X, [[10, 30], [110, 31], [120, 32]])
    assert counted(curation_of(cohort))["genes not in every file"] == (2, 4)


def test_linear_values_that_look_like_logarithms_are_a_warning(read, write, sheet, caplog):
    path = write("m.tsv", "gene\ts1\ts2\ts3\nTP53\t10.5\t7\t8\n")
    with caplog.at_level(logging.WARNING, logger="syncohort"):
        read(path, samples=sheet, scale="counts")
    assert caplog.messages == [
        f"source.local.scale: {path} is declared counts, but its values look like logarithms: the largest is 10.5 in "
        "gene TP53, sample s1. If they are, set source.local.scale: log2."
    ]


def test_few_whole_counts_are_no_reason_to_warn(read, write, sheet, caplog):
    read(write("m.tsv", "gene\ts1\ts2\ts3\nTP53\t10\t7\t8\n"), samples=sheet, scale="counts")
    assert not caplog.messages


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.floats(0, 1e6, width=32) | st.just(float("nan")), min_size=3, max_size=3), min_size=1, max_size=6
    ),
    st.sampled_from(["\t", ","]),
)
def test_any_matrix_is_read_as_written(tmp_path_factory, read, rows, separator):
    values = np.array([[60, 70.0, 80.0], *rows], dtype=np.float32)
    folder = tmp_path_factory.mktemp("any")
    path, sheet = folder / "m.csv", folder / "samples.tsv"
    sheet.write_text(SHEET)
    frame = pd.DataFrame(values, index=[f"G{number}" for number in range(len(values))], columns=["s1", "s2", "s3"])
    frame.to_csv(path, sep=separator, index_label="gene")
    cohort = read(str(path), samples=str(sheet))
    expected = frame.dropna()
    assert cohort.var_names.tolist() == expected.index.tolist()
    np.testing.assert_allclose(cohort.X, expected.to_numpy().T, rtol=1e-6)
