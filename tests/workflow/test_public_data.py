"""The study of the Cairo thesis from its real sources, as the invented services have them: download, run, report."""

import json
from collections.abc import Callable

import pandas as pd
import pytest
import yaml

from syncohort.core.cohort import curation_of, provenance_of, read_cohort
from syncohort.core.config import load_settings
from syncohort.core.naming import IMAGE_WINGS
from syncohort.sources.datasets.catalogue import public_datasets

from .conftest import ROOT, Workplace

SHIPPED = sorted(path.stem for path in (ROOT / "config/cohorts").glob("[!_]*.yaml"))
COHORTS = ["tcga-kirc", "cgga-gbm"]
# So that the training takes seconds; the pathway is an invented one.
MODELS = {"wgan-gp-thesis": {"preset": "thesis", "max_steps": 20, "validate_every": 10}}
QUICK = {
    "splits": {"folds": 2},
    "expression": {
        "pathway": {"kegg": "hsa99901"},
        "test": {"correction": "benjamini_hochberg"},
        "evaluate": {"draws": 2},
    },
}


@pytest.fixture
def study(server, tmp_path) -> Callable[..., Workplace]:
    """Make a working directory for shipped cohorts, whose sources are those of this computer."""

    def make(cohorts: list[str], overrides: dict) -> Workplace:
        place = Workplace(tmp_path / "study")
        (place / "config").mkdir(parents=True)
        configuration = {"cohorts": cohorts, "mirrors": server.mirrors, "overrides": overrides}
        (place / "config/config.yaml").write_text(yaml.safe_dump(configuration))
        return place

    return make


def test_a_dry_run_of_every_shipped_cohort_asks_nobody(study, server):
    cohorts = load_settings({"cohorts": SHIPPED}, [ROOT / "config/cohorts"]).cohorts
    datasets = {name: public_datasets(cohort.values) for name, cohort in cohorts.items()}
    planned = study(SHIPPED, {}).planned()
    assert planned["download_dataset"] == len(set().union(*datasets.values())) >= 50
    expression = [cohort.values["source"] for cohort in cohorts.values() if "expression" in cohort.wings]
    public = [source for source in expression if "simulated" not in source]
    assert planned["cohort_read_public"] == len(public) >= 18
    images = {wing: [name for name, cohort in cohorts.items() if wing in cohort.wings] for wing in IMAGE_WINGS}
    assert planned["mri_read_subjects"] == len(images["mri"]) >= 2
    assert planned["nodule_read_subjects"] == len(images["nodule"]) >= 2
    assert planned["nodule_read_clinical"] == 1
    assert planned["histology_read_images"] == len(images["histology"]) >= 1
    assert not server.requests


def test_the_thesis_study(study, server):
    study = study(COHORTS, QUICK)
    (study / "config/cohorts").mkdir()
    for cohort in COHORTS:
        shipped = yaml.safe_load((ROOT / f"config/cohorts/{cohort}.yaml").read_text())
        shipped["expression"]["models"] = MODELS
        (study / f"config/cohorts/{cohort}.yaml").write_text(yaml.safe_dump(shipped))
    printed = study.run("download")
    # The small KIRC has fewer pairs than the real one, and is told so.
    assert "TCGA-KIRC: 20 patients have tumour and normal tissue" in printed
    assert "TCGA-KIRC: at least 72 patients with tumour and normal tissue were expected" in printed
    assert not (study / "results").exists()
    asked = len(server.requests)
    study.run()
    assert len(server.requests) == asked, "after the download nothing is asked for"

    kirc = read_cohort(study / "results/tcga-kirc/cohort.h5ad")
    # One patient of 26 has no age; he is one of the 20 with normal tissue.
    assert kirc.obs["condition"].value_counts().to_dict() == {"tumour": 25, "normal": 19}
    assert curation_of(kirc).set_index("step").loc["samples neither tumour nor normal", "number"] == 2
    glioma = read_cohort(study / "results/cgga-gbm/cohort.h5ad")
    assert glioma.n_obs == 30
    assert {"PRS_type", "sex", "age"} <= set(glioma.obs)
    assert [dataset["name"] for dataset in provenance_of(glioma)["datasets"]] == ["cgga/mRNAseq_693"]

    for cohort in COHORTS:
        folder = study / "results" / cohort
        genes = pd.read_csv(folder / "expression/pathway/full/genes.tsv", sep="\t")
        assert (genes["status"] == "selected").sum() >= 27, "of 30 genes with a symbol, some are no protein-coding ones"
        assert (folder / "expression/pathway/synthetic.h5ad").exists()
        assert json.loads((folder / "report.json").read_text())["title"]
    page = (study / "results/tcga-kirc/report.html").read_text()
    for text in (
        "STAR gene counts (GENCODE v36) and clinical data of the project TCGA-KIRC",
        "Grossman RL",
        "Kanehisa",
    ):
        assert text in page
    page = (study / "results/cgga-gbm/report.html").read_text()
    assert "Zhao Z, Zhang KN" in page
    assert "left out: grade is not WHO IV" in page
