"""Judges on cases with known answers: copies, empty backgrounds, nodules that follow genes and such that do not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import stats

from syncohort.nodule.conditioning import Responses, compare_modules, prove_conditioning
from syncohort.nodule.detector import build_network
from syncohort.nodule.evaluation import COLUMNS, Sets, judge_generator
from syncohort.nodule.features import FEATURES
from syncohort.nodule.metrics import INSIDE, METRIC, OUTSIDE, RIM, WHOLE
from syncohort.nodule.regions import MOST_PSNR, compare_with_backgrounds, regions
from syncohort.nodule.slices import BACKGROUND, NODULE


def test_regions_part_the_slice():
    mask = np.zeros((32, 32), dtype=bool)
    mask[10:20, 10:20] = True
    parts = regions(mask)
    assert parts[WHOLE].all()
    assert (parts[OUTSIDE].astype(int) + parts[RIM] + parts[INSIDE] == 1).all()
    assert parts[INSIDE].sum() == 36
    assert not regions(np.zeros((8, 8), dtype=bool))[RIM].any()


def test_differences_from_the_background_by_hand():
    mask = np.zeros((1, 32, 32), dtype=bool)
    mask[0, 10:20, 10:20] = True
    background = np.full((1, 32, 32), -0.6)
    image = np.where(mask, 0.4, background)
    found = compare_with_backgrounds(image, mask, background).set_index("region")
    # From −0.6 to 0.4 is half of the range from 0 to 1.
    assert found.loc[INSIDE, "mse"] == pytest.approx(0.25)
    assert found.loc[INSIDE, "psnr"] == pytest.approx(10 * np.log10(4))
    assert found.loc[WHOLE, "mse"] == pytest.approx(0.25 * 100 / 1024)
    assert found.loc[OUTSIDE, ["mse", "psnr"]].tolist() == pytest.approx([0, MOST_PSNR], abs=1e-12)
    assert found.loc[OUTSIDE, "ssim"] > found.loc[RIM, "ssim"]


@pytest.fixture(scope="module")
def detector():
    torch.manual_seed(0)
    return build_network(4).eval()


def sets(slices, synthetic):
    backgrounds = slices.of(BACKGROUND)
    chosen = backgrounds.only(np.arange(len(synthetic)))
    names = np.unique(slices.patients)
    return Sets(
        slices.of(NODULE, names[:6]), slices.of(NODULE, names[6:]), synthetic, chosen.images, chosen.images[::-1]
    )


def test_real_nodules_score_as_real_and_copies_are_told(slices, detector):
    names = np.unique(slices.patients)
    copies = slices.of(NODULE, names[6:])
    table = judge_generator(sets(slices, copies), detector, 1)
    assert list(table) == COLUMNS
    assert set(table["metric"]) == set(METRIC)
    found = table.drop_duplicates("metric").set_index("metric")
    # Copies of training nodules are real nodules, and lie on the training ones.
    assert found.loc["nearest_training", "value"] == pytest.approx(0, abs=1e-6)
    assert found.loc["frechet", "value"] < found.loc["frechet", "floor"]
    assert 0.3 < found.loc["nodule_variance", "value"] < 3
    assert found.loc["nodule_variance", "floor"] == pytest.approx(0, abs=1e-9)


def test_the_variance_of_every_feature_stands_by_itself(slices, detector):
    part = slices.of(NODULE, np.unique(slices.patients)[:6])
    compared = replace(sets(slices, part), real=part)
    # Pixels at half the contrast leave size and spiculation as they are.
    paler = replace(compared, synthetic=replace(part, images=(part.images - 1) / 2))
    for kinds, expected in ((compared, [1, 1, 1, 1]), (paler, [1, 0.25, 0.25, 1])):
        table = judge_generator(kinds, detector, 1).query("metric == 'nodule_variance'").set_index("space")["value"]
        assert table.index.tolist() == ["nodules", "size", "density", "edge sharpness", "spiculation"]
        assert table.iloc[1:].tolist() == pytest.approx(expected, rel=1e-4)
        assert table["nodules"] == pytest.approx(np.median(expected), rel=1e-4)


def test_empty_slices_have_no_nodules_to_judge(slices, detector):
    empty = slices.of(BACKGROUND).only(np.arange(8))
    table = judge_generator(sets(slices, empty), detector, 1)
    found = table.set_index(["metric", "space"])["value"]
    assert found["detection", "nodules"] == 0
    assert found["ssim", WHOLE] == pytest.approx(1)
    assert "frechet" not in set(table["metric"])


def test_a_single_background_is_no_floor(slices, detector):
    alone = sets(slices, slices.of(NODULE))
    table = judge_generator(replace(alone, strangers=alone.backgrounds), detector, 1)
    background = table[table["metric"].isin(["mse", "ssim", "psnr"])]
    assert background["value"].notna().all()
    assert background["floor"].isna().all()


def responses(rng, strength, patients=30, backgrounds=5, noise=0.1):
    genes = rng.normal(size=(patients, 1, len(FEATURES)))
    shape = (patients, backgrounds, len(FEATURES))
    own = strength * genes + noise * rng.normal(size=(1, *shape[1:]))
    found = Responses(own, own + noise * rng.normal(size=shape), own.mean(axis=0))
    return genes[:, 0], found


def test_nodules_that_follow_genes_are_told():
    rng = np.random.default_rng(0)
    genes, found = responses(rng, strength=1.0)
    real = genes + 0.3 * rng.normal(size=genes.shape)
    table = prove_conditioning(found, real, 199, rng).set_index("feature")
    assert table.index.tolist() == FEATURES
    for number, feature in enumerate(FEATURES):
        row = table.loc[feature]
        assert row["correlation"] == pytest.approx(stats.pearsonr(found.means[:, number], real[:, number]).statistic)
        assert row["p_value"] == row["swapped_p"] == pytest.approx(1 / 200)
        assert abs(row["shuffled"]) < 0.1
        # Two patients' genes differ by √2 standard deviations, and E|N(0, σ²)| = 0.8 σ.
        assert row["swapped"] == pytest.approx(0.8 * np.sqrt(2) / real[:, number].std(), rel=0.35)
        assert row["noise"] < 0.2


def test_nodules_that_ignore_genes_are_told():
    rng = np.random.default_rng(1)
    genes, found = responses(rng, strength=0.0)
    own = found.own + 0.01 * rng.normal(size=found.own.shape)
    table = prove_conditioning(replace(found, own=own), genes, 199, rng)
    assert (table["p_value"] > 0.01).all()
    assert (table["swapped_p"] > 0.5).all()
    assert (table["correlation"].abs() < 0.5).all()


def test_missing_nodules_leave_patients_out():
    rng = np.random.default_rng(2)
    genes, found = responses(rng, strength=1.0)
    found.own[0] = np.nan
    found.own[1, 0] = np.nan
    table = prove_conditioning(found, genes, 19, rng)
    assert (table["patients"] == 29).all()
    assert np.isfinite(table.drop(columns="feature").to_numpy(dtype=float)).all()


def test_two_nodules_have_no_correlation():
    expression = pd.DataFrame(np.random.default_rng(4).normal(size=(9, 3)), columns=["A", "B", "C"])
    made = np.full((9, 4), np.nan)
    made[:2] = 1.0
    table, preservation = compare_modules(expression, {"M": ["A", "B"]}, np.ones((9, 4)), made, 9, None)
    assert table.empty
    assert preservation == {}


def test_correlations_of_modules_are_kept_or_not():
    rng = np.random.default_rng(3)
    expression = pd.DataFrame(rng.normal(size=(40, 12)), columns=[f"G{n}" for n in range(12)])
    modules = {f"M{n}": [f"G{3 * n + place}" for place in range(3)] for n in range(4)}
    activity = np.stack([expression[genes].mean(axis=1) for genes in modules.values()], axis=1)
    kept, preserved = compare_modules(expression, modules, activity, 5 + activity**3, 99, rng)
    assert len(kept) == 16
    assert kept["real"].to_numpy() == pytest.approx(kept["synthetic"].to_numpy())
    assert preserved["correlation"] == pytest.approx(1)
    assert preserved["p_value"] == pytest.approx(0.01)
    _, lost = compare_modules(expression, modules, activity, rng.normal(size=activity.shape), 99, rng)
    assert lost["p_value"] > 0.05
