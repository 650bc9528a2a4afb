"""Everything that can be wrong with a local source: one clear message each."""

import gzip
import lzma
import re
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest

from syncohort.core.errors import InputError

from ..conftest import MATRIX, SHEET

LONG = "gene\ts1\ts2\ts3\n" + "".join(f"G{row}\t{row}\t{row * 7 % 13}.25\t{row * row}\n" for row in range(1, 2000))
CUT = "Compressed file ended before the end-of-stream marker was reached"
BARCODES = "gene\tTCGA-A3-3358-01A\tTCGA-A3-3358-11A\nTP53\t100\t200\n"


@pytest.fixture
def refused(read, write, tmp_path):
    """Check the whole message; `{folder}` in it is the folder of the files."""

    def check(message: str, matrix: str | bytes = MATRIX, sheet: str | None = SHEET, name: str = "m.tsv", **settings):
        samples = write("s.tsv", sheet) if sheet is not None else None
        with pytest.raises(InputError) as caught:
            read(write(name, matrix), **{"samples": samples, **settings})
        assert str(caught.value) == message.replace("{folder}", str(tmp_path))

    return check


@pytest.mark.parametrize(
    ("matrix", "name", "settings", "message"),
    [
        pytest.param(
            gzip.compress(LONG.encode())[:4000],
            "m.tsv.gz",
            {},
            f"source.local.matrix: {{folder}}/m.tsv.gz could not be read: {CUT}. It may be cut off or damaged; "
            "fetch it again.",
            id="truncated gz",
        ),
        pytest.param(
            lzma.compress(LONG.encode())[:2000],
            "m.tsv.xz",
            {},
            f"source.local.matrix: {{folder}}/m.tsv.xz could not be read: {CUT}. It may be cut off or damaged; "
            "fetch it again.",
            id="truncated xz",
        ),
        pytest.param(
            b"<html>",
            "m.tsv.gz",
            {},
            "source.local.matrix: {folder}/m.tsv.gz could not be read: Not a gzipped file (b'<h'). It may be cut off "
            "or damaged; fetch it again.",
            id="not gz",
        ),
        pytest.param(
            MATRIX,
            "m.xlsx",
            {},
            "source.local.matrix: {folder}/m.xlsx is none of the formats that can be read: TSV, CSV or TXT (plain, "
            ".gz or .xz), .parquet or .h5ad.",
            id="format",
        ),
        pytest.param(
            "",
            "m.tsv",
            {},
            "source.local.matrix: {folder}/m.tsv is empty: a heading and at least one row of values were expected.",
            id="empty file",
        ),
        pytest.param(
            "gene\ts1\ts2\n",
            "m.tsv",
            {},
            "source.local.matrix: {folder}/m.tsv is empty: a heading and at least one row of values were expected.",
            id="heading only",
        ),
        pytest.param(
            "gene\nTP53\n",
            "m.tsv",
            {},
            "source.local.matrix: {folder}/m.tsv is empty: 1 genes × 0 samples were found. Expected a heading with "
            "sample names and one row per gene (or the reverse, by source.local.genes_in).",
            id="genes only",
        ),
        pytest.param(
            "gene\ts1\ts2\ts3\nTP53\t1\n",
            "m.tsv",
            {},
            "source.local.matrix: {folder}/m.tsv is not a table: its heading has 4 fields, its first row 2.",
            id="short first row",
        ),
        pytest.param(
            MATRIX + "MYC\t1\t2\t3\t4\n",
            "m.tsv",
            {},
            "source.local.matrix: {folder}/m.tsv is not a table: Error tokenizing data. C error: Expected 4 fields in "
            "line 4, saw 5. Every row needs as many fields as the heading.",
            id="long row",
        ),
        pytest.param(
            MATRIX.replace("1.5", "high"),
            "m.tsv",
            {},
            "source.local.matrix: {folder}/m.tsv holds text among its numbers: 'high' in row 'EGFR', column 's2'. "
            "Correct the value, leave the cell empty if it is missing, or remove the column if it is not a sample.",
            id="text",
        ),
        pytest.param(
            MATRIX.replace("1.5", "1,5"),
            "m.tsv",
            {},
            "source.local.matrix: {folder}/m.tsv holds text among its numbers: '1,5' in row 'EGFR', column 's2'. "
            "Correct the value, leave the cell empty if it is missing, or remove the column if it is not a sample.",
            id="decimal comma",
        ),
        pytest.param(
            "sample\tTP53\tEGFR\ns1\t100\t0\ns2\t20\tx\n",
            "m.tsv",
            {"genes_in": "columns"},
            "source.local.matrix: {folder}/m.tsv holds text among its numbers: 'x' in row 's2', column 'EGFR'. Correct "
            "the value, leave the cell empty if it is missing, or remove the column if it is not a sample.",
            id="text, genes in columns",
        ),
        pytest.param(
            MATRIX.replace("1.5", "inf"),
            "m.tsv",
            {},
            "source.local.matrix: {folder}/m.tsv holds an infinite value (inf in gene EGFR, sample s2). Replace it, or "
            "leave the cell empty if it is missing.",
            id="infinite",
        ),
        pytest.param(
            "gene\ts1\ts2\ts3\nTP53\t\tNA\t\n",
            "m.tsv",
            {},
            "source.local.matrix: {folder}/m.tsv holds no value: every cell is missing.",
            id="all missing",
        ),
        *(
            pytest.param(
                MATRIX.replace("1.5", "-1.5"),
                "m.tsv",
                {"scale": scale},
                f"source.local.scale: {{folder}}/m.tsv is declared {scale}, which is never negative, but its smallest "
                "value is -1.5 in gene EGFR, sample s2. If the values are logarithms, set source.local.scale: log2 and "
                "source.local.log2_offset.",
                id=f"negative {scale}",
            )
            for scale in ("counts", "tpm", "fpkm")
        ),
        pytest.param(
            MATRIX,
            "m.tsv",
            {"scale": "log2"},
            "source.local.scale: {folder}/m.tsv is declared log2, but its largest value is 250 in gene EGFR, sample "
            "s3; no expression reaches 2^50. Set source.local.scale to counts, tpm or fpkm.",
            id="log2 is counts",
        ),
        pytest.param(
            "gene\ts1\ts2\ts3\nTP53\t10\t-2.3\t3\n",
            "m.tsv",
            {"scale": "log2"},
            "source.local.log2_offset: {folder}/m.tsv is declared log2(x + 1), which is never below 0, but its "
            "smallest value is -2.3 in gene TP53, sample s2. Set source.local.log2_offset to the constant that was "
            "added before the logarithm, or to 0 if none was.",
            id="log2 offset",
        ),
        pytest.param(
            "gene\ts1\ts2\ts3\nTP53\t10\t\t3\n",
            "m.tsv",
            {"scale": "log2", "log2_offset": 0, "missing": "zero"},
            "source.local.missing: zero needs a scale on which an expression of zero has a value, and log2(x + 0) has "
            "none. Set source.local.missing: drop_genes, or source.local.log2_offset if it is not 0.",
            id="no zero",
        ),
        pytest.param(
            "gene\ts1\ts2\ts3\nTP53\t100\t\t3\nEGFR\t100\t\t3\n",
            "m.tsv",
            {},
            "source.local.missing: no gene is left, since every one of 2 has a missing value; sample 's2' lacks 2. Set "
            "source.local.missing: zero, or remove such samples from the sheet.",
            id="every gene incomplete",
        ),
        pytest.param(
            "gene\ts1\ts2\ts3\n?\t100\t1\t3\n",
            "m.tsv",
            {},
            "source.local.matrix: no row has a gene name. The first column must hold gene symbols or ids.",
            id="no names",
        ),
        pytest.param(
            MATRIX.replace("s3", "s1"),
            "m.tsv",
            {},
            "source.local.matrix: {folder}/m.tsv names the sample 's1' more than once (1 repeated names). Every sample "
            "needs a name of its own.",
            id="duplicate samples",
        ),
        pytest.param(
            MATRIX.replace("s", "x"),
            "m.tsv",
            {},
            "source.local.samples: the sheet and the matrix share no samples; the matrix has 'x1', the sheet has 's1'. "
            "Use the same names in both, or set source.local.columns.sample to the column with the matrix's names.",
            id="no shared samples",
        ),
        pytest.param(
            "sample\tTP53\tEGFR\ns1\t100\t0\ns2\t20\t1.5\n",
            "m.tsv",
            {},
            "source.local.samples: the sheet and the matrix share no samples; the matrix has 'TP53', the sheet has "
            "'s1'. The sheet's names are among the genes: set source.local.genes_in: columns.",
            id="orientation",
        ),
        pytest.param(
            MATRIX,
            "m.tsv",
            {"genes_in": "columns"},
            "source.local.samples: the sheet and the matrix share no samples; the matrix has 'TP53', the sheet has "
            "'s1'. The sheet's names are among the genes: set source.local.genes_in: rows.",
            id="the other orientation",
        ),
    ],
)
def test_matrix(refused, matrix, name, settings, message):
    refused(message, matrix=matrix, name=name, **settings)


