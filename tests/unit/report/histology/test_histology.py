"""The section on histology: sentences, tables, figures and alerts on results with known content."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from syncohort.core.io import write_tsv
from syncohort.histology.metrics import CELLS, METRICS, SYNTHETIC, THUMBNAILS, TRAINING
from syncohort.histology.steering import COLUMNS, MEASURES, PROGRAMME, REAL_TILES
from syncohort.histology.store import writing_tiles
from syncohort.report.histology.alerts import histology_alerts
from syncohort.report.histology.contents import HistologyReport, TileModelReport, contact_sheets
from syncohort.report.histology.verdict import equal_quality, histology_summary, utility, verdict
from syncohort.report.histology.view import cell_rows, distance_tables, view_histology
from syncohort.report.rendering import templates

SETTINGS = {"source": {"simulated": {}}}
TISSUES = ("normal", "tumour")


def metrics(**changed):
    """Every score is halfway from floor to ceiling in its good direction, unless changed by the name of its metric."""
    sides = {"mmd": (0.1, 0.0, 0.4), "frechet": (2.0, 0.5, 9.0), "nearest_training": (0.98, 1.0, 0.1)}
    rows = []
    for metric in METRICS:
        value, ceiling, floor = changed.get(metric.name, sides.get(metric.name, (0.87, 0.9, 0.5)))
        space = THUMBNAILS if metric.name == "nearest_training" else CELLS
        rows.append({"metric": metric.name, "space": space, "value": value, "ceiling": ceiling, "floor": floor,
                     "ci_low": np.nan, "ci_high": np.nan, "n": 640, "note": "seven measurements"})  # fmt: skip
    return pd.DataFrame(rows)


def steering(own, *, swapped=0.0, slides=40, against=(PROGRAMME, REAL_TILES)):
    """What is measured in tiles follows the patient as `own` says."""
    rows = []
    for target in against:
        for measure, value in zip(MEASURES, own, strict=True):
            for profile in ("own", "swapped", "donor", "shuffled", "zeroed", "real"):
                found = {"own": value, "donor": value, "swapped": swapped, "real": 0.8}.get(profile, 0.0)
                p_value = 0.001 if found > 0.5 else 0.4
                rows.append([measure, target, profile, found, found - 0.1, found + 0.1, p_value, slides])
    return pd.DataFrame(rows, columns=COLUMNS)


def distances(near):
    pairs = [(tiles, tissue, other) for tiles in (TRAINING, SYNTHETIC) for tissue in TISSUES for other in TISSUES]
    table = pd.DataFrame(pairs, columns=["tiles", "tissue", "against"])
    value = np.where(table["tissue"] == table["against"], near, 0.5)
    table = table.assign(space=CELLS, value=value, n=300)
    return pd.concat([table.assign(metric="mmd"), table.assign(metric="frechet", value=10 * value)], ignore_index=True)


def cells():
    rows = [(tissue, measure) for tissue in TISSUES for measure in ("cell_density", "eosin")]
    numbers = {"real_mean": 2000.0, "real_deviation": 400.0, "synthetic_mean": 1900.0, "synthetic_deviation": 300.0}
    return pd.DataFrame(rows, columns=["tissue", "measure"]).assign(**numbers, difference=-0.25)


def history(*monitor):
    steps = 1000 * (1 + np.arange(len(monitor)))
    return pd.DataFrame({"step": steps, "critic_loss": -1.0, "monitor": monitor, "monitor_smoothed": monitor})


def model(**changed):
    parts = {
        "name": "rna-gan",
        "settings": {"condition": "expression"},
        "histories": {"fold0": history(0.3, 0.1, 0.05, 0.04)},
        "metrics": metrics(),
        "distances": distances(0.02),
        "cells": cells(),
        "steering": steering([0.9, 0.1, 0.8, 0.0]),
        "outside": {},
        "model": {"size": 16, "meter": {"threshold": 0.05, "microns_per_pixel": 1.0}, "best_step": 4000},
        "quiz": "histology/fold0/rna-gan/quiz.html",
    }
    return TileModelReport(**parts | changed)


def noise():
    return model(
        name="gan",
        settings={"condition": "noise"},
        histories={"fold0": history(0.3, 0.2, 0.15, 0.1)},
        steering=steering([0.0] * 4),
        distances=distances(0.5),
        quiz="histology/fold0/gan/quiz.html",
    )


def report(*models):
    models = models or (model(), noise())
    rng = np.random.default_rng(0)
    manifest = pd.DataFrame({"slide_id": ["A_normal", "A_tumour", "B_tumour"], "patient_id": ["A", "A", "B"],
                             "tissue": ["normal", "tumour", "tumour"],
                             "status": ["included", "included", "excluded"]})  # fmt: skip
    tiles = pd.DataFrame({"status": ["kept"] * 5 + ["rejected"] * 2, "reason": [None] * 5 + ["blurred"] * 2,
                          "tissue": "tumour"})  # fmt: skip
    sheet = {row: rng.integers(0, 255, (3, 16, 16, 3), np.uint8) for row in ("real", *(one.name for one in models))}
    codes = pd.DataFrame({"tissue": ["normal", "tumour"] * 10, "role": ["train"] * 12 + ["test"] * 8})
    codes = codes.assign(layout="UMAP", x=np.where(codes["tissue"] == "normal", 0.0, 9.0) + rng.normal(size=20), y=0.0)
    truth = pd.DataFrame({"trait": ["cell_density"], "module": ["M1"], "correlation": 0.9})
    sheets = {"tumour": sheet}
    return HistologyReport(manifest, {}, ["fold0"], models, tiles=tiles, sheets=sheets, codes=codes, truth=truth)


def test_the_verdict_names_what_follows_the_expression():
    text = verdict(model())
    assert text.startswith(
        "Tiles follow the expression, over 40 held-out slides, against the planted programmes, in cell density (r "
        "+0.90), haematoxylin (r +0.80). "
    )
    assert "kernel distance from held-out real tiles is 0.100, where real training tiles have 0.000" in text
    assert "classifiers of tissue learn 97 % as well from them" in text
    measured = verdict(model(steering=steering([0.9, 0.1, 0.1, 0.1], against=(REAL_TILES,))))
    assert "against the slides’ real tiles, in cell density (r +0.90). " in measured
    assert verdict(model(steering=steering([0.1] * 4))).startswith("Tiles do not follow the expression in anything")
    assert verdict(noise()).startswith("This model is told no expression.")
    one_tissue = metrics()[lambda table: ~table["metric"].str.startswith("tissue")]
    assert np.isnan(utility(model(metrics=one_tissue)))
    assert np.isnan(utility(model(metrics=metrics(tissue_trained_on_synthetic=(0.6, 0.62, 0.5)))))
    assert np.isnan(utility(noise()))
    assert "classifiers" not in verdict(model(metrics=one_tissue))


def test_steps_to_equal_quality_are_those_of_the_noise_at_its_best():
    found = equal_quality(report())["rna-gan"]
    assert (found.best, found.of_noise, found.steps, found.share) == (0.1, 4000, 2000, 0.5)
    assert equal_quality(report(model())) == {}


def test_the_summary_is_plain():
    told, untold = histology_summary(report())
    assert told["follows"] == "cell_density"
    assert told["correlation"] == pytest.approx(0.9)
    assert told["swapped"] == 0
    assert told["share_of_steps"] == 0.5
    assert told["relative"] == pytest.approx(0.75)
    assert untold["follows"] is None
    assert untold["share_of_steps"] is None


def test_tables_stand_side_by_side():
    [table] = distance_tables(report())
    assert table.tissues == ["normal", "tumour"]
    assert [row[:2] for row in table.rows] == [(whose, tissue) for whose in (TRAINING, "rna-gan", "gan")
                                               for tissue in TISSUES]  # fmt: skip
    assert table.rows[3] == ("rna-gan", "tumour", [(0.5, 5.0), (0.02, 0.2)])
    rows = cell_rows(report())
    assert [row["measure"] for row in rows] == ["Cell density", "Eosin"] * 2
    assert rows[0]["models"] == [{"mean": 1900.0, "difference": -0.25}] * 2


def test_the_section_is_written(tmp_path):
    outside = model(outside={"Lung": steering([0.6, 0.1, 0.2, 0.0], slides=20)})
    view = view_histology(report(outside, noise()), "slides", tmp_path)
    html = templates().get_template("histology.html").render(histology=view)
    assert "cell density follows M1, with a correlation of 0.9" in html
    assert "2 places: blurred" in html
    assert 'href="histology/fold0/rna-gan/quiz.html"' in html
    assert "8 of 8 held-out samples lie among samples of their own tissue" in html
    assert "rna-gan is at step 2,000 as good as gan at its best, step 4,000: 50 % of the steps" in html
    assert "r = +0.90 over 40 held-out slides (p = 0.001 by permutation), +0.00 when told another" in html
    assert '<th scope="row">Cell density</th><td class="number"><strong>0.90</strong>' in html
    assert "0.80 to 1.00<br>p = 0.001" in html
    assert "rna-gan, patients of Lung: do tiles follow the expression" in html
    assert "r = +0.60 over 20 held-out slides" in html
    drawn = {path.stem for path in tmp_path.glob("*.png")}
    assert drawn == {"histology-tiles-1", "histology-codes", "histology-equal-quality", "histology-rna-gan-steering",
                     "histology-rna-gan-outside-lung", "histology-rna-gan-training",
                     "histology-gan-training"}  # fmt: skip


def test_a_cohort_without_expression_has_a_section(tmp_path):
    alone = replace(report(noise()), codes=None, truth=None)
    view = view_histology(alone, "tiles", tmp_path)
    html = templates().get_template("histology.html").render(histology=view)
    assert view.codes is None
    assert view.equal_quality is None
    assert "Does expression steer the tiles?" not in html


def test_a_good_model_raises_no_warning():
    found = list(histology_alerts(report(), SETTINGS))
    assert [alert.level for alert in found] == ["note"] * len(found)
    assert any("1 slide excluded: B_tumour" in alert.text for alert in found)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"metrics": metrics(mmd=(0.3, 0.0, 0.4))}, "nearer to shuffled pixels than to real tiles"),
        ({"metrics": metrics(nearest_training=(0.2, 1.0, 0.1))}, "0.20 times as far from the nearest training tile"),
        ({"metrics": metrics(tissue_trained_on_synthetic=(0.7, 0.9, 0.5))}, "are 78 % as accurate on real ones"),
        ({"metrics": metrics(tissue_trained_on_synthetic=(0.6, 0.62, 0.5))}, "Tissues are hardly told apart"),
        ({"steering": steering([0.9, 0.1, 0.1, 0.1], slides=8)}, "tested on only 8 held-out slides"),
        ({"steering": steering([0.1] * 4)}, "follow the expression in nothing that was measured"),
        ({"steering": steering([0.9] * 4, swapped=0.8)}, "told another patient’s expression, tiles still follow"),
        ({"steering": steering([0.9, 0.1, 0.9, 0.9])}, "real tiles show the programmes of nuclear area, and synthetic"),
        ({"histories": {"fold0": history(0.3)}}, "trained for 1,000 steps only"),
    ],
    ids=["unlike", "copies", "useless", "hard tissues", "few slides", "deaf", "something else", "lost", "short"],
)
def test_what_a_reader_must_know(changed, sentence):
    assert any(sentence in alert.text for alert in histology_alerts(report(model(**changed), noise()), SETTINGS))


def test_without_a_model_of_noise_nothing_says_what_expression_adds():
    assert any(
        "No model of tiles is trained on noise alone" in one.text for one in histology_alerts(report(model()), SETTINGS)
    )


def colour(number):
    return np.full((4, 4, 3), number, np.uint8)


def test_a_column_of_the_contact_sheet_is_a_patient(tmp_path):
    folder = tmp_path / "histology"
    patients = [f"P{number:02d}" for number in range(14)]
    splits = pd.DataFrame({"patient_id": patients, "fold0": ["train", *["test"] * 13]})
    tiles = pd.DataFrame({"tile_id": [f"{name}_1" for name in patients], "slide_id": patients, "patient_id": patients,
                          "tissue": "tumour", "status": "kept"})  # fmt: skip
    with writing_tiles(folder / "tiles.zip") as archive:
        for number, name in enumerate(tiles["tile_id"]):
            archive.add(name, colour(number))
    made = {
        # The model has no tiles of P01: its slide is not shown.
        "rna-gan": [(f"patient/{name}/1.png", "patient", name, 100 + number) for number, name in enumerate(patients)
                    if name != "P01"],
        "gan": [(f"noise/noise/{number}.png", "noise", None, 200 + number) for number in range(3)],
    }  # fmt: skip
    for model_name, rows in made.items():
        place = folder / "fold0" / model_name / "synthetic"
        for path, _, _, number in rows:
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(colour(number)).save(place / path)
        table = pd.DataFrame([row[:3] for row in rows], columns=["path", "made_for", "patient_id"])
        write_tsv(table.assign(tissue=np.where(table["made_for"] == "noise", None, "tumour")), place / "tiles.tsv")
    [(tissue, sheet)] = contact_sheets(folder, "fold0", list(made), tiles, splits).items()
    assert tissue == "tumour"
    assert sheet["real"][:, 0, 0, 0].tolist() == list(range(2, 12))
    assert sheet["rna-gan"][:, 0, 0, 0].tolist() == list(range(102, 112))
    assert sheet["gan"][:, 0, 0, 0].tolist() == [200, 201, 202]
