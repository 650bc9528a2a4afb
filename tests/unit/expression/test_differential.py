import shutil
import subprocess
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from syncohort.core.cohort import make_cohort
from syncohort.core.errors import InputError
from syncohort.core.scale import Scale
from syncohort.expression.correction import adjust
from syncohort.expression.differential import compare_conditions
from syncohort.expression.fold_change import compared_samples, fold_change

GOLDEN = Path(__file__).parents[2] / "golden"
COUNTS = Scale("counts")


def paired_cohort(tumour: np.ndarray, normal: np.ndarray, scale: Scale = COUNTS) -> anndata.AnnData:
    """Cohort of (patients, genes) tumours and normals of the same patients, the normals in reverse order."""
    patients = [f"P{number:03}" for number in range(len(tumour))]
    samples = pd.DataFrame(
        {
            "patient_id": patients + patients[::-1],
            "condition": ["tumour"] * len(patients) + ["normal"] * len(patients),
        },
        index=[f"{patient}-T" for patient in patients] + [f"{patient}-N" for patient in patients[::-1]],
    )
    genes = pd.DataFrame(index=[f"G{number}" for number in range(tumour.shape[1])])
    return make_cohort(np.vstack([tumour, normal[::-1]]), samples, genes, scale, provenance={})


def kirc(shared_data: Path) -> tuple[pd.DataFrame, anndata.AnnData]:
    """The table with tumours left and normals right, and the cohort made of it."""
    table = pd.read_csv(shared_data / "kirc/KIRC_paired_log2.tsv.xz", sep="\t", index_col=0, keep_default_na=False)
    is_normal = table.columns.str[13:15].astype(int) >= 10
    tumours, normals = table.loc[:, ~is_normal], table.loc[:, is_normal]
    normals = normals.set_axis(normals.columns.str[:12], axis=1)[tumours.columns.str[:12]]
    cohort = paired_cohort(tumours.T.to_numpy(), normals.T.to_numpy(), Scale("log2", 0.0))
    cohort.var_names = table.index.astype(str)
    return pd.concat([tumours, normals], axis=1), cohort


def test_every_gene_of_kirc_agrees_with_r(shared_data, tmp_path):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    table, cohort = kirc(shared_data)
    table.to_csv(tmp_path / "kirc.tsv", sep="\t")
    script = GOLDEN / "wilcoxon_per_gene.R"
    subprocess.run(["Rscript", script, tmp_path / "kirc.tsv", tmp_path / "r.tsv"], check=True)
    r = pd.read_csv(tmp_path / "r.tsv", sep="\t", keep_default_na=False)

    test, change = compare_conditions(cohort), fold_change(cohort)
    assert test["gene"].tolist() == r["gene"].tolist()
    assert set(test["n"]) == {72}
    np.testing.assert_allclose(test["p_value"], r["digits"], rtol=1e-10)
    # R's default breaks ties by binary rounding: p moves in the second digit, and three genes at the border cross it.
    np.testing.assert_allclose(test["p_value"], r["plain"], rtol=0.15)
    significant = {how: adjust(r[how].to_numpy(), "bonferroni") <= 0.05 for how in ("digits", "plain")}
    assert significant["digits"].tolist() == test["significant"].tolist()
    assert test.loc[significant["digits"] != significant["plain"], "gene"].tolist() == ["DUT", "HHAT", "SHC2"]

    mean = np.exp2(table.to_numpy())
    by_hand = np.log2((mean[:, :72].mean(axis=1) + 1) / (mean[:, 72:].mean(axis=1) + 1))
    np.testing.assert_allclose(change["log2_fold_change"], by_hand, atol=1e-5)
    counts = [int((test["significant"] & (change["log2_fold_change"].abs() >= t)).sum()) for t in (1.5, np.log2(1.5))]
    assert counts == [int((significant["digits"] & (np.abs(by_hand) >= t)).sum()) for t in (1.5, np.log2(1.5))]
    assert counts == [700, 1607]