@pytest.mark.parametrize(
    ("sheet", "settings", "message"),
    [
        pytest.param(
            SHEET.replace("sample_id", "sample_ID"),
            {},
            "source.local.columns.sample: {folder}/s.tsv has no column 'sample_id'; did you mean sample_ID? Its "
            "columns: sample_ID, patient_id, condition, sex, age.",
            id="sample column",
        ),
        pytest.param(
            SHEET.replace("patient_id", "patient"),
            {},
            "source.local.columns.patient: the sample sheet has no column 'patient_id'; did you mean patient? Its "
            "columns: sample_id, patient, condition, sex, age. Set source.local.columns.patient to the column, or to "
            "null if the sheet does not tell.",
            id="near patient column",
        ),
        pytest.param(
            SHEET,
            {"columns": {"sample": "sample_id", "patient": "patient_id", "condition": "tissue_type"}},
            "source.local.columns.condition: the sample sheet has no column 'tissue_type'. Its columns: sample_id, "
            "patient_id, condition, sex, age. Set source.local.columns.condition to the column, or to null if the "
            "sheet does not tell.",
            id="condition column",
        ),
        pytest.param(
            SHEET.replace("s3", "s1"),
            {},
            "source.local.samples: {folder}/s.tsv names the sample 's1' more than once (1 repeated names). Leave one "
            "row per sample.",
            id="repeated row",
        ),
        pytest.param(
            "sample_id\tpatient_id\n",
            {},
            "source.local.samples: {folder}/s.tsv is empty: a heading and a row per sample were expected.",
            id="empty",
        ),
        pytest.param(
            "",
            {},
            "source.local.samples: {folder}/s.tsv is not a table: No columns to parse from file.",
            id="no bytes",
        ),
        pytest.param(
            SHEET.replace("\tp1\tnormal", "\t\tnormal"),
            {},
            "source.local.columns.patient: the column 'patient_id' is empty for 1 of 3 samples, such as 's2'. Name "
            "their patients, or leave these samples out of the sheet.",
            id="patient unknown",
        ),
        pytest.param(
            SHEET.replace("tumour", "Tumor").replace("normal", ""),
            {},
            "source.local.conditions: no sample has one of the labels tumour, normal in the column 'condition'; it "
            "holds (empty) (1), Tumor (2). Set source.local.conditions.tumour and .normal to its labels.",
            id="labels",
        ),
        pytest.param(
            SHEET,
            {"keep": {"grade": ["WHO IV"]}},
            "samples.keep: the sample sheet has no column 'grade'. Its columns: sample_id, patient_id, condition, sex, "
            "age.",
            id="keep column",
        ),
        pytest.param(
            SHEET,
            {"keep": {"sex": ["femal"]}},
            "samples.keep.sex: no sample has the value 'femal'; did you mean female? Its values: female, male.",
            id="keep value",
        ),
        pytest.param(
            SHEET,
            {"keep": {"sex": ["female"], "condition": ["normal"]}},
            "samples.keep: no sample has a value asked for in each of sex, condition. Ask for fewer.",
            id="keep nothing",
        ),
        pytest.param(
            SHEET,
            {"covariates": {"categorical": ["sexe"]}},
            "covariates.categorical: the sample sheet has no column 'sexe'; did you mean sex? Its columns: sample_id, "
            "patient_id, condition, sex, age.",
            id="unknown covariate",
        ),
        pytest.param(
            SHEET,
            {"covariates": {"categorical": ["condition"]}},
            "covariates.categorical: 'condition' is always part of the cohort. Remove it there.",
            id="own column",
        ),
        pytest.param(
            SHEET.replace("\tfemale", "\tmale"),
            {"covariates": {"categorical": ["sex"]}},
            "covariates.categorical: the covariate 'sex' is 'male' in all 3 samples, so nothing can be learnt from it. "
            "Remove it, or keep more samples (samples.keep).",
            id="one level",
        ),
        pytest.param(
            SHEET.replace("47.5", "61"),
            {"covariates": {"numeric": ["age"]}},
            "covariates.numeric: the covariate 'age' is '61' in all 3 samples, so nothing can be learnt from it. "
            "Remove it, or keep more samples (samples.keep).",
            id="constant number",
        ),
        pytest.param(
            SHEET.replace("47.5", "NA"),
            {"covariates": {"numeric": ["age"]}},
            "covariates.numeric: the covariate 'age' is missing in 1 of 3 samples, such as 's3'. Set "
            "covariates.missing: drop_samples to leave these samples out, or remove the covariate.",
            id="missing covariate",
        ),
        pytest.param(
            re.sub(r"\t(61|47.5)\n", "\tNA\n", SHEET),
            {"covariates": {"numeric": ["age"], "missing": "drop_samples"}},
            "covariates.missing: drop_samples leaves no sample, since each lacks a covariate. Remove the emptiest one.",
            id="no sample complete",
        ),
        pytest.param(
            SHEET,
            {"covariates": {"numeric": ["sex"]}},
            "covariates.numeric: the covariate 'sex' holds 'male' (sample 's1'), which is not a number. Correct the "
            "sheet, or move it to covariates.categorical.",
            id="text in a numeric covariate",
        ),
        pytest.param(
            SHEET.replace("47.5", "inf"),
            {"covariates": {"numeric": ["age"]}},
            "covariates.numeric: the covariate 'age' holds 'inf' (sample 's3'), which is not a number. Correct the "
            "sheet, or move it to covariates.categorical.",
            id="infinite covariate",
        ),
    ],
)
def test_sheet(refused, sheet, settings, message):
    refused(message, sheet=sheet, **settings)


