"""Radiogenomics of real patients: 52 glioblastomas of TCGA with expression and features of their MRI."""

import pandas as pd
import pytest

from syncohort.core.io import read_json, read_tsv

from .conftest import ROOT

DATA = ROOT.parent / "shared/data/radiomics"
FOLDER = "results/gbm/radiogenomics"
FEATURES = ["VOLUME_ET", "VOLUME_NET", "VOLUME_ED", "ECCENTRICITY_ET", "SOLIDITY_ET", "SOLIDITY_ED"]
COHORT = {
    # Centred values: nothing here needs them on the linear scale.
    "source": {"local": {"matrix": ["data/expression.tsv"], "scale": "log2", "log2_offset": 0}},
    "splits": {"folds": 2},
    "expression": {"selections": ["all"], "all": {"number": 20}, "models": {"normal": {"kind": "normal"}}},
    "radiogenomics": {
        "features": {"table": {"file": "data/features.csv", "patient": "ID", "columns": FEATURES}},
        "layers": [64, 32, 16, 8],
        "models": {
            "network": {"kind": "network", "pretrained": False, "learning_rates": [0.1], "max_steps": 200},
            "pca-ridge": {"kind": "pca-ridge", "permutations": 39},
            "intercept": {"kind": "intercept"},
        },
        "compare_with": ["intercept"],
        "permutations": 50,
    },
}


@pytest.mark.skipif(not DATA.is_dir(), reason=f"there are no real data in {DATA}")
def test_real_pairs_come_to_a_verdict(workplace):
    (workplace / "data").mkdir()
    expression = pd.read_csv(DATA / "TCGA_unified_CORE_ClaNC840.txt", sep="\t", index_col=0, skiprows=[1])
    expression.drop(columns=expression.columns[0]).to_csv(
        workplace / "data/expression.tsv", sep="\t", index_label="gene"
    )
    features = (DATA / "TCGA_GBM_radiomicFeatures.csv").read_bytes()
    (workplace / "data/features.csv").write_bytes(features)
    workplace.configure(gbm=COHORT)
    workplace.run()

    status = read_tsv(workplace / f"{FOLDER}/patients.tsv")["status"].value_counts().to_dict()
    assert status == {"expression only": 121, "paired": 52, "image only": 50}
    scores = read_tsv(workplace / f"{FOLDER}/scores.tsv")
    assert (scores["n"] == 52).all()
    assert scores["mae"].gt(0).all()
    found = read_json(workplace / "results/gbm/report.json")["radiogenomics"]
    assert found["verdict"] in (workplace / "results/gbm/report.html").read_text()
    assert "With 52 patients a single test finds R² ≥ 0.14 (|ρ| ≥ 0.38) with a power of 80 %" in found["verdict"]
    tested = read_tsv(workplace / f"{FOLDER}/permutations.tsv")
    assert tested["p_value"].between(1 / 40, 1).all()
    # So few patients show no strong association: whoever predicts half the variance here has seen the answers.
    assert scores["r2"].max() < 0.5
    assert 'href="gbm/report.html#radiogenomics"' in (workplace / "results/index.html").read_text()