def test_pairs_are_matched_by_patient_and_unmatched_samples_left_out():
    rng = np.random.default_rng(0)
    tumour, normal = rng.poisson(50, (2, 20, 5)).astype(float)
    cohort = paired_cohort(tumour, normal)
    # Without their normals, the first four patients are no pairs, whatever their values.
    cohort = cohort[~cohort.obs_names.isin([f"P{number:03}-N" for number in range(4)])].copy()
    cohort.X[:4] *= 100
    test, change = compare_conditions(cohort), fold_change(cohort)
    differences = np.log1p(tumour[4:]) - np.log1p(normal[4:])
    assert test["n"].tolist() == [16] * 5
    expected = [stats.wilcoxon(gene, correction=True).pvalue for gene in np.round(differences.T, 5)]
    np.testing.assert_array_equal(test["p_value"], expected)
    np.testing.assert_array_equal(change["mean_tumour"], tumour[4:].mean(axis=0))
    np.testing.assert_array_equal(change["mean_normal"], normal[4:].mean(axis=0))


def test_equal_differences_are_ties_though_binary_separates_them():
    normal = np.arange(1, 21)[:, None] / 10
    cohort = paired_cohort(normal + 0.1, normal, Scale("log2"))
    differences = cohort.X[:20, 0] - cohort.X[20:, 0][::-1]
    assert len(set(differences.tolist())) > 1
    assert compare_conditions(cohort)["p_value"][0] == stats.wilcoxon(np.full(20, 0.1), correction=True).pvalue


def test_rank_sum_takes_all_samples_and_any_scale():
    rng = np.random.default_rng(3)
    tumour, normal = rng.poisson(30, (2, 12, 4)).astype(float)
    cohort = paired_cohort(tumour, normal)[:17].copy()
    test = compare_conditions(cohort, method="rank_sum", correction="benjamini_hochberg")
    expected = [
        stats.mannwhitneyu(t, n, method="asymptotic" if len({*t, *n}) < 17 else "exact").pvalue
        for t, n in zip(tumour.T, normal[7:].T, strict=True)
    ]
    assert test["n"].tolist() == [17] * 4
    np.testing.assert_allclose(test["p_value"], expected, rtol=1e-12)
    logs = make_cohort(np.log2(cohort.X + 1), cohort.obs, cohort.var, Scale("log2"), provenance={})
    pd.testing.assert_frame_equal(compare_conditions(logs, method="rank_sum", correction="benjamini_hochberg"), test)


def test_fold_change_by_hand():
    # Means 30 and 6 (counts): log2(31/7). Log2 of the same counts must give the same, the mean being linear.
    tumour, normal = np.tile([[20.0], [40.0]], (3, 1)), np.tile([[4.0], [8.0]], (3, 1))
    table = fold_change(paired_cohort(tumour, normal))
    assert table.iloc[0].tolist() == ["G0", 30, 6, np.log2(31 / 7)]
    logs = paired_cohort(np.log2(tumour + 1), np.log2(normal + 1), Scale("log2"))
    assert fold_change(logs)["log2_fold_change"][0] == pytest.approx(np.log2(31 / 7), abs=1e-6)
    assert fold_change(paired_cohort(normal, tumour), pseudo_count=2.0)["log2_fold_change"][0] == -2


def test_corrections_agree_with_r():
    golden = pd.read_csv(GOLDEN / "p_adjust.tsv", sep="\t")
    for correction in ("bonferroni", "benjamini_hochberg"):
        np.testing.assert_allclose(adjust(golden["p_value"].to_numpy(), correction), golden[correction], rtol=1e-14)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_corrections_keep_the_order_and_bonferroni_is_stricter(p_values):
    p_values = np.sort(p_values)
    bonferroni, discovery = (adjust(p_values, name) for name in ("bonferroni", "benjamini_hochberg"))
    assert (np.diff(bonferroni) >= 0).all()
    assert (np.diff(discovery) >= 0).all()
    assert (p_values <= discovery * (1 + 1e-12)).all()
    assert (discovery <= bonferroni * (1 + 1e-12)).all()
    assert bonferroni.max() <= 1


