"""Judges of tiles on cases with a known answer: copies, strangers, tiles that follow a profile or do not."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from syncohort.histology.cells import CellMeter
from syncohort.histology.evaluation import compare_cells, judge_tiles
from syncohort.histology.steering import correlation, prove_steering, with_interval
from syncohort.histology.tile_sides import Side
from syncohort.sources.slides.drawing import Traits, draw_slide

METER = CellMeter(0.055, 1.0)
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
    return Side(np.array(slides), np.array(tissues), np.stack(images), METER.measure(images))


@pytest.fixture(scope="module")
def real():
    return {"test": side(1), "train": side(2)}


def scores(real, synthetic):
    table = judge_tiles(real, synthetic, METER, seed=1)
    return table.set_index("metric")[["value", "ceiling", "floor"]]


def test_tiles_of_strangers_score_as_real_ones(real):
    found = scores(real, {"test": side(3), "train": side(4)})
    kernel = found.loc["kernel distance"]
    assert abs(kernel["value"] - kernel["ceiling"]) < 0.1 * kernel["floor"]
    frechet = found.loc["Fréchet distance"]
    assert frechet["value"] < 0.2 * frechet["floor"]
    learnt = found.loc["tissue, trained on synthetic and tested on real"]
    assert learnt["value"] == pytest.approx(learnt["ceiling"], abs=0.1)
    assert learnt["value"] > 0.65
    copies = found.loc["nearest training tile"]
    assert copies["value"] == pytest.approx(copies["ceiling"], rel=0.25)


def test_copies_of_training_tiles_are_near_to_them(real):
    found = scores(real, {"test": real["train"], "train": real["train"]})
    copies = found.loc["nearest training tile"]
    assert copies["value"] == 0
    assert copies["floor"] < 0.2 * copies["ceiling"]


def test_other_stain_is_far_and_told_by_its_measure(real):
    pale = {"test": side(3, haematoxylin=0.5), "train": side(4, haematoxylin=0.5)}
    kernel = scores(real, pale).loc["kernel distance"]
    assert kernel["value"] > 3 * abs(kernel["ceiling"])
    cells = compare_cells(real["test"], pale["test"]).set_index(["tissue", "measure"])
    assert cells.loc[("tumour", "haematoxylin"), "difference"] < -0.7
    same = compare_cells(real["test"], real["test"])
    assert (same["difference"].dropna() == 0).all()


def test_one_tissue_has_no_classifier(real):
    def of_one(which):
        kept = which.tissues == "tumour"
        return Side(which.slides[kept], which.tissues[kept], which.images[kept], which.measured[kept])

    one = {role: of_one(which) for role, which in real.items()}
    assert set(judge_tiles(one, one, METER, 1)["metric"]) == {
        "kernel distance", "Fréchet distance", "nearest training tile"
    }  # fmt: skip


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
    real, own, zeroed = measured(programme + 0.3 * noise[0]), measured(2 * programme + 1), measured(noise[1])
    table = prove_steering({"own": own, "zeroed": zeroed}, real, planted, seed=1)
    table = table[table["measure"] == "cell_density"].set_index(["against", "profile"])
    assert table.loc[("planted programme", "own"), "correlation"] == pytest.approx(1)
    assert table.loc[("real tiles", "own"), "correlation"] > 0.9
    assert table.loc[("planted programme", "own"), "p_value"] == pytest.approx(1 / 1001)
    for against in ("planted programme", "real tiles"):
        assert abs(table.loc[(against, "shuffled"), "correlation"]) < 0.03
        assert abs(table.loc[(against, "zeroed"), "correlation"]) < 0.4
    deaf = prove_steering({"own": zeroed, "zeroed": zeroed}, real, planted, seed=1).set_index("profile")
    assert (deaf.loc["own", "p_value"] > 0.05).all()


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
