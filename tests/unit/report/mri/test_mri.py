"""The section on brain MRI: what it says of made-up scores, that it needs nothing from outside, and its alerts."""

import base64
import dataclasses
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from syncohort.core.defaults import with_defaults
from syncohort.core.io import read_json, write_json, write_tsv
from syncohort.core.schema import read_schema
from syncohort.mri.evaluation import COLUMNS
from syncohort.mri.metrics import METRICS
from syncohort.mri.preparation import PreparedSubject, prepare_subject
from syncohort.report.alerts import alerts
from syncohort.report.contents import CohortReport, load_cohort_report
from syncohort.report.figures.montage import cut, planes_of
from syncohort.report.image_scores import mean_metrics
from syncohort.report.index import write_index
from syncohort.report.inspection import find_faults
from syncohort.report.mri.view import dice_rows
from syncohort.report.mri.viewer import make_viewer
from syncohort.report.page import write_cohort_report
from syncohort.sources.volumes.inspection import Subject
from syncohort.sources.volumes.labels import REGIONS
from syncohort.sources.volumes.phantom import simulate_phantom

GIVEN = {
    "title": "Gliomas <b>of</b> nobody",
    "splits": {"folds": 2},
    "mri": {
        "source": {"simulated": {"subjects": 6, "shape": [24, 24, 16]}},
        "prepare": {"shape": [24, 24, 16]},
        "segment": {"training_sets": ["real", "synthetic-1x", "mixed-1x"]},
    },
}
PROVENANCE = {
    "versions": {"syncohort": "0.1.0", "snakemake": "9.13.4"},
    "commit": "0123456789ab",
    "seed": 7,
    "settings": {},
    "inputs": {f"data/S{number}.nii.gz": "9f86d081" for number in range(60)},
    "datasets": [],
}
SPACES = {"ssim": ["brain", "tumour"], "mask_consistency": ["whole tumour", "enhancing tumour"]}
SPACES |= {name: ["white matter"] for name in ("texture_variance", "texture_fine", "texture_coarse")}


def subject(number: int) -> PreparedSubject:
    phantom = simulate_phantom({"shape": [24, 24, 16], "bias_field": 0.1, "noise": 0.03}, np.random.default_rng(number))
    images = {modality: values.astype(np.float32) for modality, values in phantom.images.items()}
    read = Subject(images, phantom.label, phantom.tissue > 0, phantom.affine, {1: 1, 2: 2, 3: 3})
    rule = read_schema("cohort")["properties"]["mri"]["properties"]["prepare"]
    settings = with_defaults({"shape": [24, 24, 16]}, rule)
    return prepare_subject(read, {"subject_id": f"S{number}", "patient_id": f"P{number}"}, settings)


