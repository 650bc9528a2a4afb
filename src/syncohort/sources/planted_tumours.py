"""Simulated tumour labels whose size and shape follow the expression of planted gene modules."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

from syncohort.core.cohort import TUMOUR, scale_of
from syncohort.core.errors import InputError
from syncohort.sources.volumes.cohort import INCLUDED
from syncohort.sources.volumes.labels import BRATS_2023, ENHANCING, OEDEMA
from syncohort.sources.volumes.nifti import write_volume
from syncohort.sources.volumes.protocol import BRAIN_MRI

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

    Radius of the enhancing part, thickness of the oedema and elongation follow a module each: the trait's logarithm is
    its mean + deviation × (r a + √(1 − r²) e), a the patient's standardised mean log expression of the module in the
    tumour, e noise. A smooth random field makes borders rough; orientation is random.

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
    if len(modules) < len(TRAITS):
        raise InputError(
            f"radiogenomics.features.simulated plants {len(TRAITS)} associations, each with a module of its own, and "
            f"source.simulated.modules is {len(modules)}. Raise it to {len(TRAITS)} or more."
        )
    rng = np.random.default_rng(seed)
    tumours = cohort[(cohort.obs["condition"] == TUMOUR).to_numpy()]
    log = pd.DataFrame(scale_of(cohort).to_log(tumours.X), tumours.obs["patient_id"].astype(str), tumours.var_names)
    number = round(settings["share"] * len(log))
    followed = dict(zip(TRAITS, modules, strict=False))
    strength, traits = settings["correlation"], pd.DataFrame(index=log.index)
    for trait, module in followed.items():
        activity = log[modules[module]].mean(axis=1)
        activity = (activity - activity.mean()) / activity.std(ddof=0)
        mean, deviation = TRAITS[trait]
        noise = rng.normal(size=len(log))
        traits[trait] = np.exp(
            mean + deviation * (strength * activity + np.sqrt(1 - strength**2) * noise).clip(-2.5, 2.5)
        )
    imaged = np.sort(rng.choice(len(log), number, replace=False))
    rows = []
    for patient, values in traits.iloc[imaged].iterrows():
        path = folder / f"{patient}.nii.gz"
        write_volume(_draw(values, rng), np.eye(4), path)
        coding = " ".join(f"{found}={meaning}" for found, meaning in BRATS_2023.items())
        rows.append(
            {"subject_id": patient, "patient_id": patient, "status": INCLUDED, "label": str(path), "coding": coding}
        )
    truth = pd.DataFrame({"trait": list(followed), "module": list(followed.values()), "correlation": strength})
    return PlantedTumours(pd.DataFrame(rows, columns=BRAIN_MRI.columns), truth)


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
