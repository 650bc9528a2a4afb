"""The simulated cohort holds what was planted, and nothing else."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from syncohort.core.cohort import provenance_of, read_cohort, scale_of, write_cohort
from syncohort.core.errors import InputError
from syncohort.sources.cohorts.simulated import COVARIATES, simulate_cohort

SETTINGS = {
    "patients": 60,
    "normal_fraction": 0.5,
    "genes": 600,
    "modules": 6,
    "module_size": 40,
    "up": 40,
    "down": 40,
    "log2_fold_change": 2.5,
    "pathway_size": 40,
    "library_size_noise": 0.3,
    "covariate_genes": 20,
    "covariate_effect": 1.0,
    "zero_genes": 10,
    "zero_samples": 0,
    "biology": None,
}


@pytest.fixture(scope="module")
def simulated():
    return simulate_cohort(SETTINGS, seed=1)


@pytest.fixture(scope="module")
def log_counts(simulated):
    return np.log2(simulated.cohort.X + 1)


@pytest.fixture(scope="module")
def pairs(simulated):
    """Positions of tumour and normal of the matched patients."""
    tumour = (simulated.cohort.obs["condition"] == "tumour").to_numpy()
    patient = simulated.cohort.obs["patient_id"].to_numpy()
    _, first, second = np.intersect1d(patient[tumour], patient[~tumour], return_indices=True)
    return np.flatnonzero(tumour)[first], np.flatnonzero(~tumour)[second]


def test_shape_and_contract(simulated, tmp_path):
    cohort = simulated.cohort
    assert cohort.shape == (90, 600)
    assert cohort.obs["condition"].value_counts().to_dict() == {"tumour": 60, "normal": 30}
    assert cohort.obs["patient_id"].nunique() == 60
    assert scale_of(cohort).name == "counts"
    assert provenance_of(cohort)["seed"] == 1
    write_cohort(cohort, tmp_path / "cohort.h5ad")
    np.testing.assert_array_equal(read_cohort(tmp_path / "cohort.h5ad").X, cohort.X)


def test_a_patients_covariates_are_the_same_in_tumour_and_normal(simulated):
    by_patient = simulated.cohort.obs.groupby("patient_id", observed=True)
    assert (by_patient[list(COVARIATES)].nunique() == 1).all(axis=None)


def test_planted_fold_changes_are_measured(simulated, pairs):
    tumour, normal = pairs
    counts = simulated.cohort.X
    measured = np.log2((counts[tumour].mean(axis=0) + 1) / (counts[normal].mean(axis=0) + 1))
    planted = simulated.truth["log2_fold_change"].to_numpy()
    assert [(planted > 0).sum(), (planted < 0).sum(), (planted == 0).sum()] == [40, 40, 520]
    np.testing.assert_allclose(np.sort(np.abs(planted[planted != 0])), 2.5 * np.linspace(0.2, 1.8, 80))
    for sign in (-1, 0, 1):
        chosen = np.sign(planted) == sign
        assert measured[chosen].mean() == pytest.approx(planted[chosen].mean(), abs=0.15)
    assert np.abs(measured - planted).max() < 1.0


def test_paired_test_finds_the_planted_genes_and_no_others(simulated, log_counts, pairs):
    tumour, normal = pairs
    expressed = ~simulated.truth["all_zero"].to_numpy()
    p_value = np.ones(600)
    p_value[expressed] = stats.wilcoxon(log_counts[tumour][:, expressed], log_counts[normal][:, expressed]).pvalue
    found = p_value * 600 < 0.05
    planted = np.abs(simulated.truth["log2_fold_change"].to_numpy())
    assert found[planted > 1.0].all()
    assert not found[planted == 0].any()


def test_modules_are_correlated_and_other_genes_are_not(simulated, log_counts, pairs):
    # Within tumours of known level, so that neither the planted change nor rare counts blur the correlation.
    truth, tumour = simulated.truth, simulated.cohort.obs["condition"].to_numpy() == "tumour"
    high = (log_counts.mean(axis=0) > 4) & (truth["covariate"] == "").to_numpy()
    correlation = np.abs(np.corrcoef(log_counts[tumour][:, high].T))
    module = truth["module"].to_numpy()[high]
    same = (module[:, None] == module) & (module != "") & ~np.eye(len(module), dtype=bool)
    none = (module[:, None] == "") & (module == "") & ~np.eye(len(module), dtype=bool)
    assert correlation[same].mean() > 0.5
    assert correlation[none].mean() < 0.15


def test_pairs_are_alike(simulated, log_counts, pairs):
    tumour, normal = pairs
    unchanged = ((simulated.truth["log2_fold_change"] == 0) & ~simulated.truth["all_zero"]).to_numpy()
    residual = log_counts[:, unchanged] - log_counts[:, unchanged].mean(axis=0)
    matched = np.mean(residual[tumour] * residual[normal])
    shifted = np.mean(residual[tumour] * residual[np.roll(normal, 1)])
    assert matched > 3 * abs(shifted)


@pytest.mark.parametrize("name", COVARIATES)
def test_covariates_move_their_genes(simulated, log_counts, name):
    tumour = (simulated.cohort.obs["condition"] == "tumour").to_numpy()
    values = simulated.cohort.obs.loc[tumour, name]
    strength = values.cat.codes if isinstance(values.dtype, pd.CategoricalDtype) else values
    unit = np.std(strength) if name == "age" else 1.0
    slope = np.array([stats.linregress(strength, gene).slope for gene in log_counts[tumour].T]) * unit
    theirs = (simulated.truth["covariate"] == name).to_numpy()
    assert theirs.sum() == 20
    assert slope[theirs].mean() == pytest.approx(SETTINGS["covariate_effect"], abs=0.25)
    assert abs(slope[~theirs].mean()) < 0.15


def test_pathway_is_half_of_each_of_two_modules(simulated):
    module = simulated.truth.set_index("gene")["module"]
    pathway = simulated.gene_sets["DEMO_PATHWAY"]
    assert module[pathway].value_counts().to_dict() == {"MODULE_01": 20, "MODULE_02": 20}
    assert set(pathway) == set(simulated.truth.loc[simulated.truth["pathway"], "gene"])
    assert [len(genes) for name, genes in simulated.gene_sets.items() if name != "DEMO_PATHWAY"] == [40] * 6


@pytest.mark.parametrize(("modules", "size"), [(1, 15), (2, 15), (3, 80)])
def test_pathway_has_the_size_asked_for(modules, size):
    settings = {**SETTINGS, "modules": modules, "pathway_size": size}
    assert len(simulate_cohort(settings, seed=1).gene_sets["DEMO_PATHWAY"]) == size


def test_depth_varies_as_asked_and_is_taken_out(simulated):
    cohort = simulated.cohort
    assert np.log(cohort.obs["library_size"]).std() == pytest.approx(0.3, abs=0.12)
    np.testing.assert_allclose(cohort.X.sum(axis=1), cohort.obs["library_size"].median(), rtol=1e-4)


def test_zeros(simulated):
    empty = ~simulated.cohort.X.any(axis=0)
    assert empty[simulated.truth["all_zero"]].all()
    some = (simulated.cohort.X == 0).any(axis=0) & ~empty
    assert some.mean() > 0.05
    without = simulate_cohort({**SETTINGS, "zero_samples": 2}, seed=1).cohort
    assert (~without.X.any(axis=1)).sum() == 2
    assert np.isfinite(without.X).all()


def test_seed_decides():
    again = simulate_cohort(SETTINGS, seed=1)
    other = simulate_cohort(SETTINGS, seed=2)
    first = simulate_cohort(SETTINGS, seed=1)
    np.testing.assert_array_equal(first.cohort.X, again.cohort.X)
    pd.testing.assert_frame_equal(first.truth, again.truth)
    assert not np.array_equal(first.cohort.X, other.cohort.X)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"genes": 200},
            "source.simulated.genes: 200 genes cannot hold 6 modules of 40 and 10 genes without counts. "
            "Give at least 250 genes.",
        ),
        (
            {"pathway_size": 81},
            "source.simulated.pathway_size: a pathway of 81 genes does not fit into two modules of 40. "
            "Lower it, or raise source.simulated.module_size.",
        ),
        (
            {"zero_samples": 60},
            "source.simulated.zero_samples: 60 samples without counts would leave nothing of 60 patients. "
            "Give fewer than patients.",
        ),
    ],
)
def test_parts_that_do_not_fit(change, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        simulate_cohort({**SETTINGS, **change}, seed=1)


def test_more_planted_genes_than_expressed_ones():
    expected = (
        r"^source\.simulated\.genes: of 600 genes \d+ are expressed enough to carry a planted effect, and up \+ down "
        r"\+ 3 × covariate_genes asks for 640\. Raise genes, or lower these\.$"
    )
    with pytest.raises(InputError, match=expected):
        simulate_cohort({**SETTINGS, "up": 300, "down": 280}, seed=1)


def test_cohorts_of_one_biology_differ_in_their_patients_alone():
    one, other = (simulate_cohort(SETTINGS | {"biology": 7}, seed=seed) for seed in (1, 2))
    pd.testing.assert_frame_equal(one.truth, other.truth)
    assert one.gene_sets == other.gene_sets
    assert not np.array_equal(one.cohort.X, other.cohort.X)
    level = [np.log2(found.cohort.X + 1).mean(axis=0) for found in (one, other)]
    assert np.corrcoef(*level)[0, 1] > 0.99
    apart = simulate_cohort(SETTINGS | {"biology": 8}, seed=1)
    assert apart.gene_sets != one.gene_sets