def test_missing_files(read, matrix, tmp_path):
    tail = f"does not exist. Paths are relative to the folder the workflow runs in ({Path.cwd()})."
    with pytest.raises(InputError, match=f"^{re.escape(f'source.local.matrix: {tmp_path}/no.tsv {tail}')}$"):
        read(str(tmp_path / "no.tsv"))
    with pytest.raises(InputError, match=f"^{re.escape(f'source.local.samples: {tmp_path}/no.tsv {tail}')}$"):
        read(matrix, samples=str(tmp_path / "no.tsv"))


@pytest.mark.parametrize("name", ["m.parquet", "m.h5ad"])
def test_truncated_binary_files(read, tmp_path, name):
    path = tmp_path / name
    if name.endswith("h5ad"):
        anndata.AnnData(np.ones((50, 50), dtype=np.float32)).write_h5ad(path)
    else:
        pd.DataFrame(np.ones((50, 50))).rename(columns=str).to_parquet(path)
    path.write_bytes(path.read_bytes()[:1500])
    expected = rf"^source\.local\.matrix: {re.escape(str(path))} could not be read: .*It may be cut off or damaged; "
    with pytest.raises(InputError, match=f"(?s){expected}fetch it again\\.$"):
        read(str(path))


def test_text_in_parquet(read, tmp_path):
    path = tmp_path / "m.parquet"
    pd.DataFrame({"gene": ["TP53", "EGFR"], "s1": ["1", "x"], "s2": [1.0, 2.0]}).to_parquet(path)
    message = (
        f"source.local.matrix: {path} holds text among its numbers: 'x' in row 'EGFR', column 's1'. Correct the value, "
        "leave the cell empty if it is missing, or remove the column if it is not a sample."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read(str(path))


def test_text_encoding(refused):
    refused(
        "source.local.matrix: {folder}/m.tsv could not be read: 'utf-8' codec can't decode byte 0xe9 in position 5: "
        "invalid continuation byte. It may be cut off or damaged; fetch it again.",
        matrix="gène\ts1\n".encode("latin-1").replace(b"g\xe8ne", b"gene\t\xe9") + b"TP53\t1\t2\n",
    )


def test_names_that_tell_nothing(refused):
    refused(
        "source.local.samples is not set, and 3 of 3 sample names, such as 's1', are not TCGA barcodes like "
        "TCGA-A3-3358-01A, so patient and condition are unknown. Give a sample sheet (TSV or CSV) in "
        "source.local.samples with a row per sample: a column with these names (source.local.columns.sample), and the "
        "patient and the condition where they are known.",
        sheet=None,
    )


def test_barcodes_in_the_rows(refused):
    refused(
        "source.local.samples is not set, and 2 of 2 sample names, such as 'TP53', are not TCGA barcodes like "
        "TCGA-A3-3358-01A, so patient and condition are unknown. There are barcodes among the genes: set "
        "source.local.genes_in: columns.",
        matrix="sample\tTP53\tEGFR\nTCGA-A3-3358-01A\t100\t200\n",
        sheet=None,
    )


def test_controls_only(refused):
    refused(
        "source.local.matrix: all 1 samples, such as 'TCGA-A3-3358-20A', are neither tumour (TCGA sample type 01–09) "
        "nor normal (10–19). Give tumour samples.",
        matrix="gene\tTCGA-A3-3358-20A\nTP53\t100\n",
        sheet=None,
    )


def test_some_barcodes_and_no_condition(refused):
    refused(
        "source.local.columns.condition: no condition is given, and only 1 of 2 sample names are TCGA barcodes. Add a "
        "column with tumour or normal to the sheet and name it there.",
        matrix="gene\tTCGA-A3-3358-01A\tGTEX-S3XE\nTP53\t100\t100\n",
        sheet="sample_id\tpatient_id\nTCGA-A3-3358-01A\ta\nGTEX-S3XE\tb\n",
    )


@pytest.mark.parametrize(
    ("settings", "key", "name"),
    [
        ({"covariates": {"categorical": ["sex"]}}, "covariates.categorical", "sex"),
        ({"keep": {"grade": ["G3"]}}, "samples.keep", "grade"),
    ],
)
def test_columns_without_a_sheet(refused, settings, key, name):
    refused(
        f"{key}: {name!r} is asked for, but there is no sample sheet. Set source.local.samples, or remove it there.",
        matrix=BARCODES,
        sheet=None,
        **settings,
    )


def test_sample_in_two_files(read, write, sheet):
    first, second = write("a.tsv", MATRIX), write("b.tsv", "gene\ts3\nTP53\t100\n")
    message = (
        "source.local.matrix: the sample 's3' is in more than one file (1 such samples). Every sample needs a name of "
        "its own."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read([first, second], samples=sheet)


def test_files_without_shared_genes(read, write, sheet):
    first, second = write("a.tsv", MATRIX), write("b.tsv", "gene\ts4\nENSG00000141510\t100\n")
    message = "source.local.matrix: the files share no genes. Give files that name genes in the same way."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read([first, second], samples=sheet)
