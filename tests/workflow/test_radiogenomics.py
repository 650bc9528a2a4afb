"""Radiogenomics in the real workflow: planted tumours, a table of features, and settings that do not fit."""

import copy

import pandas as pd
import pytest

from syncohort.core.io import read_json, read_tsv

MODELS = {
    "network": {"kind": "network", "max_steps": 60, "validate_every": 20, "inner_folds": 2, "permutations": 2},
    "elastic-net": {"kind": "elastic-net", "penalties": 10, "l1_ratios": [0, 1], "folds": 2},
    "intercept": {"kind": "intercept"},
}
RADIOGENOMICS = {
    "features": {"simulated": {}},
    "regions": ["enhancing"],
    "layers": [16, 8, 8, 4],
    "autoencoder": {"max_steps": 40, "validate_every": 20},
    "models": MODELS,
    "modules": {"number": 6, "smallest": 3},
    "permutations": 20,
}
COHORT = {
    "source": {"simulated": {"patients": 30, "genes": 90, "modules": 3, "module_size": 12, "pathway_size": 14, "up": 2,
                             "down": 2, "covariate_genes": 1, "zero_genes": 2}},
    "splits": {"folds": 2},
    "expression": {
        "selections": ["pathway"],
        "pathway": {"gene_sets": "results/pairs/gene_sets.gmt", "name": "DEMO_PATHWAY"},
        "models": {"normal": {"kind": "normal"}},
    },
    "radiogenomics": RADIOGENOMICS,
}  # fmt: skip
FOLDER = "results/pairs/radiogenomics"


def cohort(**radiogenomics):
    return copy.deepcopy(COHORT) | {"radiogenomics": copy.deepcopy(RADIOGENOMICS) | radiogenomics}


@pytest.fixture
def pairs(workplace):
    """A cohort of thirty patients, four in five with a tumour."""
    workplace.configure(pairs=cohort())
    return workplace


def test_from_simulation_to_the_page(pairs):
    pairs.run("results/pairs/report.html")
    status = read_tsv(pairs / f"{FOLDER}/patients.tsv")["status"].value_counts().to_dict()
    assert status == {"paired": 24, "expression only": 6}
    scores = read_tsv(pairs / f"{FOLDER}/scores.tsv")
    assert scores.groupby("model")["feature"].nunique().to_dict() == dict.fromkeys(MODELS, 10)
    assert (scores["n"] == 24).all()
    chosen = read_tsv(pairs / f"{FOLDER}/searches.tsv").query("chosen").set_index(["model", "split"])
    assert set(chosen.index) == {(name, fold) for name in ("autoencoder", "network") for fold in ("fold0", "fold1")}
    description = read_json(pairs / f"{FOLDER}/fold0/network/model.json")
    assert description["chosen"]["learning_rate"] == chosen.loc[("network", "fold0"), "learning_rate"]
    tested = read_tsv(pairs / f"{FOLDER}/permutations.tsv").groupby("model")["permutations"].unique()
    assert {model: list(number) for model, number in tested.items()} == {"network": [2]}
    assert not list((pairs / "work").rglob("*.*"))
    page = (pairs / "results/pairs/report.html").read_text()
    assert "Radiogenomics: image features from expression" in page
    assert "enhancing radius follows MODULE_01" in page
    assert (
        "The model elastic-net is one elastic net per feature (Zou and Hastie, 2005), with λ out of 10 values" in page
    )
    assert "Only 24 patients have both expression and images" in page


def test_as_published_the_learning_rate_is_chosen_by_the_patients_of_all_folds(pairs):
    network, rule = f"{FOLDER}/fold0/network/model.json", "radiogenomics_search_network"
    assert rule not in pairs.planned(network)
    pairs.configure(pairs=cohort(protocol="paper"))
    assert pairs.planned(network)[rule] == 2
    single = {"learning_rates": [0.3], "decays": [0.00005]}
    pairs.configure(pairs=cohort(protocol="paper", models={"network": MODELS["network"] | single}, compare_with=[]))
    assert rule not in pairs.planned(network)


def test_the_same_from_a_table(pairs):
    names = [f"P{number:03d}" for number in range(3, 33)]
    table = pd.DataFrame({"ID": names, "volume": range(30), "shape": [value % 7 for value in range(30)]})
    (pairs / "data").mkdir()
    table.to_csv(pairs / "data/features.csv", index=False)
    given = cohort(
        features={"table": {"file": "data/features.csv", "patient": "ID"}},
        models={"intercept": MODELS["intercept"] | {"permutations": 3}},
        compare_with=[],
    )
    pairs.configure(pairs=given)
    pairs.run(f"{FOLDER}/scores.tsv")
    status = read_tsv(pairs / f"{FOLDER}/patients.tsv")["status"].value_counts().to_dict()
    assert status == {"paired": 28, "expression only": 2, "image only": 2}
    assert read_tsv(pairs / f"{FOLDER}/permutations.tsv")["permutations"].tolist() == [3, 3]
    splits = read_tsv(pairs / "results/pairs/splits.tsv")
    assert splits["stratum"].value_counts().to_dict() == {"imaged+normal+tumour": 28, "imaged": 2, "normal+tumour": 2}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"features": {"labels": {}}},
            "radiogenomics.features.labels measures the tumours of mri, and the cohort has none",
        ),
        ({"features": {"table": {"file": "nowhere.csv"}}}, "radiogenomics.features.table.file names nowhere.csv"),
        ({"compare_with": ["ridge"]}, "radiogenomics.compare_with names ridge, which is no model"),
        ({"models": {"mine": {"kind": "lasso"}}}, "it must be one of boosted-trees, elastic-net, intercept, network"),
        ({"features": {}}, "radiogenomics.features"),
    ],
    ids=["labels", "file", "reference", "kind", "none"],
)
def test_settings_that_do_not_fit_are_refused_before_any_job(pairs, change, sentence):
    pairs.configure(pairs=cohort(**change))
    printed = pairs.fail("-n")
    assert sentence in printed
    assert "Traceback" not in printed
