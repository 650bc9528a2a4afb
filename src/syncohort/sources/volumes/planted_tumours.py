"""Simulated tumour labels whose size and shape follow the expression of planted gene modules."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

from syncohort.core.cohort import tumour_expression
from syncohort.sources.planted_traits import plant_traits
from syncohort.sources.volumes.cohort import INCLUDED
from syncohort.sources.volumes.labels import BRATS_2023, ENHANCING, OEDEMA
from syncohort.sources.volumes.nifti import write_volume
from syncohort.sources.volumes.protocol import BRAIN_MRI

KEY = "radiogenomics.features.simulated"
# What follows expression: trait of the tumour → its mean and standard deviation, of the natural logarithm.
TRAITS = {
    "enhancing_radius": (np.log(9.0), 0.25),
    "oedema_thickness": (np.log(5.0), 0.35),
    "elongation": (np.log(1.3), 0.15),
}
# Half the side of the volume, mm: room for the largest tumour.
REACH = 36
ROUGHNESS = 0.06


@dataclass(frozen=True)
class PlantedTumours:
    """Tumours and what is true of them.

    Parameters
    ----------
    manifest
        The manifest of a volume cohort that has labels and no images.
    truth
        `trait`, `module` whose mean expression it follows, `correlation`, planted.
    """

    manifest: pd.DataFrame
    truth: pd.DataFrame


def plant_tumours(
    cohort: anndata.AnnData, modules: dict[str, list[str]], settings: dict[str, Any], folder: Path, *, seed: int
) -> PlantedTumours:
    """Simulate a label volume for a share of the patients, as `<folder>/<patient>.nii.gz`, 1 mm.

    Radius of the enhancing part, thickness of the oedema and elongation follow a module each, their logarithms by
    `plant_traits`. A smooth random field makes borders rough; orientation is random.

    Parameters
    ----------
    cohort
        The simulated expression cohort.
    modules
        Name → genes, in the order of the traits.
    settings
        The complete mapping `radiogenomics.features.simulated`.
    folder
        Where the volumes go.
    seed
        Equal cohort, settings and seed give equal volumes.

    Raises
    ------
    InputError
        When the cohort has fewer modules than there are traits.
    """
    rng = np.random.default_rng(seed)
    planted = plant_traits(tumour_expression(cohort), modules, list(TRAITS), settings["correlation"], rng, KEY)
    mean, deviation = np.array(list(TRAITS.values())).T
    traits = np.exp(mean + deviation * planted.values)
    number = round(settings["share"] * len(traits))
    imaged = np.sort(rng.choice(len(traits), number, replace=False))
    rows = []
    for patient, values in traits.iloc[imaged].iterrows():
        path = folder / f"{patient}.nii.gz"
        write_volume(_draw(values, rng), np.eye(4), path)
        coding = " ".join(f"{found}={meaning}" for found, meaning in BRATS_2023.items())
        rows.append(
            {"subject_id": patient, "patient_id": patient, "status": INCLUDED, "label": str(path), "coding": coding}
        )
    return PlantedTumours(pd.DataFrame(rows, columns=BRAIN_MRI.columns), planted.truth)


def _draw(traits: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Draw one tumour: (x, y, z) uint8, enhancing inside, oedema around it."""
    grid = np.stack(np.meshgrid(*[np.arange(-REACH, REACH + 1.0)] * 3, indexing="ij"), axis=-1)
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    stretch = traits["elongation"] ** np.array([2 / 3, -1 / 3, -1 / 3])
    distance = np.linalg.norm((grid @ rotation) / stretch, axis=-1)
    field = gaussian_filter(rng.normal(size=distance.shape), 4)
    distance *= 1 + ROUGHNESS * field / field.std()
    label = np.zeros(distance.shape, dtype=np.uint8)
    label[distance <= traits["enhancing_radius"] + traits["oedema_thickness"]] = OEDEMA
    label[distance <= traits["enhancing_radius"]] = ENHANCING
    return label
