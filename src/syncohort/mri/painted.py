"""The trivial generator that images are held against: each class of a label in its mean brightness."""

from collections.abc import Sequence

import numpy as np

from syncohort.mri.preparation import BACKGROUND, PreparedSubject
from syncohort.sources.volumes.labels import LABELS


def classes_of(subject: PreparedSubject) -> np.ndarray:
    """Give the class of every voxel: 0 outside, the tissue classes, then the tumour labels above them. (z, y, x)."""
    tissue, label = subject.tissue, subject.label
    return np.where(label > 0, label + subject.description["tissue_classes"], tissue)


def class_brightness(subjects: Sequence[PreparedSubject]) -> np.ndarray:
    """Mean brightness of each class in each modality: (modalities, classes); that of the brain for one nobody has."""
    classes = 1 + subjects[0].description["tissue_classes"] + len(LABELS)
    number = np.zeros(classes)
    total = np.zeros((len(subjects[0].images), classes))
    for subject in subjects:
        index = classes_of(subject).ravel()
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