def test_alpha_is_the_largest_significant_value():
    tumour = np.arange(1, 7)[:, None] + np.array([[0.0, 3.0]])
    cohort = paired_cohort(tumour, np.tile([0.0, 5.5], (6, 1)), Scale("log2"))
    test = compare_conditions(cohort, alpha=0.0625)
    assert test["p_adjusted"].iloc[0] == 0.0625
    assert test["significant"].tolist() == [True, False]


def test_too_few_pairs_for_the_correction_are_warned_of(caplog):
    rng = np.random.default_rng(0)
    compare_conditions(paired_cohort(*rng.normal(size=(2, 10, 40)), Scale("log2")))
    assert caplog.messages == [
        "With 10 pairs no gene can be significant after Bonferroni's correction for 40 genes, whatever the data: "
        "set expression.test.correction: benjamini_hochberg."
    ]


ONES = np.ones((8, 3))


@pytest.mark.parametrize(
    ("keep", "method", "message"),
    [
        (
            lambda obs: obs["condition"] == "tumour",
            "signed_rank",
            "The training samples include no normal samples, so tumour cannot be compared with normal and selection "
            "deg is not possible. Choose selection pathway, list or all, or a source with normal samples.",
        ),
        (
            lambda obs: obs["condition"] == "normal",
            "rank_sum",
            "The training samples include no tumour samples, so tumour cannot be compared with normal and selection "
            "deg is not possible. Choose selection pathway, list or all, or a source with tumour samples.",
        ),
        (
            lambda obs: (obs["condition"] == "tumour") ^ (obs["patient_id"] > "P004"),
            "signed_rank",
            "The paired test needs tumour and normal samples of the same patient from at least 6 patients, and 0 "
            "training patients have both (of 5 tumour and 3 normal samples). Set expression.test.method: rank_sum to "
            "compare unpaired samples.",
        ),
        (
            lambda obs: (obs["condition"] == "tumour") | (obs["patient_id"] > "P002"),
            "signed_rank",
            "The paired test needs tumour and normal samples of the same patient from at least 6 patients, and 5 "
            "training patients have both (of 8 tumour and 5 normal samples). Set expression.test.method: rank_sum to "
            "compare unpaired samples.",
        ),
        (
            lambda obs: (obs["condition"] == "tumour") | (obs["patient_id"] > "P004"),
            "rank_sum",
            "The rank-sum test needs at least 4 samples of each condition, and the training samples include 8 tumour "
            "and 3 normal samples. Choose selection pathway, list or all, or add samples.",
        ),
    ],
)
def test_cohorts_that_cannot_be_compared(keep, method, message):
    cohort = paired_cohort(ONES, ONES)
    cohort = cohort[keep(cohort.obs)]
    for step in (compare_conditions, fold_change, compared_samples):
        with pytest.raises(InputError) as error:
            step(cohort, method=method)
        assert str(error.value) == message


def test_paired_test_refuses_several_samples_of_a_patient_and_condition():
    samples = pd.DataFrame(
        {"patient_id": ["P1", "P1", "P1"], "condition": ["tumour", "tumour", "normal"]}, index=["S1", "S2", "S3"]
    )
    cohort = make_cohort(np.ones((3, 2)), samples, pd.DataFrame(index=["A", "B"]), Scale("tpm"), {})
    with pytest.raises(InputError) as error:
        compare_conditions(cohort)
    assert str(error.value) == (
        "The paired test needs one tumour sample per patient, and patient 'P1' has 2. Keep one tissue or site "
        "(samples.keep), or choose selection pathway, list or all."
    )
