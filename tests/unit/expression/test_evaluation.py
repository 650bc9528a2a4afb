"""What a fold's synthetic samples are found to be: every judge, the learning curve and the self-test."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from syncohort.core.errors import InputError
from syncohort.core.scale import Scale
from syncohort.expression.evaluation import COLUMNS, FoldScores, evaluate_fold, sample_set
from syncohort.expression.metrics import METRIC
from syncohort.expression.normalisation import Scaler
from syncohort.expression.self_test import COPY, PERMUTED
from syncohort.expression.spaces import NAMED_GENES, PATHWAYS, PRINCIPAL_COMPONENTS, SELECTED_GENES
from syncohort.realism.samples import SampleSet

GENES = [f"G{number}" for number in range(30)]
LOADINGS = np.random.default_rng(0).normal(size=(3, len(GENES)))
SPREAD = np.linspace(0.5, 2, len(GENES))


def draw(seed: int, samples: int) -> tuple[np.ndarray, pd.DataFrame]:
    """Expression on the log scale, half of it tumour with the first five genes raised, and the samples."""
    rng = np.random.default_rng([seed, 7])
    condition = np.where(np.arange(samples) % 2, "tumour", "normal")
    values = 5 + SPREAD * (rng.normal(size=(samples, 3)) @ LOADINGS + rng.normal(size=(samples, len(GENES))))
    values[condition == "tumour", :5] += 3
    patients = [f"{seed}-{number // 2}" for number in range(samples)]
    table = pd.DataFrame({"patient_id": patients, "condition": condition, "age": rng.normal(60, 10, samples)})
    return values, table.assign(sex=rng.choice(["female", "male"], samples), role="train")


TRAIN = draw(1, 160)
SCALER = Scaler(tuple(GENES), TRAIN[0].mean(axis=0), TRAIN[0].std(axis=0), Scale("log2", 1.0))


def standardised(values: np.ndarray, samples: pd.DataFrame) -> SampleSet:
    return sample_set(SCALER.transform(values), samples, ["sex"])


def evaluate(synthetic: np.ndarray | None = None, *, samples: int = 40, train=TRAIN, **changes) -> FoldScores:
    values, table = draw(2, samples)
    drawn = draw(3, samples)[0] if synthetic is None else synthetic
    made = table.iloc[: len(drawn)].assign(patient_id=[f"SYN{number}" for number in range(len(drawn))])
    arguments = {
        "scaler": SCALER,
        "covariates": ["sex", "age"],
        "named": None,
        "gene_sets": {"A": GENES[:8], "B": GENES[8:20], "C": GENES[15:]},
        "pseudo_count": 1.0,
        "draws": 3,
        "seed": 11,
    }
    return evaluate_fold(
        standardised(*train), standardised(values, table), [standardised(drawn, made)], **arguments | changes
    )


@cache
def usual() -> FoldScores:
    return evaluate()


def by_place(scores: FoldScores) -> pd.DataFrame:
    return scores.metrics.set_index(["metric", "space"])


def test_every_metric_has_a_ceiling_and_a_floor():
    table = usual().metrics
    assert list(table.columns) == COLUMNS
    assert not table.duplicated(["metric", "space"]).any()
    assert set(table["metric"]) == {name for name in METRIC if "critic" not in name}
    assert table[["value", "ceiling", "floor"]].notna().all(axis=None)
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)
    assert (table["n"] == 40).all()
    gamma = by_place(usual()).loc[("gamma_distances", SELECTED_GENES)]
    assert gamma["ceiling"] > 0.8
    assert gamma["value"] == pytest.approx(gamma["ceiling"], abs=0.1)
    assert abs(gamma["floor"]) < 0.2


def test_every_space_is_there():
    assert set(usual().metrics["space"]) == {
        SELECTED_GENES, NAMED_GENES, PRINCIPAL_COMPONENTS, PATHWAYS, "effect of sex", "effect of age",
    }  # fmt: skip


def test_samples_of_the_test_fold_itself_are_perfect():
    found = by_place(evaluate(draw(2, 40)[0]))
    for (name, space), row in found.iterrows():
        if METRIC[name].axis in ("fidelity", "biology"):
            assert METRIC[name].loss(row["value"]) <= METRIC[name].loss(row["ceiling"]) + 1e-6, (name, space)


def test_distances_of_distributions_are_in_standard_deviations_of_the_training_samples():
    table = evaluate(draw(2, 40)[0] + 2 * SCALER.standard_deviation).metrics
    genes = table["space"].isin([SELECTED_GENES, NAMED_GENES])
    assert table.loc[genes & (table["metric"] == "wasserstein"), "value"].tolist() == pytest.approx([2, 2], rel=1e-5)


def test_the_ceiling_has_the_composition_of_the_test_samples():
    values, table = draw(2, 80)
    tumours = standardised(values[1::2], table[1::2])
    anything = SampleSet(tumours.values, tumours.samples.assign(group="any"))
    settings = {
        "scaler": SCALER, "covariates": [], "named": None, "gene_sets": {}, "pseudo_count": 1.0, "draws": 4, "seed": 0,
    }  # fmt: skip
    alike, mixed = (
        by_place(evaluate_fold(standardised(*TRAIN), test, [test], **settings)) for test in (tumours, anything)
    )
    place = ("ks_similarity", SELECTED_GENES)
    assert alike.loc[place, "ceiling"] > mixed.loc[place, "ceiling"] + 0.02


def test_a_group_is_a_condition_and_its_categorical_covariates():
    samples = pd.DataFrame({"condition": ["tumour", "normal"], "tissue": ["lung", "liver"], "age": [50, 60]})
    assert sample_set(np.zeros((2, 3)), samples, ["tissue"]).groups.tolist() == ["tumour/lung", "normal/liver"]


def test_fewer_than_three_features_are_not_scored():
    table = evaluate(named=["G3", "TP53"], gene_sets={"A": GENES}).metrics.set_index("space")
    named, pathways = table.loc[NAMED_GENES], table.loc[PATHWAYS]
    for few in (named, pathways):
        assert few[["value", "ceiling", "floor"]].isna().all(axis=None)
    assert set(named["note"]) == {"not computed: fewer than 3 genes; genes: G3; not selected: TP53"}
    told = "not computed: fewer than 3 scores; 1 gene sets with at least 5 selected genes"
    assert set(pathways["note"]) == {told}


def test_without_gene_sets_there_are_no_pathways():
    assert PATHWAYS not in set(evaluate(gene_sets={}).metrics["space"])


def test_patients_who_only_stopped_the_training_are_no_members():
    values, table = TRAIN
    roles = np.where(np.arange(160) < 40, "validation", "train")
    # Copies of the validation patients betray nobody that the model learnt from.
    copies = by_place(evaluate(values[:40], train=(values, table.assign(role=roles))))
    betrayed = by_place(evaluate(values[:40], train=(values, table.assign(role=np.roll(roles, 40)))))
    assert copies.loc[("closest_record", SELECTED_GENES), "value"] > 0.8
    assert betrayed.loc[("closest_record", SELECTED_GENES), "value"] < 0.1


def test_a_critic_adds_an_attack():
    found = by_place(evaluate(critic=lambda samples: samples.values[:, 0]))
    row = found.loc[("membership_critic", SELECTED_GENES)]
    assert row[["value", "ceiling"]].tolist() == pytest.approx([0.5, 0.5], abs=0.2)
    assert row["floor"] == 1


def test_the_self_test_knows_a_copy_from_noise():
    table = usual().self_test
    relative = {
        (row.control, row.metric): METRIC[row.metric].relative(row.value, row.ceiling, row.floor)
        for row in table.itertuples()
    }
    for metric in ("gamma_distances", "wasserstein", "tstr"):
        assert relative[COPY, metric] > 0.7, metric
    for metric in ("membership_distance", "membership_density"):
        assert relative[COPY, metric] < 0.5, metric
    for metric in ("gamma_distances", "tstr"):
        assert relative[PERMUTED, metric] < 0.3, metric
    assert relative[PERMUTED, "membership_distance"] > 0.5


def test_the_learning_curve_is_that_of_the_release():
    curve = usual().learning_curve
    assert set(curve["size"]) == {"25", "50", "100", "all"}
    assert curve[["real", "augmented", "gain", "ci_low", "ci_high"]].notna().all(axis=None)


def test_too_few_test_samples():
    with pytest.raises(InputError) as caught:
        evaluate(samples=2)
    assert str(caught.value) == (
        "The test part of this fold has 2 samples, and its metrics need at least 3. Lower splits.folds."
    )


def test_synthetic_samples_must_be_as_many_as_test_samples():
    with pytest.raises(ValueError, match=r"Synthetic samples are \(39, 30\), test samples \(40, 30\)"):
        evaluate(draw(3, 39)[0])


def test_synthetic_samples_must_be_finite():
    synthetic = draw(3, 40)[0]
    synthetic[3, 4] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        evaluate(synthetic)


def test_three_test_samples_are_scored_as_far_as_they_can_be():
    table = by_place(evaluate(samples=3))
    assert np.isfinite(table.loc[("gamma_distances", SELECTED_GENES), "value"])
    assert np.isnan(table.loc[("differential_recall", SELECTED_GENES), "value"])


def test_the_same_seed_gives_the_same_table_and_another_other_controls():
    again, other = evaluate(), evaluate(seed=12)
    for table in ("metrics", "learning_curve", "self_test"):
        pd.testing.assert_frame_equal(getattr(usual(), table), getattr(again, table))
    fidelity = usual().metrics["metric"].map(lambda name: METRIC[name].axis) == "fidelity"
    pd.testing.assert_series_equal(usual().metrics.loc[fidelity, "value"], other.metrics.loc[fidelity, "value"])
    assert (usual().metrics.loc[fidelity, "ceiling"] != other.metrics.loc[fidelity, "ceiling"]).mean() > 0.8
