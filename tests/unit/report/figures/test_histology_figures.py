"""Figures of the histology section: what they say of known numbers."""

import numpy as np
import pandas as pd

from syncohort.histology.convergence import EqualQuality
from syncohort.report.figures.code_map import code_map
from syncohort.report.figures.contact_sheet import contact_sheet
from syncohort.report.figures.equal_quality import equal_quality_plot


def test_the_contact_sheet_tells_how_far_colours_are_apart():
    sheet = {"real": np.full((4, 8, 8, 3), 100, np.uint8), "gan": np.full((2, 8, 8, 3), 130, np.uint8)}
    figure = contact_sheet(sheet, {"gan": False}, tissue="lung", name="sheet")
    assert (
        figure.finding
        == "Of 4 held-out slides, the mean colour differs from that of the real tiles by 30 of 255 (gan)."
    )
    assert "made by gan of noise alone" in figure.reading
    assert len(figure.drawing.axes) == 2


def test_the_map_says_how_many_lie_among_their_own():
    places = pd.DataFrame({"tissue": ["a"] * 10 + ["b"] * 10, "role": (["train"] * 8 + ["test"] * 2) * 2})
    places = places.assign(layout="UMAP", x=np.repeat([0.0, 5.0], 10), y=np.tile(np.linspace(0, 1, 10), 2))
    assert "4 of 4 held-out samples" in code_map(places, name="map").finding
    astray = places.assign(layout="UMAP", x=np.where(places["role"] == "test", 5.0, places["x"]))
    assert "2 of 4 held-out samples" in code_map(astray, name="map").finding
    alone = places[places["tissue"] == "a"]
    assert code_map(alone, name="map").finding == "10 samples of 1 tissue."


def test_a_model_that_never_gets_there_is_said_to():
    history = pd.DataFrame({"step": [10, 20], "monitor": [0.2, 0.1], "monitor_smoothed": [0.2, 0.15]})
    found = {"rna-gan": EqualQuality(0.15, 20, np.nan)}
    figure = equal_quality_plot({"gan": history, "rna-gan": history}, found, noise="gan", name="steps")
    assert figure.finding == "rna-gan never becomes as good as gan at its best (step 20)."
    assert list(figure.table.columns[:2]) == ["model", "step"]
