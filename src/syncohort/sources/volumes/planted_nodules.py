"""A simulated CT cohort: lung phantoms whose nodules follow the expression of planted gene modules."""

from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import tumour_expression
from syncohort.core.seeding import derive_seed
from syncohort.sources.planted_traits import plant_traits
from syncohort.sources.volumes.lung_phantom import TRAITS, simulate_lung
from syncohort.sources.volumes.nifti import write_volume

KEY = "nodule.source.simulated"


def plant_nodules(
    cohort: anndata.AnnData, modules: dict[str, list[str]], settings: dict[str, Any], folder: Path, *, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Simulate the CT of a share of the patients, as `<folder>/<patient>/<patient>_{ct,mask}.nii.gz`.

    Size, density, sharpness of the edge and spiculation of a patient's nodule follow a module each (`plant_traits`).

    Parameters
    ----------
    cohort
        The simulated expression cohort.
    modules
        Name → genes, in the order of the traits.
    settings
        The complete mapping `nodule.source.simulated`.
    folder
        Where the volumes go.
    seed
        Every patient has a random stream of its own.

    Returns
    -------
    nodules
        A row per imaged patient: `patient_id`, what `LungPhantom.truth` holds, and the traits in standard deviations.
    truth
        `trait`, `module`, `correlation`, planted.

    Raises
    ------
    InputError
        When the cohort has fewer modules than there are traits.
    """
    rng = np.random.default_rng(seed)
    planted = plant_traits(tumour_expression(cohort), modules, list(TRAITS), settings["correlation"], rng, KEY)
    patients = len(planted.values)
    imaged = np.sort(rng.choice(patients, round(settings["share"] * patients), replace=False))
    rows = []
    for patient, values in planted.values.iloc[imaged].iterrows():
        own = np.random.default_rng(derive_seed(seed, str(patient)))
        phantom = simulate_lung(values, tuple(settings["shape"]), own)
        for kind, volume in (("ct", phantom.image), ("mask", phantom.nodule)):
            write_volume(volume, phantom.affine, folder / patient / f"{patient}_{kind}.nii.gz")
        rows.append({"patient_id": patient, **phantom.truth, **values})
    return pd.DataFrame(rows), planted.truth
