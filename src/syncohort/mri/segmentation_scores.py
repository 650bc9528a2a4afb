"""Segmentation networks on subjects they have not seen: the scores of each subject."""

from collections.abc import Iterable, Sequence

import pandas as pd

from syncohort.mri.overlap import region_scores
from syncohort.mri.preparation import PreparedSubject
from syncohort.mri.segmenter import Segmenter
from syncohort.training.device import choose_device


def score_segmenters(
    segmenters: Iterable[tuple[str, int, Segmenter]], subjects: Sequence[PreparedSubject], threads: int
) -> pd.DataFrame:
    """Segment subjects and compare with their labels.

    Parameters
    ----------
    segmenters
        Training set, number of the repeat, and network.
    subjects
        Subjects that none of them was trained on.
    threads
        CPU threads.

    Returns
    -------
    DataFrame
        `training_set`, `repeat`, `subject_id`, `patient_id`, `region`, `dice`, `hd95` (mm), `voxels`,
        `predicted_voxels`.
    """
    device = choose_device(threads)
    rows = []
    for training_set, repeat, segmenter in segmenters:
        network = segmenter.network(device)
        for subject in subjects:
            names = {key: subject.description[key] for key in ("subject_id", "patient_id")}
            found = segmenter.segment(network, subject)
            rows += [
                {"training_set": training_set, "repeat": repeat, **names, **scores}
                for scores in region_scores(found, subject.label, subject.spacing)
            ]
    return pd.DataFrame(rows)
