"""The association map: what it says, and that maps of any size are drawn."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from syncohort.radiogenomics.association import associate
from syncohort.report.figures.association_map import ON_DARK, association_map
from syncohort.report.figures.figure import render

FALSE_ALARMS = {"permutations": 40, "false_alarms": 0.05}


def associations(modules: int, features: int) -> pd.DataFrame:
    """Sixty patients; the first feature follows the first module."""
    rng = np.random.default_rng(1)
    activity = pd.DataFrame(rng.normal(size=(60, modules))).add_prefix("module ")
    table = pd.DataFrame(rng.normal(size=(60, features))).add_prefix("oedema_feature_")
    table["oedema_feature_0"] = activity["module 0"] + 0.1 * table["oedema_feature_0"]
    return associate(activity, table)


@pytest.mark.parametrize(("modules", "features"), [(1, 1), (2, 5), (6, 4)])
def test_maps_of_any_size_are_drawn(modules: int, features: int, tmp_path: Path):
    sizes = {f"module {number}": number + 3 for number in range(modules)}
    figure = association_map(associations(modules, features), sizes, FALSE_ALARMS, name="map")
    assert figure.finding.startswith(f"1 of {modules * features} pairs are associated at a false discovery rate of 5 %")
    assert "the strongest is module 0 with oedema feature 0, ρ = +0.99" in figure.finding
    assert "5.0 % of 40 maps" in figure.finding
    markup = render(figure, tmp_path).markup
    assert "module 0 (3)" in markup
    assert ON_DARK in markup
