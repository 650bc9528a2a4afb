"""Simulated slides whose cells follow the expression of planted gene modules."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import TUMOUR, scale_of
from syncohort.sources.planted_traits import plant_traits
from syncohort.sources.slides.drawing import Traits, draw_slide
from syncohort.sources.slides.pyramid import write_pyramid

KEY = "histology.source.simulated"
# What follows expression: trait → its mean and standard deviation, of the natural logarithm.
PLANTED = {
    "cell_density": (np.log(2600.0), 0.4),
    "nuclear_radius": (np.log(3.2), 0.15),
    "haematoxylin": (np.log(1.3), 0.22),
}
# What tells tissues apart beside: share of stroma and of lumina. Tiles of 64 µm are then told apart about as well as
# those of real tissues are.
ARCHITECTURE = {TUMOUR: (0.15, 0.02), "normal": (0.7, 0.2)}


@dataclass(frozen=True)
class PlantedSlides:
    """What is true of simulated slides.

    Parameters
    ----------
    truth
        `trait`, `module` whose mean expression it follows, `correlation`, planted.
    slides
        A row per slide: `slide_id`, `patient_id`, `tissue`, each trait as drawn, and `activity_` of each trait, the
        standardised expression of its module.
    """

    truth: pd.DataFrame
    slides: pd.DataFrame


def simulate_slides(
    cohort: anndata.AnnData, modules: dict[str, list[str]], settings: dict[str, Any], folder: Path, *, seed: int
) -> PlantedSlides:
    """Simulate a slide of a share of the samples, as `<folder>/<tissue>/<patient>.tiff`, a pyramidal TIFF.

    Density of cells, radius of nuclei and haematoxylin follow a module each, their logarithms by `plant_traits` among
    the samples of a condition. Normal tissue has more stroma and more lumina.

    Parameters
    ----------
    cohort
        The simulated expression cohort; the condition of a sample is the tissue of its slide.
    modules
        Name → genes, in the order of the traits.
    settings
        The complete mapping `histology.source.simulated`.
    folder
        Where the slides go.
    seed
        Equal cohort, settings and seed give equal slides.

    Raises
    ------
    InputError
        When the cohort has fewer modules than there are traits.
    """
    rng = np.random.default_rng(seed)
    log = pd.DataFrame(scale_of(cohort).to_log(cohort.X), cohort.obs_names, cohort.var_names)
    slides = cohort.obs[["patient_id", "condition"]].astype(str).set_axis(["patient_id", "tissue"], axis=1)
    planted = plant_traits(log, modules, list(PLANTED), settings["correlation"], rng, KEY, slides["tissue"])
    for trait, (mean, deviation) in PLANTED.items():
        slides[f"activity_{trait}"] = planted.activity[trait]
        slides[trait] = np.exp(mean + deviation * planted.values[trait])
    patients = slides["patient_id"].unique()
    imaged = rng.choice(patients, round(settings["share"] * len(patients)), replace=False)
    slides = slides[slides["patient_id"].isin(imaged)].copy()
    side = (settings["side"],) * 2
    for number, (sample, row) in enumerate(slides.iterrows()):
        traits = Traits(*row[list(PLANTED)], *ARCHITECTURE[row["tissue"]])
        # A stream of its own for each, so that the settings of one change no other.
        own, microns = np.random.default_rng([seed, number]), settings["microns_per_pixel"]
        image, density = draw_slide(traits, side, microns, own, settings["stain_variation"])
        slides.loc[sample, "cell_density"] = density
        path = folder / row["tissue"] / f"{row['patient_id']}.tiff"
        write_pyramid(image, settings["microns_per_pixel"], path)
    slides.insert(0, "slide_id", slides["patient_id"] + "_" + slides["tissue"])
    return PlantedSlides(planted.truth, slides.reset_index(drop=True))
