"""A tumour in numbers: its size, shares, place and brightness, to compare the variety of many."""

import numpy as np

from syncohort.mri.preparation import PreparedSubject
from syncohort.sources.volumes.labels import ENHANCING, NECROSIS, NESTED


def tumour_features(subject: PreparedSubject) -> np.ndarray:
    """Describe a subject's tumour.

    Parameters
    ----------
    subject
        A prepared subject, real or synthetic.

    Returns
    -------
    numpy.ndarray
        (features,): logarithm of the volume (mm³); shares of necrosis and enhancing tumour; the place of its middle in
        the box of the brain, from 0 to 1 along (z, y, x); then of each modality the mean and the standard deviation in
        the whole tumour and the mean in its core (that of the whole where there is none).
    """
    label, images = subject.label, subject.images.astype(np.float64)
    whole, core = label > 0, np.isin(label, NESTED["tumour core"])
    volume = whole.sum()
    places = np.argwhere(subject.tissue > 0)
    low, high = places.min(axis=0), places.max(axis=0)
    middle = (np.argwhere(whole).mean(axis=0) - low) / np.maximum(high - low, 1)
    inner = core if core.any() else whole
    return np.concatenate(
        [
            [np.log(volume * np.prod(subject.spacing))],
            [(label == number).sum() / volume for number in (NECROSIS, ENHANCING)],
            middle,
            images[:, whole].mean(axis=1),
            images[:, whole].std(axis=1),
            images[:, inner].mean(axis=1),
        ]
    )
