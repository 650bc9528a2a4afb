"""A simulated volume cohort: brain phantoms in a folder as BraTS has it, and the truth they were made from."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from syncohort.sources.volumes.inspection import count_labels
from syncohort.sources.volumes.nifti import write_volume
from syncohort.sources.volumes.phantom import simulate_phantom


def simulate_volume_cohort(settings: dict[str, Any], folder: Path, *, seed: int) -> pd.DataFrame:
    """Write simulated subjects as `<folder>/SIM_001/SIM_001_{t1,t1ce,t2,flair,seg,tissue}.nii.gz`.

    Parameters
    ----------
    settings
        The complete mapping `mri.source.simulated`.
    folder
        Where the subjects' folders go.
    seed
        Every subject has a random stream of its own, so subject 3 is the same in a cohort of 5 and of 500.

    Returns
    -------
    DataFrame
        One row per subject: `subject_id`, size, shares and place of the tumour (mm), voxels of each label.
    """
    width = max(3, len(str(settings["subjects"])))
    truth = []
    for number in range(1, settings["subjects"] + 1):
        name = f"SIM_{number:0{width}d}"
        phantom = simulate_phantom(settings, np.random.default_rng([seed, number]))
        # The label as BraTS 2023 writes it, and the healthy tissue, which no reader takes for an image.
        for kind, values in {**phantom.images, "seg": phantom.label, "tissue": phantom.tissue}.items():
            write_volume(values, phantom.affine, folder / name / f"{name}_{kind}.nii.gz")
        truth.append({"subject_id": name, **phantom.truth, **count_labels(phantom.label)})
    return pd.DataFrame(truth)
