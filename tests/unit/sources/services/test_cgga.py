"""CGGA: odd tables made regular, grades chosen, data sets joined."""

import io
import zipfile

import pandas as pd
import pytest

from syncohort.core.cohort import curation_of, scale_of
from syncohort.core.errors import InputError
from syncohort.sources.services.cgga import decode, read_clinical
from tests.services import cgga as service


@pytest.fixture
def dataset(fetched):
    """Give a function that fetches a data set of the invented CGGA."""
    return lambda name: fetched(f"cgga/{name}", {file: body for file, body in service.files().items() if name in file})


def test_codes_are_written_out():
    heading = "Chemo_status (TMZ treated=1;un-treated=0)"
    table = decode(pd.DataFrame({heading: ["1", "0", None, "9"], "Grade": ["1", "0", "1", "1"]}))
    assert table.columns.tolist() == ["Chemo_status", "Grade"]
    assert table["Chemo_status"].tolist() == ["TMZ treated", "un-treated", None, "9"]
    assert table["Grade"].tolist() == ["1", "0", "1", "1"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_clinical_table(ending, mark):
    lines = ["CGGA_ID\tPRS_type\tGender\tAge\tCensor (alive=0; dead=1)", "CGGA_7\tPrimary\tMale  \t43\t1"]
    lines.append("CGGA_8\tRecurrent\tFemale \tNA\tNA")
    table = read_clinical(io.BytesIO(mark + ending.join([*lines, ""]).encode()))
    assert table.index.tolist() == ["CGGA_7", "CGGA_8"]
    assert table.loc["CGGA_7"].to_dict() == {"PRS_type": "Primary", "sex": "male", "age": "43", "Censor": "dead"}
    assert table.loc["CGGA_8", ["age", "Censor"]].isna().all()


def test_the_real_clinical_table(shared_data):
    """The numbers are those of the file: 393 `Male`, 4 `Male ` and 1 `Male  `; 290 `Female` and 5 `Female `."""
    path = shared_data / "glioma" / "CGGA.mRNAseq_693_clinical.20200506.txt"
    with open(path, "rb") as opened:
        table = read_clinical(opened)
    raw = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, index_col=0)
    assert table.shape[0] == 693
    assert table["sex"].value_counts().to_dict() == {"male": 398, "female": 295}
    assert table["grade"].value_counts()["WHO IV"] == (raw["Grade"] == "WHO IV").sum() == 249
    assert table["age"].isna().sum() == 1
    assert table["Censor"].value_counts().to_dict() == {
        "dead": (raw["Censor"] == "1").sum(),
        "alive": (raw["Censor"] == "0").sum(),
    }
    assert {"PRS_type", "OS", "Radio_status", "Chemo_status", "IDH_mutation_status"} <= set(table)


def test_glioblastoma(read_public, dataset, counted):
    cohort = read_public(
        {"cgga": {"datasets": ["mRNAseq_693"]}},
        [dataset("mRNAseq_693")],
        keep={"grade": ["WHO IV"]},
        covariates={"categorical": ["PRS_type", "sex"], "numeric": ["age"]},
    )
    assert cohort.n_obs == 30
    assert set(cohort.obs["condition"]) == {"tumour"}
    assert cohort.obs["patient_id"].tolist() == cohort.obs_names.tolist()
    assert cohort.obs["sex"].cat.categories.tolist() == ["female", "male"]
    assert scale_of(cohort).name == "fpkm"
    assert counted(curation_of(cohort))["samples by grade"] == (30, 60)


def test_two_data_sets_are_joined(read_public, dataset, counted):
    records = [dataset("mRNAseq_693"), dataset("mRNAseq_325")]
    source = {"cgga": {"datasets": ["mRNAseq_693", "mRNAseq_325"]}}
    cohort = read_public(source, records, covariates={"categorical": ["dataset"]})
    assert cohort.obs["dataset"].value_counts().to_dict() == {"mRNAseq_693": 60, "mRNAseq_325": 36}
    assert counted(curation_of(cohort))["genes not in every file"][0] == 2


def test_values_are_those_of_the_table(read_public, dataset):
    cohort = read_public({"cgga": {"datasets": ["mRNAseq_693"]}}, [dataset("mRNAseq_693")])
    packed = service.files()["CGGA.mRNAseq_693.RSEM-genes.20200506.txt.zip"]
    text = zipfile.ZipFile(io.BytesIO(packed)).read("CGGA.mRNAseq_693.RSEM-genes.20200506.txt").decode()
    heading, first = (line.split("\t") for line in text.splitlines()[:2])
    assert cohort[heading[5], first[0]].X.item() == pytest.approx(float(first[5]))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "holds 0 tables, and one was expected"),
        ({"a.txt": b"x", "b.txt": b"x"}, "holds 2 tables"),
    ],
)
def test_zips_that_hold_something_else(read_public, fetched, members, message):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    files = {**service.files(), "CGGA.mRNAseq_693.RSEM-genes.20200506.txt.zip": packed.getvalue()}
    record = fetched("cgga/mRNAseq_693", {name: body for name, body in files.items() if "693" in name})
    with pytest.raises(InputError, match=rf"^source\.cgga: .*{message}"):
        read_public({"cgga": {"datasets": ["mRNAseq_693"]}}, [record])


def test_what_macos_adds_is_passed_over(read_public, fetched):
    name = "CGGA.mRNAseq_693.RSEM-genes.20200506.txt.zip"
    packed = io.BytesIO(service.files()[name])
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("__MACOSX/._CGGA.mRNAseq_693.RSEM-genes.20200506.txt", b"\0")
    files = {**service.files(), name: packed.getvalue()}
    record = fetched("cgga/mRNAseq_693", {name: body for name, body in files.items() if "693" in name})
    assert read_public({"cgga": {"datasets": ["mRNAseq_693"]}}, [record]).n_obs == 60
