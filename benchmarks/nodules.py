"""Whether nodules follow genes on phantoms with planted truth: correlations, background, detector and variety.

160 simulated patients, a quarter held out, 32 pixels and 16 channels; about three minutes of a processor with bf16
units for each model. Arguments: the models, by default all of default, paper, source and mc-gan.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import numpy as np
import pandas as pd

from syncohort.core.cohort import tumour_expression
from syncohort.core.config import read_schema, with_defaults
from syncohort.core.splits import IMAGED, TEST, split_patients
from syncohort.nodule.detector_training import train_detector
from syncohort.nodule.judging import judge_fold
from syncohort.nodule.preparation import prepare_slices
from syncohort.nodule.slices import Slices
from syncohort.nodule.training import train_generator
from syncohort.sources.planted_nodules import plant_nodules
from syncohort.sources.simulated import PATHWAY, simulate_cohort
from syncohort.sources.volumes.cohort import read_volume_cohort
from syncohort.sources.volumes.protocol import CHEST_CT
from syncohort.training.job import Job

EXPRESSION = {"patients": 160, "normal_fraction": 0, "genes": 400, "modules": 5, "module_size": 25, "up": 0, "down": 0,
              "covariate_genes": 0, "zero_genes": 0, "zero_samples": 0, "biology": None}  # fmt: skip
NODULE = {
    "source": {"simulated": {"share": 1, "correlation": 0.95}},
    "prepare": {"side": 32, "nodule_slices": 4, "background_slices": 6},
    "detector": {"width": 8, "max_steps": 300},
}
# All train as long, with the same width; the learning rates of the presets are for a hundred times as many steps.
COURSE = {"width": 16, "max_steps": 1600, "validate_every": 100, "patience": 0, "average_decay": 0.99}
MODELS = {
    "default": {"preset": "default"},
    "paper": {"preset": "paper", "generator_learning_rate": 0.001, "discriminator_learning_rate": 0.0002},
    "source": {"preset": "source", "generator_learning_rate": 0.001, "discriminator_learning_rate": 0.0002},
    "mc-gan": {"preset": "source", "conditioned": False, "generator_learning_rate": 0.001,
               "discriminator_learning_rate": 0.0002},
}  # fmt: skip
SHOWN = {("ssim", "background"), ("psnr", "background"), ("ssim", "whole slice"), ("psnr", "whole slice")}


def material(settings: dict[str, Any], folder: Path) -> tuple[dict[str, Slices], pd.DataFrame, dict, pd.DataFrame]:
    """Simulate patients and CT, and give slices by role, log expression, modules and what was planted."""
    simulated = simulate_cohort(settings["source"]["simulated"], seed=1)
    modules = {name: genes for name, genes in simulated.gene_sets.items() if name != PATHWAY}
    nodule = settings["nodule"]
    _, truth = plant_nodules(simulated.cohort, modules, nodule["source"]["simulated"], folder, seed=2)
    files = {
        "folder": str(folder),
        "images": {"ct": "{patient}/{subject}_ct.nii.gz"},
        "label": "{patient}/{subject}_mask.nii.gz",
    }
    reading = {**{key: nodule[key] for key in ("missing", "exclude", "labels")}, "source": {"folder": files}}
    manifest, _ = read_volume_cohort(reading, seed=1, protocol=CHEST_CT)
    slices = prepare_slices(manifest, nodule["prepare"], seed=3)
    patients = manifest["patient_id"]
    strata = pd.Series([IMAGED] * len(patients))
    splits = split_patients(patients, strata, folds=4, validation_fraction=0.15, seed=4)
    return slices.by_role(splits, "fold0"), tumour_expression(simulated.cohort), modules, truth


def main() -> None:
    """Train and judge each model, and print what was asked of it."""
    given = {"source": {"simulated": EXPRESSION}, "nodule": {**NODULE, "models": {
        name: {**COURSE, **MODELS[name]} for name in sys.argv[1:] or MODELS}}}  # fmt: skip
    settings = with_defaults(given, read_schema("cohort"))
    nodule = settings["nodule"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        slices, expression, modules, truth = material(settings, folder / "ct")
        detector = train_detector(slices, nodule["detector"], "", Job(1, folder / "detector"))[0]
        print(f"{len(np.unique(slices[TEST].patients))} held-out patients", flush=True)
        for name, model in nodule["models"].items():
            told = expression if model["conditioned"] else None
            generator = train_generator(slices, told, model, "", Job(1, folder / name))[0]
            found = judge_fold(generator, detector, slices, told, modules, nodule["evaluate"], seed=5, threads=1)
            print(f"\n{name}\n{summary(found, truth).to_string(float_format='%.3f')}", flush=True)


def summary(found, truth: pd.DataFrame) -> pd.DataFrame:
    """Put what a model was to reach into one table."""
    rows = {}
    if len(found.modules):
        planted = found.modules.set_index(["module", "feature"])
        shuffled = found.conditioning.set_index("feature")["shuffled"]
        for row in truth.itertuples():
            real, synthetic = planted.loc[(row.module, row.trait), ["real", "synthetic"]]
            rows[f"{row.trait} follows {row.module}"] = (synthetic, real, shuffled[row.trait])
    for row in found.metrics.itertuples():
        if row.metric not in ("mse", "ssim", "psnr") or (row.metric, row.space) in SHOWN:
            rows[f"{row.metric}, {row.space}"] = (row.value, row.ceiling, row.floor)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "real", "shuffled or floor"])


if __name__ == "__main__":
    main()
