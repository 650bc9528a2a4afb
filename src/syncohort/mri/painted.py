"""Labels painted class by class in their mean brightness: what a generator starts from, and the floor it is held to."""

from collections.abc import Sequence

import numpy as np

from syncohort.mri.preparation import BACKGROUND, PreparedSubject
from syncohort.mri.semantic_label import class_index
from syncohort.sources.volumes.labels import LABELS


def classes_of(subject: PreparedSubject, tissue_classes: int | None = None) -> np.ndarray:
    """Give the class of every voxel by `class_index`, telling apart the subject's own tissue classes or fewer."""
    return class_index(subject.label, subject.tissue, tissue_classes or subject.description["tissue_classes"])


def class_brightness(subjects: Sequence[PreparedSubject], tissue_classes: int | None = None) -> np.ndarray:
    """Mean brightness of each class in each modality, that of the brain for one nobody has: (modalities, classes).

    Parameters
    ----------
    subjects
        Prepared subjects.
    tissue_classes
        Classes of healthy tissue to tell apart, by default those that the subjects have.
    """
    classes = 1 + (tissue_classes or subjects[0].description["tissue_classes"]) + len(LABELS)
    number = np.zeros(classes)
    total = np.zeros((len(subjects[0].images), classes))
    for subject in subjects:
        index = classes_of(subject, tissue_classes).ravel()
        number += np.bincount(index, minlength=classes)
        for modality, image in enumerate(subject.images):
            total[modality] += np.bincount(index, image.ravel().astype(np.float64), minlength=classes)
    brain = total[:, 1:].sum(axis=1, keepdims=True) / number[1:].sum()
    return np.where(number > 0, total / np.maximum(number, 1), brain)


def paint(subject: PreparedSubject, brightness: np.ndarray) -> np.ndarray:
    """Paint the label of a subject: (modalities, z, y, x) float32."""
    index = classes_of(subject)
    painted = brightness[:, index].astype(np.float32)
    return np.where(index > 0, painted, np.float32(BACKGROUND))
