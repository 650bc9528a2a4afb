"""Judges of tiles on cases with a known answer: copies, strangers, tiles that follow a profile or do not."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from syncohort.histology.cells import CellMeter
from syncohort.histology.convergence import steps_to_equal_quality
from syncohort.histology.evaluation import compare_cells, distances_by_tissue, judge_tiles
from syncohort.histology.metrics import CELLS
from syncohort.histology.steering import correlation, prove_steering, with_interval
from syncohort.histology.tile_set import TileTable
from syncohort.histology.tile_sides import Examiner, Side, donors
from syncohort.sources.slides.drawing import Traits, draw_slide

METER = CellMeter(0.055, 1.0)


def colours(images):
    """An extractor that knows the mean colour of a tile."""
    return images.mean(axis=(1, 2))


EXAMINER = Examiner(METER, {"colours": colours})
NOTES = {CELLS: "cells", "colours": "mean colour"}
TISSUES = {"tumour": (3500, 0.2, 0.02), "normal": (1200, 0.6, 0.15)}


def side(seed, number=6, haematoxylin=1.3):
    """Tiles of some slides of two tissues, nine each."""
    slides, tissues, images = [], [], []
    for tissue, (density, stroma, lumina) in TISSUES.items():
        for slide in range(number):
            rng = np.random.default_rng([seed, slide, len(tissue)])
            image, _ = draw_slide(Traits(density, 3.2, haematoxylin, stroma, lumina), (96, 96), 1.0, rng)
            images += list(image.reshape(3, 32, 3, 32, 3).swapaxes(1, 2).reshape(9, 32, 32, 3))
            slides += [f"S{seed}_{slide}_{tissue}"] * 9
            tissues += [tissue] * 9
    return EXAMINER.examine(np.array(slides), np.array(tissues), np.stack(images))


@pytest.fixture(scope="module")
def real():
    return {"test": side(1), "train": side(2)}


def scores(real, synthetic):
    table = judge_tiles(real, synthetic, EXAMINER, NOTES, seed=1)
    assert set(table["space"]) == {CELLS, "colours", "thumbnails"}
    return table[table["space"] != "colours"].set_index("metric")[["value", "ceiling", "floor"]]


def test_tiles_of_strangers_score_as_real_ones(real):
    found = scores(real, {"test": side(3), "train": side(4)})
    kernel = found.loc["mmd"]
    assert abs(kernel["value"] - kernel["ceiling"]) < 0.1 * kernel["floor"]
    frechet = found.loc["frechet"]
    assert frechet["value"] < 0.2 * frechet["floor"]
    learnt = found.loc["tissue_trained_on_synthetic"]
    assert learnt["value"] == pytest.approx(learnt["ceiling"], abs=0.15)
    assert learnt["value"] > 0.65
    copies = found.loc["nearest_training"]
    assert copies["ceiling"] == 1
    assert copies["value"] == pytest.approx(1, abs=0.25)


def test_copies_of_training_tiles_are_near_to_them(real):
    found = scores(real, {"test": real["train"], "train": real["train"]})
    copies = found.loc["nearest_training"]
    assert copies["value"] == 0
    assert copies["floor"] < 0.2 * copies["ceiling"]


def test_other_stain_is_far_and_told_by_its_measure(real):
    pale = {"test": side(3, haematoxylin=0.5), "train": side(4, haematoxylin=0.5)}
    kernel = scores(real, pale).loc["mmd"]
    assert kernel["value"] > 3 * abs(kernel["ceiling"])
    cells = compare_cells(real["test"], pale["test"]).set_index(["tissue", "measure"])
    assert cells.loc[("tumour", "haematoxylin"), "difference"] < -0.7
    same = compare_cells(real["test"], real["test"])
    assert (same["difference"].dropna() == 0).all()


def test_one_tissue_has_no_classifier(real):
    def of_one(which):
        kept = which.tissues == "tumour"
        return EXAMINER.examine(which.slides[kept], which.tissues[kept], which.images[kept])

    one = {role: of_one(which) for role, which in real.items()}
    assert set(judge_tiles(one, one, EXAMINER, NOTES, 1)["metric"]) == {"mmd", "frechet", "nearest_training"}


def test_a_generator_that_knows_the_tissues_is_near_to_its_own(real):
    deaf = side(3)
    table = distances_by_tissue(real, deaf, seed=1)
    assert set(table["n"]) == {54}
    kernel = table[(table["metric"] == "mmd") & (table["space"] == CELLS)]
    for _, rows in kernel.groupby(["tiles", "against"]):
        own = rows["tissue"] == rows["against"]
        assert rows.loc[own, "value"].item() < 0.2 * rows.loc[~own, "value"].item()
    deaf = EXAMINER.examine(deaf.slides, np.random.default_rng(0).permutation(deaf.tissues), deaf.images)
    rows = distances_by_tissue(real, deaf, seed=1).query("metric == 'mmd' and tiles == 'synthetic'")
    told = table.query("metric == 'mmd' and tiles == 'synthetic' and tissue != against")
    assert rows["value"].max() < 0.7 * told["value"].min()


def test_a_tissue_with_hardly_any_tiles_is_left_out(real):
    rare = real["test"].slides == "S1_0_normal"
    few = real["test"].tissues == "tumour"
    kept = few | (rare & (np.cumsum(rare) < 5))
    test = real["test"]
    held_out = EXAMINER.examine(test.slides[kept], test.tissues[kept], test.images[kept])
    table = distances_by_tissue({**real, "test": held_out}, real["train"], seed=1)
    assert set(table["tissue"]) == set(table["against"]) == {"tumour"}


def measured(density):
    """A side with a tile per slide of a known density of cells."""
    names = np.array([f"S{number:02d}" for number in range(len(density))])
    table = pd.DataFrame({"cell_density": density, "nuclear_area": 1.0, "haematoxylin": 1.0, "eosin": 1.0})
    return Side(names, names, np.zeros((len(names), 1, 1, 3), np.uint8), table)


def test_steering_is_proved_where_it_is_and_not_where_it_is_not():
    rng = np.random.default_rng(0)
    programme = rng.normal(size=30)
    noise = rng.normal(size=(2, 30))
    planted = pd.DataFrame({"slide_id": [f"S{number:02d}" for number in range(30)]})
    for trait in ("cell_density", "nuclear_radius", "haematoxylin"):
        planted[f"activity_{trait}"] = programme
    real, zeroed = measured(programme + 0.3 * noise[0]), measured(noise[1])
    names = planted["slide_id"].to_numpy()
    given = pd.Series(np.roll(names, -1), names)
    sides = {"own": measured(2 * programme + 1), "swapped": measured(2 * np.roll(programme, -1) + 1), "zeroed": zeroed}
    table = prove_steering(sides, real, given, planted, seed=1)
    table = table[table["measure"] == "cell_density"].set_index(["against", "profile"])
    for profile in ("own", "donor"):
        assert table.loc[("planted programme", profile), "correlation"] == pytest.approx(1)
        assert table.loc[("planted programme", profile), "p_value"] == pytest.approx(1 / 1001)
        assert table.loc[("real tiles", profile), "correlation"] > 0.9
    assert table.loc[("planted programme", "real"), "correlation"] == pytest.approx(
        np.corrcoef(programme, programme + 0.3 * noise[0])[0, 1]
    )
    for against in ("planted programme", "real tiles"):
        assert abs(table.loc[(against, "shuffled"), "correlation"]) < 0.03
        assert abs(table.loc[(against, "zeroed"), "correlation"]) < 0.4
        assert abs(table.loc[(against, "swapped"), "correlation"]) < 0.4
    sides = dict.fromkeys(("own", "swapped", "zeroed"), zeroed)
    deaf = prove_steering(sides, real, given, planted, seed=1).set_index("profile")
    assert (deaf.loc[["own", "donor"], "p_value"] > 0.05).all()


def test_donors_are_other_patients_with_the_same_tissue():
    slides = [("S1", "A", "tumour"), ("S2", "A", "tumour"), ("S3", "B", "tumour"), ("S4", "C", "tumour"),
              ("S5", "A", "normal"), ("S6", "B", "normal"), ("S7", "C", "lymph node")]  # fmt: skip
    tiles = pd.DataFrame(slides * 3, columns=["slide_id", "patient_id", "tissue"]).assign(role="test", code=0)
    table = TileTable(tiles, np.zeros((1, 2)))
    patient, tissue = ({slide[0]: slide[place] for slide in slides} for place in (1, 2))
    for seed in range(5):
        found = donors(table, "test", seed)
        assert list(found.index) == [slide[0] for slide in slides]
        for slide, donor in found.items():
            assert patient[slide] != patient[donor]
            assert tissue[slide] == tissue[donor] or slide == "S7"
    alone = TileTable(tiles[tiles["patient_id"] == "A"], np.zeros((1, 2)))
    assert (donors(alone, "test", 1).map(patient) == "A").all()


def test_steps_to_equal_quality_are_counted_by_the_smoothed_monitor():
    steps = [100, 200, 300, 400]
    noise = pd.DataFrame({"step": steps, "monitor_smoothed": [0.5, 0.3, 0.2, 0.25]})
    told = pd.DataFrame({"step": steps, "monitor_smoothed": [0.4, 0.2, 0.1, 0.1]})
    found = steps_to_equal_quality(noise, told)
    assert found[:3] == (0.2, 300, 200)
    assert found.share == pytest.approx(2 / 3)
    assert np.isnan(steps_to_equal_quality(noise, told.assign(monitor_smoothed=0.9)).share)


def test_the_interval_of_a_correlation_is_fishers():
    rng = np.random.default_rng(1)
    one = rng.normal(size=40)
    other = one + rng.normal(size=40)
    expected = stats.pearsonr(one, other)
    found = with_interval(correlation(one, other), 40)
    assert found["correlation"] == pytest.approx(expected.statistic)
    low, high = expected.confidence_interval()
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((low, high), abs=1e-6)
    assert correlation(np.ones(5), np.arange(5)) == 0
