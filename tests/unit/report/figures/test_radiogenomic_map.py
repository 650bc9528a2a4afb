"""The radiogenomic map: what it finds, and colours for numbers, few and many categories."""

import numpy as np
import pandas as pd
import pytest

from syncohort.nodule.radiogenomic_map import (
    CATEGORICAL,
    CLINICAL,
    CONTINUOUS,
    IMAGE,
    SPACES,
    RadiogenomicMap,
)
from syncohort.realism.layout import T_SNE
from syncohort.report.figures.radiogenomic_map import COLOURS, OTHERS, radiogenomic_map

PATIENTS = [f"P{number}" for number in range(20)]


def found(q_value, score=0.5):
    rng = np.random.default_rng(0)
    places = pd.concat(
        pd.DataFrame({"space": space, "layout": T_SNE, "patient_id": PATIENTS, "role": ["train"] * 12 + ["test"] * 8,
                      "x": rng.normal(size=20), "y": rng.normal(size=20)})
        for space in SPACES
    )  # fmt: skip
    size = {"kind": IMAGE, "variable": "size", "scale": CONTINUOUS, "patient_id": PATIENTS, "value": np.arange(20.0)}
    # Eight stages of different frequency, unknown for two patients.
    stages = {"kind": CLINICAL, "variable": "stage", "scale": CATEGORICAL, "patient_id": PATIENTS[:18],
              "value": list("AAAABBBCCCDDEEFFGH")}  # fmt: skip
    rows = [
        {"space": space, "kind": kind, "variable": name, "patients": 8, "score": score, "null_high": 0.2,
         "p_value": q_value, "q_value": q_value}
        for kind, name in ((IMAGE, "size"), (CLINICAL, "stage"))
        for space in SPACES
    ]  # fmt: skip
    return RadiogenomicMap(places, pd.concat([pd.DataFrame(size), pd.DataFrame(stages)]), pd.DataFrame(rows))


@pytest.mark.parametrize(
    ("q_value", "score", "sentence"),
    [
        (0.01, 0.5, "The closest are genes and size: distance correlation 0.50 over 8 held-out patients, 95 %"),
        (0.3, 0.5, "No space goes with any of these"),
        (np.nan, np.nan, "Too few held-out patients"),
    ],
    ids=["separated", "by chance", "untested"],
)
def test_the_finding_is_what_was_tested(q_value, score, sentence):
    figure = radiogenomic_map(found(q_value, score), ["size"], layout=T_SNE, model="gan", name="map")
    assert figure.finding.startswith(sentence)
    assert len(figure.table) == 3 * 20


def test_rare_categories_share_the_last_colour():
    figure = radiogenomic_map(found(0.3), ["size", "stage"], layout=T_SNE, model="gan", name="map")
    assert figure.drawing.axes[0].get_ylabel() == "size, mm"
    legend = figure.drawing.axes[7].get_legend()
    labels = [text.get_text() for text in legend.get_texts()]
    assert len(labels) == len(COLOURS)
    assert labels[:4] == list("ABCD")
    assert labels[-1] == OTHERS
