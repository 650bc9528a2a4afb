"""The section on CT nodules: sentences, tables and alerts on results with known content."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from syncohort.core.io import write_json
from syncohort.core.schema import read_schema
from syncohort.nodule.metrics import METRICS, NODULES, REGIONS
from syncohort.nodule.radiogenomic_map import SPACES, RadiogenomicMap
from syncohort.nodule.slices import Slices
from syncohort.report.index import write_index
from syncohort.report.nodule.alerts import nodule_alerts
from syncohort.report.nodule.comparison import compare_models
from syncohort.report.nodule.contents import NoduleModelReport, NoduleReport
from syncohort.report.nodule.methods import nodule_methods
from syncohort.report.nodule.verdict import nodule_summary, verdict
from syncohort.report.nodule.view import planted_correlations, view_nodule
from syncohort.report.rendering import templates

FEATURES = ["size", "density", "edge_sharpness", "spiculation"]
SETTINGS = {"source": {"simulated": {}}, "prepare": {"backgrounds": "lung"}}


def metrics(**changed):
    """Every score is 0.9 of a ceiling of 1, unless changed by the name of its metric."""
    rows = []
    spaces = dict.fromkeys(("mse", "ssim", "psnr"), REGIONS) | {"nodule_variance": (NODULES, "size", "edge sharpness")}
    for metric in METRICS:
        for space in spaces.get(metric.name, (NODULES,)):
            value = changed.get(metric.name, 0.9)
            rows.append({"metric": metric.name, "space": space, "value": value, "ceiling": 1.0, "floor": 0.0,
                         "ci_low": 0.8, "ci_high": 1.0, "n": 40, "note": ""})  # fmt: skip
    return pd.DataFrame(rows)


def conditioning(correlations, patients=30):
    table = pd.DataFrame({"feature": FEATURES, "patients": patients, "correlation": correlations})
    p_value = np.where(table["correlation"] > 0.5, 0.001, 0.4)
    table = table.assign(shuffled=0.0, shuffled_high=0.3, p_value=p_value, noise=0.2, swapped=0.8, zeroed=0.5)
    return table.assign(swapped_p=p_value, zeroed_p=p_value, p_adjusted=np.minimum(4 * p_value, 1))


def radiogenomic_map(q_value=0.01):
    patients = [f"P{number}" for number in range(12)]
    roles = ["train"] * 6 + ["test"] * 6
    places = [pd.DataFrame({"space": space, "layout": layout, "patient_id": patients, "role": roles,
                            "x": np.arange(12.0), "y": np.arange(12.0) ** 2})
              for layout in ("t-SNE", "UMAP") for space in SPACES]  # fmt: skip
    values = {"size": np.arange(12.0), "sex": ["female", "male"] * 5, "stage": list("ABCDEFGHIJKL")}
    described = [("image feature", "size", "continuous"), ("clinical label", "sex", "categorical"),
                 ("clinical label", "stage", "categorical")]  # fmt: skip
    variables = [
        pd.DataFrame({"kind": kind, "variable": name, "scale": scale, "value": values[name],
                      "patient_id": patients[: len(values[name])]})
        for kind, name, scale in described
    ]  # fmt: skip
    silent = {"patients": 6, "score": 0.1, "null_high": 0.3, "p_value": 0.5, "q_value": 0.6}
    rows = [
        {"space": space, "kind": kind, "variable": name, "scale": scale, **silent}
        for kind, name, scale in described
        for space in SPACES
    ]
    rows[2] |= {"score": 0.71, "p_value": 0.001, "q_value": q_value}
    for row in rows[6:]:
        row |= dict.fromkeys(("score", "null_high", "p_value", "q_value"), np.nan)
    return RadiogenomicMap(pd.concat(places), pd.concat(variables), pd.DataFrame(rows))


def attributions():
    genes = [f"G{number}" for number in range(1, 9)]
    ranked = {"rank": range(1, 9), "gene": genes, "attribution": np.arange(8, 0, -1) / 36, "direction": [1, -1] * 4}
    modules = [(feature, module, 25, auc) for feature in FEATURES for module, auc in (("M1", 0.9), ("M2", 0.6))]
    return {
        "attributions": pd.concat([pd.DataFrame({"feature": feature, **ranked}) for feature in FEATURES]),
        "attributed_modules": pd.DataFrame(modules, columns=["feature", "module", "genes", "auc"]),
    }


def model(**changed):
    rng = np.random.default_rng(0)
    kinds = ["real", "background", "synthetic", "swapped"]
    masks = np.zeros((8, 32, 32), dtype=bool)
    masks[[0, 2, 3, 4, 6, 7], 12:20, 12:20] = True
    table = pd.DataFrame({"patient_id": ["A"] * 4 + ["B"] * 4, "genes_of": "A", "kind": kinds * 2})
    modules = pd.DataFrame({"module": ["M1"] * 4 + ["M2"] * 4, "feature": FEATURES * 2})
    history = pd.DataFrame({"step": [2000, 4000], "loss": 1.0, "monitor": [2.0, 1.0], "monitor_smoothed": [2.0, 1.5]})
    parts = {
        "name": "gan",
        "settings": {"conditioned": True},
        "histories": {"fold0": history},
        "metrics": metrics(),
        "conditioning": conditioning([0.9, 0.8, 0.1, -0.2]),
        "modules": modules.assign(real=np.linspace(-1, 1, 8), synthetic=np.linspace(-0.8, 0.8, 8)),
        "preservation": {"correlation": 0.75, "p_value": 0.01, "permutations": 1000},
        **attributions(),
        "map": radiogenomic_map(),
        "examples": Slices(rng.uniform(-1, 1, (8, 32, 32)), masks, table, 1.0),
        "model": {},
    }
    return NoduleModelReport(**parts | changed)


def report(*models):
    manifest = pd.DataFrame({"subject_id": ["A", "B"], "patient_id": ["A", "B"], "status": ["included", "excluded"],
                             "shape": "9×9×9", "spacing": "1×1×1"})  # fmt: skip
    slices = pd.DataFrame({"kind": ["nodule"] * 3 + ["background"] * 5})
    truth = pd.DataFrame({"trait": ["size", "density"], "module": ["M1", "M2"], "correlation": 0.9})
    return NoduleReport(manifest, {}, ["fold0"], models, slices=slices, truth=truth)


def test_the_verdict_names_what_follows_the_genes():
    text = verdict(model())
    assert text.startswith(
        "Nodules follow the genes, over 30 held-out patients, in size (r +0.90), density (r +0.80). "
    )
    assert "the detector finds 90 % of the nodules (100 % of real ones); they vary 0.90 times as much" in text
    silent = verdict(model(conditioning=conditioning([0.1, 0.1, 0.1, 0.1])))
    assert silent.startswith("Nodules do not follow the genes in any feature")
    untold = replace(model(), settings={"conditioned": False})
    assert verdict(untold).startswith("This model is told no genes, as a baseline.")


def test_models_stand_beside_each_other_and_the_published_ones():
    other = replace(model(), name="mc-gan", metrics=metrics(ssim=0.5).query("metric != 'nodule_variance'"))
    ours, baseline, *published = compare_models([model(), other])
    assert [row.name for row in (ours, baseline)] == ["gan", "mc-gan"]
    assert ours.values == (0.9,) * 7
    assert baseline.values[:6] == (0.9, 0.5, 0.9, 0.5, 0.9, 0.9)
    assert np.isnan(baseline.values[6])
    assert [row.values[:3] for row in published][-1] == (0.0044, 0.88, 24.52)
    assert compare_models([model()]) == []


def test_planted_associations_are_found_again():
    truth = report().truth
    rows = planted_correlations(model(), truth)
    assert [row[:2] for row in rows] == [("size", "M1"), ("density", "M2")]
    assert rows[0][2:] == pytest.approx((-1, -0.8))
    assert planted_correlations(model(), None) == []


def test_the_section_is_written(tmp_path):
    untold = replace(model(), name="mc-gan", settings={"conditioned": False}, conditioning=pd.DataFrame(),
                     modules=pd.DataFrame(), preservation={}, attributions=pd.DataFrame(), map=None)  # fmt: skip
    view = view_nodule(report(model(), untold), "ct", tmp_path)
    html = templates().get_template("nodule.html").render(nodule=view)
    assert "size follows M1, density follows M2, with a correlation of 0.9" in html
    assert "r = +0.75 (p = 0.010, patients exchanged 1,000 times)" in html
    assert html.count("do nodules follow the genes?") == html.count("gan: do nodules follow the genes?") > 0
    assert "3 with a nodule, 5 backgrounds" in html
    assert "CT nodules from expression" in html
    alone = templates().get_template("nodule.html").render(nodule=replace(view, models=view.models[1:]))
    assert "CT nodules" in alone
    assert "from expression" not in alone
    assert "Models beside each other" in html
    one = view_nodule(report(model()), "ct", tmp_path)
    assert "Models beside each other" not in templates().get_template("nodule.html").render(nodule=one)
    assert (tmp_path / "nodule-mc-gan-examples.png").is_file()
    assert not (tmp_path / "nodule-mc-gan-conditioning.png").exists()


def test_the_methods_text_says_what_each_preset_is():
    """The sentences differ where the presets do, and cite what is not of Xu et al."""
    rules = read_schema("cohort")["properties"]["nodule"]["properties"]["models"]["additionalProperties"]["properties"]
    presets = rules["preset"]["enum"]
    models = []
    for preset in presets:
        settings = {key: rule["presets"][preset] for key, rule in rules.items() if "presets" in rule}
        record = {"scale": {"genes": ["A", "B"]}}
        models.append(replace(model(), name=preset, settings={"preset": preset, **settings}, model=record))
    nodule = {**SETTINGS, "prepare": {"backgrounds": "lung", "background_slices": 20, "side": 128, "field_mm": 60},
              "evaluate": {"backgrounds": 8, "permutations": 1000},
              "map": {"layouts": ["t-SNE", "UMAP"], "permutations": 1000}}  # fmt: skip
    text, references = nodule_methods(SimpleNamespace(nodule=report(*models), settings={"nodule": nodule}))
    of = dict(zip(presets, [" ".join(part.split()) for part in text.split("\n\n")[1:]], strict=False))
    assert "the multi-conditional network of Xu et al., 2019, by the published equations: expression of" in of["paper"]
    assert "MC-GAN (Park et al., 2018): without genes, 100 numbers of noise and a background are fused" in of["mc-gan"]
    assert "a disc in the middle is not shown, is filled up, from 8 × 8 pixels" in of["in-painting"]
    assert "the slice being the background outside the disc." in of["in-painting"]
    assert "from the nodule that was there." in of["in-painting"]
    assert {"Park et al., 2018", "Jin et al., 2018"} <= set(references)


def test_genes_that_move_nodules_are_named(tmp_path):
    view = view_nodule(report(model()), "ct", tmp_path).models[0]
    assert [row.feature for row in view.genes] == ["size", "density", "edge sharpness", "spiculation"]
    assert view.genes[1].genes == "G1\xa0↑, G2\xa0↓, G3\xa0↑, G4\xa0↓, G5\xa0↑, G6\xa0↓"
    density = view.genes[1]
    assert (density.module, density.auc, density.planted, density.planted_auc) == ("M1", 0.9, "M2", 0.6)
    assert view.genes[3].planted == ""


def test_the_map_shows_every_space_and_says_what_it_separates(tmp_path):
    view = view_nodule(report(model()), "ct", tmp_path)
    found = view.models[0].map
    assert found.verdict == (
        "The learnt gene code separates 6 held-out patients by size. Of what it is made from, genes by nothing and "
        "principal components by nothing."
    )
    assert [(row.variable, row.patients) for row in found.rows] == [("size", 6), ("sex", 6), ("stage", 6)]
    assert [cell.separates for cell in found.rows[0].cells] == [False, False, True]
    assert found.rows[2].cells[0].score == "–"
    files = [f"nodule-gan-{layout}-{kind}.png" for layout in ("t-sne", "umap") for kind in ("features", "labels")]
    assert all((tmp_path / name).is_file() for name in files)
    html = templates().get_template("nodule.html").render(nodule=view)
    assert "The same by UMAP" in html
    assert "chance 0.30, q 0.010" in html


def test_a_good_model_raises_no_warning():
    found = list(nodule_alerts(report(model()), SETTINGS))
    assert [alert.level for alert in found] == ["note"] * len(found)
    assert any("1 subject with CT excluded: B" in alert.text for alert in found)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"metrics": metrics(nodule_variance=0.3)},
            "alike (mode collapse); their variance over that of real ones is: size 0.30, edge sharpness 0.30.",
        ),
        (
            {
                "metrics": metrics().assign(
                    value=lambda table: table["value"].mask(table["space"] == "edge sharpness", 1.7)
                )
            },
            "too different from each other; their variance over that of real ones is: edge sharpness 1.70.",
        ),
        ({"metrics": metrics(detection=0.5)}, "the detector finds 50 % of synthetic nodules and 100 % of real ones"),
        ({"metrics": metrics().assign(ceiling=0.2)}, "finds only 20 % of held-out real nodules: it judges nothing"),
        ({"metrics": metrics(nearest_training=0.2)}, "0.20 times as far from the nearest training nodule"),
        ({"metrics": metrics()[lambda table: table["space"].isin(REGIONS)]}, "hardly any slice has a nodule"),
        ({"conditioning": conditioning([0.9] * 4, patients=8)}, "tested on only 8 held-out patients"),
        ({"conditioning": conditioning([0.9, 0.9, 0.9, 0.1])}, "genes change spiculation no more than other noise"),
        ({"map": radiogenomic_map(q_value=0.2)}, "separates held-out patients by none of 2 features and labels"),
        ({"histories": {"fold0": pd.DataFrame({"step": [300]})}}, "trained for 300 steps only"),
    ],
    ids=[
        "collapse",
        "one feature too varied",
        "not found",
        "no detector",
        "copies",
        "empty",
        "few patients",
        "silent feature",
        "silent map",
        "short",
    ],
)
def test_what_a_reader_must_know(changed, sentence):
    assert any(sentence in alert.text for alert in nodule_alerts(report(model(**changed)), SETTINGS))


def test_the_index_has_a_row_for_every_model(tmp_path):
    told, untold = model(), replace(model(), name="mc-gan", settings={"conditioned": False},
                                    conditioning=pd.DataFrame(), metrics=metrics(nodule_variance=np.nan))  # fmt: skip
    summaries = nodule_summary(report(told, untold))
    assert summaries[0] == {"model": "gan", "features": 4, "followed": ["size", "density"], "background": 0.9,
                            "found": 0.9, "found_real": 1.0, "spread": 0.9}  # fmt: skip
    assert summaries[1]["followed"] == []
    assert summaries[1]["spread"] is None
    content = {"name": "ct", "title": "CT", "page": "report.html", "models": [], "mri": [], "histology": [],
               "radiogenomics": None}  # fmt: skip
    write_json(content | {"nodule": summaries}, tmp_path / "ct/report.json")
    write_index([tmp_path / "ct/report.json"], tmp_path / "index.html")
    text = (tmp_path / "index.html").read_text()
    assert "size, density" in text
    assert "told no genes" in text
