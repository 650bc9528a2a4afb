"""The rows of scores of images: those of one metric stand together, as their common cell in the table needs."""

import pandas as pd

from syncohort.mri.metrics import METRIC
from syncohort.report.image_scores import image_scores


def test_the_rows_of_a_metric_stand_together():
    names = list(METRIC)[:2]
    numbers = {"value": 0.5, "ci_low": 0.4, "ci_high": 0.6, "ceiling": 1.0, "floor": 0.0, "n": 3, "note": None}
    spaces = [("brain", names[1]), ("brain", names[0]), ("tumour", names[1]), ("tumour", names[0])]
    table = pd.DataFrame([{"metric": name, "space": space, **numbers} for space, name in spaces])
    rows = [(row.metric.name, row.space) for row in image_scores(table, METRIC)]
    assert rows == [(name, space) for name in (names[1], names[0]) for space in ("brain", "tumour")]
