"""What synthetic brains are worth on phantoms: Dice and texture, by what segmentation networks were trained on.

Sixteen phantoms to train on and eight to test, three cohorts of them. One generator learns from all sixteen, another
from four alone: one that has seen sixteen would help a network that has seen four by what it knows of the others. About
fifteen minutes of a processor with bf16 units. Arguments: the seeds, by default 1 2 3.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.core.config import load_cohort
from syncohort.mri.dice_summary import summarise_scores
from syncohort.mri.preparation import PreparedSubject, prepare_subject
from syncohort.mri.sampling import sample_subjects
from syncohort.mri.segmentation_scores import score_segmenters
from syncohort.mri.segmenter_training import train_segmenter, training_set
from syncohort.mri.texture import NAMES, texture, texture_ratios, white_matter
from syncohort.mri.training import train_generator
from syncohort.sources.volumes.inspection import Subject
from syncohort.sources.volumes.labels import NESTED
from syncohort.sources.volumes.phantom import simulate_phantom
from syncohort.training.job import Job

COHORTS = Path(__file__).parents[1] / "config/cohorts"
TRAIN, VALIDATION, TEST, FEW = 16, 2, 8, 4
# As many synthetic subjects as real ones: more were found to change nothing.
TRAINING_SETS = ("real", "synthetic-1x", "mixed-1x")
FEW_REAL, FEW_MIXED = "4 real", "4 real, mixed"
COLUMNS = ["training_set", "region", "dice", "ratio", "difference", "difference_low", "difference_high", "patients"]


def subjects_of(settings: dict, seed: int) -> list[PreparedSubject]:
    """Simulate and prepare the phantoms of a seed."""
    made = []
    for number in range(TRAIN + VALIDATION + TEST):
        phantom = simulate_phantom(settings["source"]["simulated"], np.random.default_rng([seed, number]))
        images = {modality: values.astype(np.float32) for modality, values in phantom.images.items()}
        read = Subject(images, phantom.label, phantom.tissue > 0, phantom.affine, {1: 1, 2: 2, 3: 3})
        name = f"seed{seed}-{number:02d}"
        prepared = prepare_subject(read, {"subject_id": name, "patient_id": name}, settings["prepare"])
        prepared.description["sha256"] = name
        made.append(prepared)
    return made


def run(settings: dict, seed: int, folder: Path) -> tuple[pd.DataFrame, list[float]]:
    """Train both generators and all networks of a seed, and give the scores of the test subjects and the texture."""
    subjects = subjects_of(settings, seed)
    train, looked_at, test = subjects[:TRAIN], subjects[TRAIN : TRAIN + VALIDATION], subjects[TRAIN + VALIDATION :]

    def synthetic_of(real: list[PreparedSubject], number: int) -> list[PreparedSubject]:
        sides = {"train": real, "validation": looked_at}
        place = folder / f"generator-{len(real)}-{seed}"
        generator, _ = train_generator(sides, settings["models"]["pix2pix"], Job(seed, place))
        made = list(sample_subjects(generator, real, number, seed=seed, threads=1))
        for subject in made:
            subject.description["sha256"] = f"{place.name}-{subject.description['subject_id']}"
        return made

    def network_of(name: str, material: list[PreparedSubject]) -> tuple:
        job = Job(seed, folder / f"{name}-{seed}")
        return name, 0, train_segmenter(material, looked_at, settings["segment"], job)[0]

    many, few = synthetic_of(train, TRAIN), synthetic_of(train[:FEW], TRAIN)
    segmenters = [network_of(name, training_set(name, train, many)) for name in TRAINING_SETS]
    segmenters += [network_of(FEW_REAL, train[:FEW]), network_of(FEW_MIXED, [*train[:FEW], *few])]
    textures = [[texture(one.images, white_matter(one)) for one in side] for side in (many[:TEST], test)]
    return score_segmenters(segmenters, test, threads=1), texture_ratios(*textures)


def compare(scores: pd.DataFrame) -> pd.DataFrame:
    """Set each training set beside all real subjects, and four real ones with synthetic ones beside those four."""
    few = scores[scores["training_set"].isin([FEW_REAL, FEW_MIXED])]
    beside_few = summarise_scores(few, seed=0, reference=FEW_REAL).query("training_set == @FEW_MIXED")
    named = beside_few.assign(training_set=f"{FEW_MIXED}, beside {FEW_REAL}")
    summary = pd.concat([summarise_scores(scores, seed=0), named])
    return summary.loc[summary["region"].isin(NESTED), COLUMNS]


def main() -> None:
    """Print Dice by training set, over the subjects of all seeds so far after each, and the texture of every seed."""
    settings = load_cohort("phantom", [COHORTS], {}).values["mri"]
    tables, seeds = [], [int(argument) for argument in sys.argv[1:]] or [1, 2, 3]
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            scores, ratios = run(settings, seed, Path(folder))
        tables.append(scores)
        print(f"seed {seed}, synthetic over real:", dict(zip(NAMES, np.round(ratios, 2).tolist(), strict=True)))
        print(compare(pd.concat(tables, ignore_index=True)).to_string(index=False, float_format="%.3f"), flush=True)


if __name__ == "__main__":
    main()
