"""Whether nodules follow genes on phantoms with planted truth: correlations, background, detector and variety.

160 simulated patients, a quarter held out, 32 pixels and 16 channels; about five minutes of a processor with bf16
units for each model and seed. Beside synthetic and real nodules stands a ridge regression of the nodules' features on
the same genes of the same training patients: what a model that says a patient's mean and nothing else can reach. An AUC
says whether attributions find the planted genes, and a table how far genes, their principal components and gene code
separate held-out patients.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.linear_model import RidgeCV

from syncohort.core.cohort import tumour_expression
from syncohort.core.defaults import with_defaults
from syncohort.core.schema import read_schema
from syncohort.core.seeding import derive_seed
from syncohort.core.splits import IMAGED, TEST, TRAIN, split_patients
from syncohort.nodule.detector_training import train_detector
from syncohort.nodule.features import FEATURES, measure_nodules, patient_means
from syncohort.nodule.fold_evaluation import Judgement, judge_fold
from syncohort.nodule.genes import ZSCORE, GeneScale
from syncohort.nodule.mapping import gene_spaces
from syncohort.nodule.preparation import prepare_slices
from syncohort.nodule.radiogenomic_map import IMAGE, describe_variables, judge_spaces
from syncohort.nodule.slices import NODULE, Slices
from syncohort.nodule.trained_generator import TrainedGenerator
from syncohort.nodule.training import train_generator
from syncohort.realism.gene_modules import module_activity
from syncohort.sources.cohorts.simulated import PATHWAY, simulate_cohort
from syncohort.sources.volumes.cohort import read_volume_cohort
from syncohort.sources.volumes.planted_nodules import plant_nodules
from syncohort.sources.volumes.protocol import CHEST_CT
from syncohort.training.job import Job

EXPRESSION = {"patients": 160, "normal_fraction": 0, "genes": 400, "modules": 5, "module_size": 25, "up": 0, "down": 0,
              "covariate_genes": 0, "zero_genes": 0, "zero_samples": 0, "biology": None}  # fmt: skip
WING = {
    "source": {"simulated": {"share": 1, "correlation": 0.95}},
    "prepare": {"side": 32, "nodule_slices": 4, "background_slices": 6},
    "detector": {"width": 8, "max_steps": 300},
}
# All train as long, with the same width and learning rates: those of the presets are for a hundred times as many steps.
COURSE = {"width": 16, "validate_every": 100, "patience": 0, "average_decay": 0.99, "batch_size": 16,
          "generator_learning_rate": 0.001, "discriminator_learning_rate": 0.0002}  # fmt: skip
MODELS = ("default", "paper", "source", "mc-gan", "in-painting")
PENALTIES = np.logspace(0, 5, 30)
SHOWN = {("ssim", "background"), ("psnr", "background"), ("ssim", "whole slice"), ("psnr", "whole slice")}


def material(
    settings: dict[str, Any], folder: Path, seed: int
) -> tuple[dict[str, Slices], pd.DataFrame, dict, pd.DataFrame]:
    """Simulate patients and CT, and give slices by role, log expression, modules and what was planted."""
    of = lambda name: derive_seed(seed, name)  # noqa: E731
    simulated = simulate_cohort(settings["source"]["simulated"], seed=of("expression"))
    modules = {name: genes for name, genes in simulated.gene_sets.items() if name != PATHWAY}
    nodule = settings["nodule"]
    _, truth = plant_nodules(simulated.cohort, modules, nodule["source"]["simulated"], folder, seed=of("nodules"))
    files = {
        "folder": str(folder),
        "images": {"ct": "{patient}/{subject}_ct.nii.gz"},
        "label": "{patient}/{subject}_mask.nii.gz",
    }
    reading = {**{key: nodule[key] for key in ("missing", "exclude", "labels")}, "source": {"folder": files}}
    manifest, _ = read_volume_cohort(reading, seed=of("read"), protocol=CHEST_CT)
    slices = prepare_slices(manifest, nodule["prepare"], seed=of("slices"))
    patients = manifest["patient_id"]
    strata = pd.Series([IMAGED] * len(patients))
    splits = split_patients(patients, strata, folds=4, validation_fraction=0.15, seed=of("split"))
    return slices.by_role(splits, "fold0"), tumour_expression(simulated.cohort), modules, truth


def regression(slices: dict[str, Slices], expression: pd.DataFrame, modules: dict, truth: pd.DataFrame) -> pd.Series:
    """Predict the features of held-out patients' nodules by ridge regression, and correlate with planted modules."""
    features, profiles = {}, {}
    for role in (TRAIN, TEST):
        nodules = slices[role].of(NODULE)
        measured = measure_nodules(nodules.images, nodules.masks, nodules.pixel_mm)
        profiles[role] = expression[expression.index.isin(nodules.patients)]
        features[role] = measured.groupby(nodules.patients).mean().loc[profiles[role].index]
    scale = GeneScale.fit(profiles[TRAIN], None, ZSCORE)
    activity = module_activity(profiles[TEST], modules)
    reached = {}
    for row in truth.itertuples():
        model = RidgeCV(PENALTIES).fit(scale.apply(profiles[TRAIN]), features[TRAIN][row.trait])
        predicted = model.predict(scale.apply(profiles[TEST]))
        reached[row.trait] = spearmanr(activity[row.module], predicted).statistic
    return pd.Series(reached)


