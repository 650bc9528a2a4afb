"""Each metric, with its ceiling and floor, on synthetic samples whose quality is known."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from syncohort.realism import fidelity, gene_correlation
from syncohort.realism.comparison import Comparer
from syncohort.realism.fidelity import ALL, CLASSIFIED, CLOUDS, GEOMETRY, MARGINALS, SPREAD
from syncohort.realism.metrics import FIDELITY, HIGHER, LOWER, NEAR_ONE, Comparison, Metric
from syncohort.realism.samples import SampleSet

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


def sample_set(values: np.ndarray, origin: str = "R") -> SampleSet:
    patients = [f"{origin}{number}" for number in range(len(values))]
    return SampleSet(values, pd.DataFrame({"patient_id": patients}))


def table(real: np.ndarray, synthetic: list[np.ndarray], training: list[np.ndarray], metrics=ALL) -> pd.DataFrame:
    subsets = [sample_set(subset, "T") for subset in training]
    comparer = Comparer(sample_set(real), subsets, metrics, seed=0)
    return comparer.table([sample_set(drawn, "S") for drawn in synthetic]).set_index("metric")


COMPARER = Comparer(sample_set(REAL), [sample_set(subset, "T") for subset in SUBSETS], ALL, seed=0)


def score(synthetic: np.ndarray) -> pd.DataFrame:
    return COMPARER.table([sample_set(synthetic, "S")]).set_index("metric")


def test_the_test_samples_themselves_are_perfect():
    value = score(REAL)["value"]
    # What is unbiased for independent samples is below 0 for the same ones, and a classifier is misled by them.
    for metric in ("mmd", "energy_distance"):
        assert -0.5 < value.pop(metric) < 0
    for metric in ("two_sample_logistic", "two_sample_trees"):
        assert value.pop(metric) < 0.5
    best = {HIGHER: 1, LOWER: 0, NEAR_ONE: 1}
    expected = {metric.name: best[metric.better] for metric in ALL if metric.name in value}
    assert value.to_dict() == pytest.approx(expected, abs=1e-9)


def test_a_bootstrap_of_the_training_samples_reaches_the_ceiling():
    rows = [np.random.default_rng(seed).integers(300, size=SAMPLES) for seed in range(8)]
    copies = [SampleSet(TRAINING[drawn], pd.DataFrame({"patient_id": [f"T{row}" for row in drawn]})) for drawn in rows]
    values = dict(zip((metric.name for metric in ALL), COMPARER.scores(copies), strict=True))
    controls = score(REAL)
    share = {
        metric.name: metric.relative(values[metric.name], *controls.loc[metric.name, ["ceiling", "floor"]])
        for metric in ALL
    }
    assert min(share.values()) > 0.85, share


def test_ceilings_are_better_than_floors():
    found = score(draw(3))
    for metric in ALL:
        assert metric.loss(found.loc[metric.name, "ceiling"]) < metric.loss(found.loc[metric.name, "floor"])
    assert found.loc["gamma_distances", "ceiling"] > 0.9
    assert abs(found.loc["gamma_distances", "floor"]) < 0.1


def test_permuted_genes_score_as_the_floor_in_geometry_and_as_the_ceiling_in_distributions():
    permuted = np.random.default_rng(5).permuted(draw(4), axis=0)
    found = score(permuted)
    assert found.loc["gamma_distances", "value"] == pytest.approx(found.loc["gamma_distances", "floor"], abs=0.1)
    assert found.loc["ks_similarity", "value"] == pytest.approx(found.loc["ks_similarity", "ceiling"], abs=0.03)


def test_shifted_means_leave_the_geometry_and_are_the_wasserstein_distance():
    value = score(REAL + 0.5)["value"]
    assert value["gamma_distances"] == pytest.approx(1, abs=1e-12)
    assert value["gamma_dendrograms"] == pytest.approx(1, abs=1e-9)
    assert value["wasserstein"] == pytest.approx(0.5)
    assert value["ks_similarity"] < 0.85
    assert value["variance_ratio"] == value["effective_rank"] == pytest.approx(1)
    assert value["frechet_distance"] == pytest.approx(0.25 * GENES)
    assert value["two_sample_logistic"] > 0.9


def test_shrunk_variance_leaves_the_geometry_and_fails_the_distributions():
    value = score(0.1 * REAL)["value"]
    assert value["gamma_distances"] == pytest.approx(1, abs=1e-12)
    assert value["wasserstein"] == pytest.approx(0.9 * np.abs(REAL).mean(), rel=1e-9)
    assert value["ks_similarity"] < 0.65
    assert value["variance_ratio"] == pytest.approx(0.01)
    assert (value["precision"], value["recall"]) == (1, 0)
    assert value["density"] > 3
    assert value["two_sample_trees"] > 0.9


def test_independent_noise_is_told_from_samples_with_structure():
    found = score(np.random.default_rng(9).normal(size=REAL.shape))
    assert found.loc["gamma_distances", "value"] == pytest.approx(0, abs=0.1)
    assert found.loc["effective_rank", "value"] > 2
    assert found.loc["correlation_strength", "value"] < 0.5
    assert found.loc["ks_similarity", "value"] == pytest.approx(found.loc["ks_similarity", "ceiling"], abs=0.05)


def test_too_strong_correlations_are_seen_where_gamma_is_blind():
    rng = np.random.default_rng(4)
    strong = rng.normal(size=(SAMPLES, 3)) @ LOADINGS + 0.3 * rng.normal(size=REAL.shape)
    found = score(strong / strong.std(axis=0))
    assert found.loc["gamma_distances", "value"] > 0.9
    assert found.loc["correlation_strength", "value"] > 1.3
    assert found.loc["effective_rank", "value"] < 0.6


def test_a_collapsed_generator_scores_as_the_floor():
    found = score(np.broadcast_to(SUBSETS[0].mean(axis=0), REAL.shape))
    for metric in ("gamma_distances", "gamma_dendrograms"):
        assert found.loc[metric, "value"] == 0
        assert found.loc[metric, "floor"] == pytest.approx(0, abs=0.1)
    for metric in ("wasserstein", "ks_similarity"):
        assert found.loc[metric, "value"] == pytest.approx(found.loc[metric, "floor"], rel=0.05)


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
    found = table(REAL, [draw(3)], subsets, GEOMETRY)
    without = [subset[:, others] for subset in SUBSETS]
    expected = table(REAL[:, others], [draw(3)[:, others]], without, GEOMETRY)
    columns = ["value", "ceiling"]
    np.testing.assert_allclose(found[columns], expected[columns])
    assert set(found["note"]) == {"1 of 80 genes left out, constant in a set of real samples"}


def test_a_tree_of_a_part_of_the_genes_says_so(monkeypatch):
    monkeypatch.setattr(gene_correlation, "DENDROGRAM_GENES", 30)
    monkeypatch.setattr(fidelity, "DENDROGRAM_GENES", 30)
    note = table(REAL, [draw(3)], SUBSETS, [*GEOMETRY, *SPREAD])["note"]
    assert note["gamma_dendrograms"] == note["cophenetic_difference"] == "tree of 30 genes drawn from 80"
    assert note["correlation_strength"] == "pairs of 30 genes drawn from 80"
    assert note["gamma_distances"] == ""


def test_the_value_is_the_mean_over_draws_of_synthetic_samples():
    draws = [sample_set(draw(3)), sample_set(draw(4))]
    apart = [COMPARER.scores([drawn]) for drawn in draws]
    assert COMPARER.scores(draws) == pytest.approx(np.mean(apart, axis=0))


def test_what_is_slow_is_averaged_over_fewer_draws():
    slow = dataclasses.replace(MARGINALS[0], most_draws=1)
    found = table(REAL, [REAL, REAL + 1], SUBSETS, [MARGINALS[0], dataclasses.replace(slow, name="slow")])["value"]
    assert found.tolist() == pytest.approx([0.5, 0])


def test_the_same_seed_gives_the_same_table():
    first, again = (table(REAL, [draw(3)], SUBSETS, [*GEOMETRY, *CLOUDS, *CLASSIFIED[:2]]) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_a_new_metric_is_one_function_and_one_entry():
    mean_gap = Comparison(
        "mean_gap", "Mean gap", FIDELITY, LOWER, "Gap of the means.",
        lambda real, other: abs(real.values.mean() - other.values.mean()), lambda values, rng: values + 3,
    )  # fmt: skip
    found = table(REAL, [REAL + 1], [REAL, REAL + 0.2], [mean_gap]).loc["mean_gap"]
    assert found[["value", "ceiling", "floor"]].tolist() == pytest.approx([1, 0.1, 3.1])


def test_a_space_is_made_after_the_trivial_generator():
    comparer = Comparer(
        sample_set(REAL), [sample_set(SUBSETS[0])], MARGINALS, seed=0, space=lambda values: values[:, :3]
    )
    assert comparer.reference.values.shape == (SAMPLES, 3)
    expected = table(REAL[:, :3], [draw(3)[:, :3]], [SUBSETS[0][:, :3]], MARGINALS)
    pd.testing.assert_frame_equal(comparer.table([sample_set(draw(3))]).set_index("metric"), expected)


def test_few_samples_for_the_dimensions_are_told():
    note = table(REAL, [draw(3)], SUBSETS, CLASSIFIED[:1])["note"].item()
    assert note == "60 samples are few for 80 dimensions (more than 5 each are needed)"
    enough = table(draw(1, 500), [draw(2, 500)], [draw(3, 500)], [CLASSIFIED[0]])["note"].item()
    assert enough == ""


def test_metrics_are_fully_declared():
    assert len({metric.name for metric in ALL}) == len({metric.label for metric in ALL}) == len(ALL)
    for metric in ALL:
        assert metric.better in (HIGHER, LOWER, NEAR_ONE)
        assert metric.explanation.endswith(".")
        assert "floor" in metric.explanation


@pytest.mark.parametrize(
    ("better", "value", "ceiling", "floor", "expected"),
    [
        (HIGHER, 0.5, 0.9, 0.1, 0.5),
        (LOWER, 0.35, 0.2, 0.8, 0.75),
        (NEAR_ONE, 0.7, 1.0, 0.2, 0.625),
        (NEAR_ONE, 1.3, 1.0, 0.2, 0.625),
        (NEAR_ONE, 1.1, 0.9, 1.9, 1.0),
        (NEAR_ONE, 0.5, 0.5, 1.5, np.nan),
        (HIGHER, 0.5, 0.4, 0.6, np.nan),
        (LOWER, 0.5, np.nan, 0.6, np.nan),
    ],
)
def test_a_value_is_placed_between_floor_and_ceiling(better, value, ceiling, floor, expected):
    metric = Metric("m", "M", FIDELITY, better, "")
    assert metric.relative(value, ceiling, floor) == pytest.approx(expected, nan_ok=True)
