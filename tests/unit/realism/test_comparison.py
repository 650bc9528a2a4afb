"""Each metric, with its ceiling and floor, on synthetic samples whose quality is known."""

import numpy as np
import pandas as pd
import pytest

from syncohort.realism import gene_correlation, metrics
from syncohort.realism.comparison import compare
from syncohort.realism.metrics import HIGHER, LOWER, METRICS, Metric

SAMPLES, GENES = 60, 80
LOADINGS = np.random.default_rng(0).normal(size=(3, GENES))


def draw(seed: int, samples: int = SAMPLES) -> np.ndarray:
    """Samples of one population with correlated genes of variance one."""
    rng = np.random.default_rng([seed, 7])
    values = rng.normal(size=(samples, 3)) @ LOADINGS + rng.normal(size=(samples, GENES))
    return values / np.sqrt(np.square(LOADINGS).sum(axis=0) + 1)


REAL = draw(1)
TRAINING = draw(2, samples=300)
SUBSETS = [TRAINING[start : start + SAMPLES] for start in (0, 60, 120)]


def score(synthetic: np.ndarray) -> pd.DataFrame:
    return compare(REAL, [synthetic], SUBSETS, seed=0).set_index("metric")


def test_the_test_samples_themselves_are_perfect():
    value = score(REAL)["value"]
    expected = {metric.name: 1 if metric.better == HIGHER else 0 for metric in METRICS}
    assert value.to_dict() == pytest.approx(expected, abs=1e-12)


def test_a_bootstrap_of_the_training_samples_reaches_the_ceiling():
    copies = [TRAINING[np.random.default_rng(seed).integers(300, size=SAMPLES)] for seed in range(8)]
    values = pd.concat([score(copy)["value"] for copy in copies], axis=1).mean(axis=1)
    controls = score(copies[0])
    share = (values - controls["floor"]) / (controls["ceiling"] - controls["floor"])
    assert share.between(0.9, 1.1).all(), share


def test_ceilings_are_better_than_floors():
    table = score(draw(3))
    better = {metric.name: metric.better for metric in METRICS}
    gain = (table["ceiling"] - table["floor"]) * table.index.map(better).map({HIGHER: 1, LOWER: -1})
    assert (gain > 0).all()
    assert table.loc["gamma_distances", "ceiling"] > 0.9
    assert abs(table.loc["gamma_distances", "floor"]) < 0.1


def test_permuted_genes_score_as_the_floor_in_geometry_and_as_the_ceiling_in_distributions():
    permuted = np.random.default_rng(5).permuted(draw(4), axis=0)
    table = score(permuted)
    assert table.loc["gamma_distances", "value"] == pytest.approx(table.loc["gamma_distances", "floor"], abs=0.1)
    assert table.loc["ks_similarity", "value"] == pytest.approx(table.loc["ks_similarity", "ceiling"], abs=0.03)


def test_shifted_means_leave_the_geometry_and_are_the_wasserstein_distance():
    value = score(REAL + 0.5)["value"]
    assert value["gamma_distances"] == pytest.approx(1, abs=1e-12)
    assert value["gamma_dendrograms"] == pytest.approx(1, abs=1e-9)
    assert value["wasserstein"] == pytest.approx(0.5)
    assert value["ks_similarity"] < 0.85


def test_shrunk_variance_leaves_the_geometry_and_fails_the_distributions():
    value = score(0.1 * REAL)["value"]
    assert value["gamma_distances"] == pytest.approx(1, abs=1e-12)
    assert value["wasserstein"] == pytest.approx(0.9 * np.abs(REAL).mean(), rel=1e-9)
    assert value["ks_similarity"] < 0.65


def test_a_collapsed_generator_scores_as_the_floor():
    table = score(np.broadcast_to(SUBSETS[0].mean(axis=0), REAL.shape))
    for metric in ("gamma_distances", "gamma_dendrograms"):
        assert table.loc[metric, "value"] == 0
        assert table.loc[metric, "floor"] == pytest.approx(0, abs=0.1)
    for metric in ("wasserstein", "ks_similarity"):
        assert table.loc[metric, "value"] == pytest.approx(table.loc[metric, "floor"], rel=0.05)


def test_genes_that_collapse_are_not_hidden():
    synthetic, one = draw(3), draw(3)
    synthetic[:, : GENES // 2] = 0
    one[:, 7] = 0
    whole, half = score(draw(3))["value"], score(synthetic)["value"]
    assert half["gamma_distances"] < whole["gamma_distances"] - 0.3
    assert score(one)["value"]["gamma_distances"] < whole["gamma_distances"]


def test_a_gene_that_is_constant_among_real_samples_is_left_out_of_the_geometry_only():
    subsets, others = [subset.copy() for subset in SUBSETS], np.arange(GENES) != 7
    subsets[1][:, 7] = 0
    table = compare(REAL, [draw(3)], subsets, seed=0).set_index("metric")
    expected = compare(REAL[:, others], [draw(3)[:, others]], [subset[:, others] for subset in SUBSETS], seed=0)
    geometry = ["gamma_distances", "gamma_dendrograms", "cophenetic_difference"]
    columns = ["value", "ceiling"]
    np.testing.assert_allclose(table.loc[geometry, columns], expected.set_index("metric").loc[geometry, columns])
    assert set(table.loc[geometry, "note"]) == {"1 of 80 genes left out, constant in a set of real samples"}
    assert table.loc["ks_similarity", "note"] == ""


def test_a_tree_of_a_part_of_the_genes_says_so(monkeypatch):
    monkeypatch.setattr(gene_correlation, "DENDROGRAM_GENES", 30)
    monkeypatch.setattr(metrics, "DENDROGRAM_GENES", 30)
    note = score(draw(3))["note"]
    assert note["gamma_dendrograms"] == note["cophenetic_difference"] == "tree of 30 genes drawn from 80"
    assert note["gamma_distances"] == ""


def test_the_value_is_the_mean_over_draws_of_synthetic_samples():
    draws = [draw(3), draw(4)]
    together = compare(REAL, draws, SUBSETS, seed=0).set_index("metric")["value"]
    apart = pd.concat([score(drawn)["value"] for drawn in draws], axis=1).mean(axis=1)
    pd.testing.assert_series_equal(together, apart, check_names=False)


def test_the_same_seed_gives_the_same_table():
    pd.testing.assert_frame_equal(score(draw(3)), score(draw(3)))


def test_a_new_metric_is_one_function_and_one_entry():
    mean_gap = Metric(
        "mean_gap", "Mean gap", LOWER, lambda real, other: abs(real.values.mean() - other.values.mean()),
        lambda values, rng: values + 3, "Gap of the means.",
    )  # fmt: skip
    table = compare(REAL, [REAL + 1], [REAL, REAL + 0.2], seed=0, metrics=[mean_gap])
    assert table.loc[0, ["value", "ceiling", "floor"]].tolist() == pytest.approx([1, 0.1, 3.1])


def test_metrics_are_fully_declared():
    assert len({metric.name for metric in METRICS}) == len({metric.label for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        assert metric.better in (HIGHER, LOWER)
        assert metric.explanation.endswith(".")
        assert "floor" in metric.explanation
