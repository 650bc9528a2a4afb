"""Features of planted tumours and of tables: what was planted is measured and found, bad tables are refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from syncohort.core.errors import InputError
from syncohort.core.kinds import read_kind
from syncohort.core.naming import fold_names
from syncohort.core.splits import IMAGED, split_patients
from syncohort.radiogenomics.evaluation import compare_models
from syncohort.radiogenomics.features import feature_names, measure_features, measure_label, read_feature_table, unit_of
from syncohort.radiogenomics.fold import make_fold
from syncohort.radiogenomics.pairing import pair_patients
from syncohort.radiogenomics.predictions import tabulate_predictions
from syncohort.radiogenomics.predictors import intercept, pca_ridge
from syncohort.sources.cohorts.simulated import PATHWAY, simulate_cohort
from syncohort.sources.volumes.planted_tumours import plant_tumours

REGIONS = ["enhancing", "oedema"]
SIMULATED = {
    "patients": 100,
    "normal_fraction": 0,
    "genes": 300,
    "modules": 4,
    "module_size": 25,
    "pathway_size": 10,
    "up": 0,
    "down": 0,
    "log2_fold_change": 0,
    "covariate_genes": 0,
    "covariate_effect": 0,
    "library_size_noise": 0.2,
    "zero_genes": 0,
    "zero_samples": 0,
    "biology": None,
}


def auc(scores, planted):
    """Chance that a planted gene scores above another."""
    return stats.mannwhitneyu(scores[planted], scores[~planted]).statistic / (planted.sum() * (~planted).sum())


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A hundred simulated patients, their measured tumours, and what is true of them."""
    simulated = simulate_cohort(SIMULATED, seed=1)
    modules = {name: genes for name, genes in simulated.gene_sets.items() if name != PATHWAY}
    folder = tmp_path_factory.mktemp("tumours")
    tumours = plant_tumours(simulated.cohort, modules, {"share": 1.0, "correlation": 0.8}, folder, seed=2)
    return simulated.cohort, modules, tumours.truth, measure_features(tumours.manifest, REGIONS, "unbiased")


def test_every_patient_has_every_feature(planted):
    _, _, _, features = planted
    assert list(features) == ["patient_id", *feature_names(REGIONS)]
    assert len(features) == 100
    assert features.notna().all(axis=None)
    assert (features["oedema_volume"] > 0).all()


@pytest.mark.parametrize(
    ("trait", "feature"),
    [("enhancing_radius", "enhancing_volume"), ("oedema_thickness", "oedema_surface_to_volume")],
)
def test_planted_genes_are_told_from_others(planted, trait, feature):
    cohort, modules, truth, features = planted
    patients, _ = pair_patients(cohort, features)
    target = patients.obsm["features"][feature]
    correlation = np.abs([stats.spearmanr(gene, target).statistic for gene in patients.to_df().to_numpy().T])
    module = truth.set_index("trait").loc[trait, "module"]
    assert auc(correlation, patients.var_names.isin(modules[module])) >= 0.9


def test_a_model_beats_the_median_on_held_out_patients(planted):
    cohort, _, _, features = planted
    patients, _ = pair_patients(cohort, features)
    names = pd.Series([*patients.obs_names, *patients.obs_names])
    strata = pd.Series(["tumour"] * len(patients) + [IMAGED] * len(patients))
    splits = split_patients(names, strata, folds=5, validation_fraction=0.1, seed=1)
    settings = {name: rule["default"] for name, rule in read_kind("pca-ridge", "radiogenomics").settings.items()}
    tables = {"ridge": [], "intercept": []}
    for split in fold_names(5):
        fold = make_fold(patients, splits, split, "strict")
        for name, model in (("ridge", pca_ridge), ("intercept", intercept)):
            given = fold.expression, fold.features, fold.everybody
            predicted = model.fit_predict(*given, settings, 1)
            tables[name].append(tabulate_predictions(fold, feature_names(REGIONS), predicted))
    tables = {name: pd.concat(parts) for name, parts in tables.items()}
    compared = compare_models(tables, ["intercept"]).query("measure == 'mae'").set_index("feature")
    assert compared.loc["enhancing_maximum_diameter", "p_adjusted"] < 0.01
    assert compared.loc["enhancing_maximum_diameter", "difference"] < 0


def test_a_region_that_is_absent_has_no_features():
    label = np.zeros((8, 8, 8), dtype=np.uint8)
    label[2:5, 2:5, 2:5] = 3
    found = measure_label(label, (1.0, 1.0, 1.0), REGIONS, "unbiased")
    assert set(found) == set(feature_names(["enhancing"]))
    assert found["enhancing_volume"] == 27


def test_units_are_known_for_features_of_shape():
    assert unit_of("oedema_surface_area") == "mm²"
    assert unit_of("VOLUME_ET") == ""


def write(path, text):
    path.write_text(text)
    return path


def test_a_table_is_read(tmp_path):
    path = write(tmp_path / "features.csv", "ID,Date,volume,shape\nA,2001.01.01,1.5,2\nB,2002.01.01,,3\n")
    table = read_feature_table({"patient": "ID", "columns": []}, path)
    assert list(table) == ["patient_id", "volume", "shape"]
    assert table["volume"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("columns", "text", "sentence"),
    [
        (["size"], "ID,volume\nA,1\n", "names the column size, and"),
        (["name"], "ID,name\nA,x\n", "features must be numbers, and name of .* holds text"),
        ([], "ID,name\nA,x\n", "features must be numbers, and no column of"),
        ([], "ID,volume\nA,1\nA,2\n", "has several rows for the patient A. Keep one row"),
    ],
    ids=["missing", "text", "nothing", "twice"],
)
def test_bad_tables_are_refused(tmp_path, columns, text, sentence):
    with pytest.raises(InputError, match=sentence):
        read_feature_table({"patient": "ID", "columns": columns}, write(tmp_path / "features.csv", text))


def test_too_few_modules_are_refused(planted, tmp_path):
    cohort, modules, _, _ = planted
    few = dict(list(modules.items())[:2])
    with pytest.raises(InputError, match=r"source.simulated.modules is 2. Raise it to 3"):
        plant_tumours(cohort, few, {"share": 1.0, "correlation": 0.8}, tmp_path, seed=1)
