"""Task01_BrainTumour of the Medical Segmentation Decathlon (Antonelli et al. 2022): 4D images and dataset.json."""

import json
from pathlib import Path

from syncohort.core.errors import InputError
from syncohort.sources.download.archives import extract
from syncohort.sources.download.cache import read_record
from syncohort.sources.download.fetched import find_file
from syncohort.sources.files import readable
from syncohort.sources.volumes.labels import ENHANCING, NECROSIS, OEDEMA
from syncohort.sources.volumes.subject import SubjectFiles, Volume

KEY = "mri.source.msd.folder"
# As dataset.json writes them, in small letters.
CHANNELS = {"flair": "flair", "t1w": "t1", "t1": "t1", "t1gd": "t1ce", "t2w": "t2", "t2": "t2"}
MEANINGS = {
    "background": 0,
    "edema": OEDEMA,
    "non-enhancing tumor": NECROSIS,
    "non-enhancing tumour": NECROSIS,
    "enhancing tumor": ENHANCING,
    "enhancing tumour": ENHANCING,
}


def unpack_task(record: Path, folder: Path) -> None:
    """Unpack a downloaded task into a folder, which appears whole or not at all.

    Parameters
    ----------
    record
        Record of the dataset in the cache.
    folder
        Where to; must not exist.

    Raises
    ------
    InputError
        When the archive is missing, damaged, or names anything outside the folder.
    """
    extract(find_file(read_record(record), "*.tar", "mri.source.msd"), folder)


def find_msd(folder: Path) -> list[SubjectFiles]:
    """Find the labelled subjects of an MSD brain tumour task; which channel is what is read, not assumed.

    Parameters
    ----------
    folder
        The folder with `dataset.json`, or the one that it was unpacked in.

    Returns
    -------
    list of SubjectFiles
        In the order of `dataset.json`.

    Raises
    ------
    InputError
        When `dataset.json` is missing, damaged, or names channels or labels that are not of a brain tumour.
    """
    folder = next((path.parent for path in sorted(folder.glob("*/dataset.json"))), folder)
    path = folder / "dataset.json"
    with readable(path, KEY):
        text = path.read_text(encoding="utf-8-sig")
    try:
        dataset = json.loads(text)
        modality = {int(number): str(name).lower() for number, name in dataset["modality"].items()}
        labels = {int(number): str(name).lower() for number, name in dataset["labels"].items()}
        training = [(folder / entry["image"], folder / entry["label"]) for entry in dataset["training"]]
    except (json.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"{KEY}: {path} is not the dataset.json of an MSD task ({error!r}). Fetch it again."
        ) from error
    for names, known in ((modality, CHANNELS), (labels, MEANINGS)):
        strange = next((name for name in names.values() if name not in known), None)
        if strange is not None:
            raise InputError(
                f"{KEY}: {path} names {strange!r}, which a brain tumour task has not; expected {', '.join(known)}. "
                "Give the folder Task01_BrainTumour."
            )
    return [
        SubjectFiles(
            subject_id=image.name.removesuffix(".gz").removesuffix(".nii"),
            patient_id=image.name.removesuffix(".gz").removesuffix(".nii"),
            images={CHANNELS[name]: Volume(image, number) for number, name in modality.items()},
            label=Volume(label),
            coding={number: MEANINGS[name] for number, name in labels.items()},
        )
        for image, label in training
    ]
