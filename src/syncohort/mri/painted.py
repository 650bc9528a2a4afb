"""Labels painted class by class in their mean brightness: what a generator starts from, and the floor it is held to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from syncohort.mri.preparation import BACKGROUND, PreparedSubject
from syncohort.mri.semantic_label import class_index
from syncohort.sources.volumes.labels import LABELS

# Voxels that a drift is fitted to, and how strongly it is drawn to none, as a share of the mean square of a wave. With
# less, waves grow that cancel each other in the brain, and not where others were drawn.
MOST_VOXELS, RIDGE = 20_000, 0.03
# A class of fewer voxels has no brightness of its own.
FEWEST_VOXELS = 30


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


def waves(length: int, number: int) -> np.ndarray:
    """Give the slowest cosines along an axis, the constant first: (number, length)."""
    places = (np.arange(length) + 0.5) / length
    return np.cos(np.pi * np.arange(number)[:, None] * places)


def fit_drift(subject: PreparedSubject, brightness: np.ndarray, number: int) -> np.ndarray:
    """Find how the brightness of a subject's images drifts over the brain, from its painted label.

    An image is modelled as the painted label, counted from the background, times one plus a sum of slow cosines, the
    model of Ashburner and Friston 2005 for the inhomogeneity of scanners, and fitted by ridge regression on some voxels
    of the brain.

    Parameters
    ----------
    subject
        The subject.
    brightness
        (modalities, classes) of the painted label.
    number
        Cosines along each axis.

    Returns
    -------
    numpy.ndarray
        (modalities, number, number, number): the weight of each product of cosines along z, y and x.
    """
    if not number:
        return np.zeros((len(brightness), 0, 0, 0))
    places = np.argwhere(subject.tissue > 0)
    places = tuple(places[:: max(1, len(places) // MOST_VOXELS)].T)
    along = [waves(length, number)[:, place] for length, place in zip(subject.label.shape, places, strict=True)]
    products = np.einsum("iv,jv,kv->ijkv", *along).reshape(number**3, -1)
    classes = classes_of(subject, brightness.shape[1] - 1 - len(LABELS))[places]
    weights = []
    for image, level in zip(subject.images, brightness, strict=True):
        painted = level[classes] - BACKGROUND
        scaled = products * painted
        square = scaled @ scaled.T
        ridge = RIDGE * np.trace(square) / len(square) * np.eye(len(square))
        missing = image[places].astype(np.float64) - BACKGROUND - painted
        weights.append(np.linalg.solve(square + ridge, scaled @ missing).reshape((number,) * 3))
    return np.stack(weights)


def fit_appearance(subject: PreparedSubject, brightness: np.ndarray, number: int) -> np.ndarray:
    """Find how a subject's brightness differs from the mean: class by class, and by a drift over the brain.

    Parameters
    ----------
    subject
        The subject.
    brightness
        (modalities, classes) of `class_brightness`, of all training subjects.
    number
        Cosines along each axis.

    Returns
    -------
    numpy.ndarray
        (features,): what is added to the brightness of each class, (modalities, classes), and the drift of `fit_drift`
        from there on, (modalities, number, number, number), one after the other.
    """
    told_apart = brightness.shape[1] - 1 - len(LABELS)
    voxels = np.bincount(classes_of(subject, told_apart).ravel(), minlength=brightness.shape[1])
    seen = (voxels >= FEWEST_VOXELS) & (np.arange(len(voxels)) > 0)
    own = np.where(seen, class_brightness([subject], told_apart), brightness)
    return np.concatenate([(own - brightness).ravel(), fit_drift(subject, own, number).ravel()])


@dataclass(frozen=True)
class PaintedBase:
    """What a generator starts from: the painted label, as bright and as drifting as the training subjects are.

    Parameters
    ----------
    brightness
        (modalities, classes) of `class_brightness`.
    waves
        Cosines along each axis that a drift is made of; 0 for an even brightness, the mean one.
    """

    brightness: np.ndarray
    waves: int
    _found: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    def appearance(self, subject: PreparedSubject) -> np.ndarray:
        """Find the appearance of a subject, see `fit_appearance`; once, for it is asked for in every step."""
        name = subject.description["subject_id"]
        if name not in self._found:
            found = fit_appearance(subject, self.brightness, self.waves)
            self._found[name] = found if self.waves else np.zeros_like(found)
        return self._found[name]
