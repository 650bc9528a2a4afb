"""A generator told the expression of another cohort: what it is told, what is measured, what is refused."""

from types import SimpleNamespace

import anndata
import numpy as np
import pandas as pd
import pytest
import torch

from syncohort.core.consistency.between_cohorts import check_outside
from syncohort.core.defaults import default_of
from syncohort.core.errors import InputError
from syncohort.core.schema import read_schema
from syncohort.histology.cells import CellMeter
from syncohort.histology.conditioning import CodeScaler
from syncohort.histology.outside import outside_table, prove_outside
from syncohort.histology.steering import PROGRAMME
from syncohort.histology.store import TileStore, writing_tiles
from syncohort.sources.slides.drawing import Traits, draw_slide

CPU = torch.device("cpu")


def slide(density, seed):
    """Draw nine tiles of a density of cells."""
    image, _ = draw_slide(Traits(density, 3.2, 1.3, 0.3, 0.0), (96, 96), 1.0, np.random.default_rng(seed))
    return image.reshape(3, 32, 3, 32, 3).swapaxes(1, 2).reshape(9, 32, 32, 3)


class Painter:
    """A generator that draws tissue as dense as its code says."""

    def __call__(self, codes, stream):
        """Give (tiles, 3, 32, 32) in [−1, 1]."""
        tiles = [slide(1500 * np.exp(0.5 * float(code[0])), number)[0] for number, code in enumerate(codes)]
        return torch.from_numpy(np.stack(tiles)).permute(0, 3, 1, 2).float() / 127.5 - 1


@pytest.fixture(scope="module")
def proved(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("outside"), np.random.default_rng(0)
    patients = [f"P{number:02d}" for number in range(16)]
    code = rng.normal(size=16)
    rows = []
    with writing_tiles(folder / "tiles.zip") as writer:
        for number, patient in enumerate(patients):
            for place, tile in enumerate(slide(1500 * np.exp(0.5 * code[number]), 100 + number)[:4]):
                writer.add(f"{patient}_{place}", tile)
                rows.append([f"{patient}_{place}", patient, patient, "tumour"])
    tiles = pd.DataFrame(rows, columns=["tile_id", "slide_id", "patient_id", "tissue"])
    obs = pd.DataFrame({"patient_id": patients, "tissue": "tumour", "role": "test"}, index=patients)
    table = outside_table(tiles, anndata.AnnData(code[:, None].astype(np.float32), obs=obs))
    assert set(table.tiles["role"]) == {"test"}
    generator = SimpleNamespace(
        scaler=CodeScaler(np.zeros(1), np.eye(1), 1.0), meter=CellMeter(0.055, 1.0), network=lambda device: Painter()
    )
    planted = pd.DataFrame({"slide_id": patients, "activity_cell_density": code, "activity_nuclear_radius": code[::-1],
                            "activity_haematoxylin": 0.0})  # fmt: skip
    with TileStore(folder / "tiles.zip") as store:
        return prove_outside(table, store, generator, 1.0, planted, 6, 1, CPU)


def test_patients_nobody_knew_are_followed(proved):
    found = proved[(proved["measure"] == "cell_density") & (proved["against"] == PROGRAMME)].set_index("profile")
    assert found.loc["own", "correlation"] > 0.6
    assert found.loc["donor", "correlation"] > 0.6
    assert found.loc["swapped", "p_value"] > 0.05
    assert found.loc["zeroed", "correlation"] < 0.5
    assert (found["slides"] == 16).all()


def cohort(*outside, **changed):
    keys = read_schema("cohort")["properties"]["histology"]["properties"]["evaluate"]["properties"]
    return {"source": {}, "histology": {"evaluate": {"outside": list(outside), "tiles_per_slide": default_of(
        keys["tiles_per_slide"], {})}}} | changed  # fmt: skip


@pytest.mark.parametrize(
    ("cohorts", "sentence"),
    [
        ({"lung": cohort("lnug"), "lnog": cohort()}, "names lnug, and must name another cohort of this run"),
        ({"lung": cohort("lung")}, "names lung, and must name another cohort of this run"),
        ({"lung": cohort("liver"), "liver": {"source": {}}}, "liver has no histology"),
    ],
    ids=["unknown", "itself", "no slides"],
)
def test_what_can_be_no_outside_cohort_is_refused(cohorts, sentence):
    with pytest.raises(InputError, match=sentence):
        check_outside(cohorts)
    check_outside({"lung": cohort("liver"), "liver": cohort()})