def scores(value: float) -> pd.DataFrame:
    rows = [
        {
            **{"metric": metric.name, "space": space, "value": value, "ceiling": 1.0, "floor": 0.0, "n": 3},
            "note": "made up",
        }
        for metric in METRICS
        for space in SPACES.get(metric.name, [metric.name if metric.name != "nearest_training" else "whole images"])
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def segmentation(synthetic: float) -> pd.DataFrame:
    level = {"real": 0.8, "synthetic-1x": synthetic, "mixed-1x": 0.8}
    rows = [
        {"training_set": name, "repeat": repeat, "subject_id": f"S{number}", "patient_id": f"P{number}",
         "region": region, "dice": dice + 0.01 * number, "hd95": 5.0}
        for name, dice in level.items()
        for repeat in range(3)
        for number in range(3)
        for region in REGIONS
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """`results/gliomas` as the workflow leaves it."""
    folder = tmp_path_factory.mktemp("results") / "gliomas"
    model = folder / "mri/fold0/pix2pix"
    subjects = [subject(number) for number in range(2)]
    for one in subjects:
        one.write(folder / "mri/prepared")
        one.write(model / "counterparts")
    table = {
        "subject_id": ["S0", "S1", "S2"], "patient_id": ["P0", "P1", "P2"],
        "status": ["included", "included", "excluded"], "reason": ["", "", "lacks t2"],
        "shape": "24×24×16", "spacing": "6.66667×8.33333×9.375",
        "brain": [2900, 3000, np.nan], "necrosis": [10, 20, np.nan], "oedema": [100, 200, np.nan],
        "enhancing": [20, 40, np.nan],
    }  # fmt: skip
    write_tsv(pd.DataFrame(table), folder / "mri/subjects.tsv")
    write_json(PROVENANCE, folder / "mri/subjects.json")
    splits = {"patient_id": ["P0", "P1"], "stratum": "imaged", "full": "train", "fold0": "test", "fold1": "train"}
    write_tsv(pd.DataFrame(splits), folder / "splits.tsv")
    history = {"step": [10, 20], "discriminator_loss": [0.3, 0.24], "generator_loss": [1.0, 0.3],
               "monitor": [0.3, 0.2], "monitor_smoothed": [0.3, 0.25]}  # fmt: skip
    write_tsv(pd.DataFrame(history), model / "history.tsv")
    settings = with_defaults(GIVEN, read_schema("cohort"))["mri"]["models"]["pix2pix"]
    # As a card of 8 GB was found.
    used = {**settings, "width": 48, "lean": True}
    write_json({"settings": used, "best_step": 20, "provenance": PROVENANCE}, model / "model.json")
    write_tsv(scores(0.9), model / "metrics.tsv")
    write_tsv(segmentation(0.6), model / "segmentation.tsv")
    return folder


@pytest.fixture(scope="module")
def report(results) -> CohortReport:
    settings = with_defaults(GIVEN, read_schema("cohort"))
    settings = {key: value for key, value in settings.items() if key not in ("samples", "covariates", "expression")}
    return load_cohort_report(results, settings=settings, changed=frozenset(), command=["snakemake"])


@pytest.fixture(scope="module")
def page(report, tmp_path_factory) -> Path:
    page = tmp_path_factory.mktemp("site") / "gliomas/report.html"
    write_cohort_report(report, page, page.parent / "figures")
    return page


def test_the_page_has_no_fault(page):
    assert find_faults(page) == []
    text = page.read_text()
    assert "Gliomas &lt;b&gt;of&lt;/b&gt; nobody" in text
    assert set(re.findall(r'<figure class="figure" id="([^"]+)"', text)) == {
        "mri-pix2pix-dice", "mri-pix2pix-montage", "mri-pix2pix-training",
    }  # fmt: skip
    files = {path.name for path in (page.parent / "figures").iterdir()}
    assert files == {f"mri-pix2pix-{name}.{kind}" for name in ("dice", "montage", "training")
                     for kind in ("png", "svg", "tsv")}  # fmt: skip
    sections = re.findall(r'<section id="([^"]+)"', text)
    assert sections == ["verdict", "alerts", "cohort", "mri", "limitations", "methods", "settings", "reproduce"]


def test_it_says_what_the_scores_are(page, report):
    text = page.read_text()
    # 0.61 of 0.81 on the mean of three patients.
    assert "Networks trained on synthetic subjects alone (synthetic-1x) reach 75 % (whole tumour), 75 %" in text
    assert "with 48 channels in the first (the most that fitted the machine)" in text
    assert "weights at step 20 were kept; normalisation and activation were computed again on the way back" in text
    assert "24×24×16 voxels of 6.67×8.33×9.38 mm (2)" in text
    assert "of 60 files in <code>subjects.json</code>" in text
    rows = dice_rows(report.mri.models[0].dice)
    assert [row["training_set"] for row in rows] == ["real", "synthetic-1x", "mixed-1x"]
    assert rows[1]["scores"][0]["difference"] == pytest.approx(-0.2)
    assert "corrects the label painted in the mean brightness of each class of the training patients" in text
    assert "Ashburner J, Friston KJ" in text
    assert "Isola P, Zhu JY" in text
    assert "differential expression" not in text


def test_alerts(report):
    found = {alert.text: alert.level for alert in alerts(report)}
    told = "\n".join(found)
    assert (
        "networks trained on synthetic-1x segment worse than those trained on real subjects: whole tumour by 0.20"
        in told
    )
    assert "mixed-1x segment worse" not in told
    assert "Images of only 3 held-out patients" in told
    assert "1 subject with images excluded: S2." in told
    assert "the adversarial part barely acts. At the end the discriminator’s loss is 0.24" in told
    assert "simulated phantoms" in told
    assert "texture" not in told.replace("brightness and texture come", "")
    smooth = dataclasses.replace(report.mri.models[0], metrics=scores(0.3))
    images = dataclasses.replace(report.mri, models=[smooth])
    told = "\n".join(alert.text for alert in alerts(dataclasses.replace(report, mri=images)))
    assert "the texture of white matter has 0.30 to 0.30 of the power of real images" in told
    assert "0.30 times as far from the nearest training subject" in told


def test_the_index_lists_images_of_a_cohort_without_expression(page):
    summary = read_json(page.with_suffix(".json"))
    assert summary["models"] == []
    assert summary["mri"][0]["dice_ratio"]["tumour core"] == pytest.approx(0.61 / 0.81)
    index = page.parents[1] / "index.html"
    write_index([page.with_suffix(".json")], index)
    assert find_faults(index, links=True) == []
    text = index.read_text()
    assert 'href="gliomas/report.html#mri"' in text
    assert "Gene expression" not in text
    assert "0.75" in text


def test_the_viewer_holds_every_slice(report):
    example = report.mri.models[0].example
    viewer = make_viewer(example, "viewer")
    assert viewer.slices == 16
    assert viewer.start == round(np.argwhere(example.real.label)[:, 0].mean())
    assert viewer.ratio == pytest.approx(160 / 200)
    sheet = viewer.sheets["real"]["t2"].address
    picture = np.array(Image.open(io.BytesIO(base64.b64decode(sheet.split(",")[1]))))
    assert picture.shape == (16 * 24, 24)
    # The front is above and the right of the patient on the left, as radiologists look.
    slice_five = example.real.images[2][5].astype(np.float32)[::-1, ::-1]
    assert picture[5 * 24 : 6 * 24] == pytest.approx((slice_five + 1) * 127.5, abs=0.51)


def test_a_single_slice_has_one_plane():
    assert planes_of((1, 240, 240)) == {0: "axial"}
    assert planes_of((2, 240, 240)) == {0: "axial", 1: "coronal", 2: "sagittal"}


def test_a_plane_is_seen_as_radiologists_look():
    volume = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    # Axial: front above, the patient's right on the left; axes of volumes run up, to the front and to the right.
    assert cut(volume, 0, [1, 0, 0])[0].tolist() == [23, 22, 21, 20]
    # Coronal: up above. Sagittal: up above, the front on the right.
    assert cut(volume, 1, [0, 2, 0])[0].tolist() == [23, 22, 21, 20]
    assert cut(volume, 2, [0, 0, 3])[0].tolist() == [15, 19, 23]


def test_means_over_folds():
    table = mean_metrics([scores(0.2).assign(ci_low=0.1), scores(0.4).assign(ci_low=0.3)])
    assert table["value"].to_numpy() == pytest.approx(np.full(len(table), 0.3))
    assert table["ci_low"].isna().all()
    assert (table["n"] == 6).all()
    assert mean_metrics([scores(0.2).assign(ci_low=0.1)])["ci_low"].eq(0.1).all()