def separation(generator: TrainedGenerator, slices: dict[str, Slices], expression: pd.DataFrame) -> pd.DataFrame:
    """Judge how far genes, their principal components and the gene code separate held-out patients by real nodules."""
    real = {role: slices[role].of(NODULE) for role in (TRAIN, TEST)}
    profiles = {role: expression[expression.index.isin(part.patients)] for role, part in real.items()}
    held_out = np.repeat([False, True], [len(profiles[TRAIN]), len(profiles[TEST])])
    spaces = gene_spaces(generator, pd.concat(profiles.values()), held_out)
    patients = profiles[TEST].index
    features = pd.DataFrame(patient_means(real[TEST], patients), patients, FEATURES)
    variables = pd.concat(describe_variables(features, IMAGE))
    return judge_spaces({name: places.loc[patients] for name, places in spaces.items()}, variables, 999, seed=6)


def run(seed: int, names: list[str], changed: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Train and judge models on the phantoms of a seed, and give what was asked of each."""
    given = {"source": {"simulated": EXPRESSION}, "nodule": {**WING, "models": {
        name: {**COURSE, **changed, "preset": name} for name in names}}}  # fmt: skip
    settings = with_defaults(given, read_schema("cohort"))
    nodule, tables = settings["nodule"], {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        slices, expression, modules, truth = material(settings, folder / "ct", seed)
        reached = regression(slices, expression, modules, truth)
        job = lambda name: Job(seed, folder / name, checkpoint_seconds=1e9)  # noqa: E731
        detector = train_detector(slices, nodule["detector"], "", job("detector"))[0]
        for name, model in nodule["models"].items():
            told = expression if model["conditioned"] else None
            generator = train_generator(slices, told, model, "", job(name))[0]
            found = judge_fold(generator, detector, slices, told, modules, nodule["evaluate"], seed=5, threads=1)
            tables[name] = summary(found, truth, reached)
            if told is not None:
                separated = separation(generator, slices, told).pivot(index="variable", columns="space")
                print(f"\nseed {seed}, {name}\n{separated[['score', 'q_value']].to_string(float_format='%.3f')}")
            print(f"\nseed {seed}, {name}\n{tables[name].to_string(float_format='%.3f')}", flush=True)
    return tables


def main() -> None:
    """Print a table per seed and model, and the mean over seeds of each model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", choices=[[], *MODELS], help="all where none is given")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--steps", type=int, default=3200)
    given = parser.parse_args()
    names = given.models or MODELS
    found = [run(seed, names, {"max_steps": given.steps}) for seed in given.seeds]
    for name in names:
        mean = pd.concat([tables[name] for tables in found]).groupby(level=0, sort=False).mean()
        print(f"\nmean of {len(found)} seeds, {name}\n{mean.to_string(float_format='%.3f')}")


def summary(found: Judgement, truth: pd.DataFrame, reached: pd.Series) -> pd.DataFrame:
    """Put what a model was to reach into one table."""
    rows = {}
    if len(found.modules):
        planted = found.modules.set_index(["module", "feature"])
        shuffled = found.conditioning.set_index("feature")["shuffled"]
        for row in truth.itertuples():
            real, synthetic = planted.loc[(row.module, row.trait), ["real", "synthetic"]]
            rows[f"{row.trait} follows {row.module}"] = (synthetic, real, shuffled[row.trait], reached[row.trait])
            auc = found.attributed_modules.query("feature == @row.trait").set_index("module")["auc"]
            others = auc.drop(row.module).mean()
            rows[f"AUC of {row.module} for {row.trait}"] = (auc[row.module], np.nan, others, np.nan)
    for row in found.metrics.itertuples():
        if row.metric not in ("mse", "ssim", "psnr") or (row.metric, row.space) in SHOWN:
            rows[f"{row.metric}, {row.space}"] = (row.value, row.ceiling, row.floor, np.nan)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "real", "shuffled or floor", "ridge"])


if __name__ == "__main__":
    main()
