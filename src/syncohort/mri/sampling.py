"""Synthetic subjects: tumours of training subjects on brains of others, and the images a generator makes of them."""

import logging
from collections.abc import Iterator, Sequence

import numpy as np

from syncohort.core.seeding import derive_seed
from syncohort.mri.pairs import Pair, Pairs, TumourChanges
from syncohort.mri.pix2pix import CPU
from syncohort.mri.preparation import BACKGROUND, PreparedSubject
from syncohort.mri.semantic_label import place_tumour
from syncohort.mri.trained_generator import TrainedGenerator
from syncohort.sources.volumes.inspection import count_labels
from syncohort.training.device import choose_device
from syncohort.training.task import RandomStream

logger = logging.getLogger("syncohort")


def sample_subjects(
    generator: TrainedGenerator, subjects: Sequence[PreparedSubject], number: int, *, seed: int, threads: int
) -> Iterator[PreparedSubject]:
    """Make synthetic subjects, one after the other.

    Each has a random stream of its own, so that the third is the same among 5 and among 500. Tumours are changed as in
    the generator's training, and always put on the brain of another subject.

    Parameters
    ----------
    generator
        A trained generator.
    subjects
        The subjects it was trained on, whose tumours and brains are combined.
    number
        Synthetic subjects to make.
    seed
        Seed of pairs and noise.
    threads
        CPU threads.

    Yields
    ------
    PreparedSubject
        As a prepared real one, `SYN_0001` and so on, a patient each. What is outside the brain is background, whether
        the generator was trained with a brain mask or not.

    Raises
    ------
    InputError
        When no tumour meets the brain it is put on.
    """
    settings = generator.settings
    changes = TumourChanges(settings.tumour_scale, settings.tumour_shift, settings.tumour_mirror)
    network = generator.network(choose_device(threads))
    width = max(4, len(str(number)))
    for place in range(1, number + 1):
        own = derive_seed(seed, str(place))
        pair = Pairs(subjects, changes, RandomStream(own, CPU)).crossed()
        images = generator.synthesise(network, pair.tumour, pair.brain.tissue, own)
        yield synthetic_subject(pair, images, f"SYN_{place:0{width}d}")
    logger.info("%d synthetic subjects made from %d real ones", number, len(subjects))


def reconstruct(
    generator: TrainedGenerator, subjects: Sequence[PreparedSubject], *, seed: int, threads: int
) -> Iterator[PreparedSubject]:
    """Make the counterpart of each subject, from its own semantic label, to compare with its real images."""
    network = generator.network(choose_device(threads))
    for subject in subjects:
        name = subject.description["subject_id"]
        tumour = place_tumour(subject.label, subject.tissue)
        # Nobody knows how bright the real image is and how it drifts: the mean is the best guess.
        own = derive_seed(seed, name)
        images = generator.synthesise(network, tumour, subject.tissue, own, varied=False)
        yield synthetic_subject(Pair(tumour, subject, subject), images, name)


def synthetic_subject(pair: Pair, images: np.ndarray, name: str) -> PreparedSubject:
    """Join the images made of a pair with its label, on the grid of the brain.

    Parameters
    ----------
    pair
        Tumour and brain.
    images
        (modalities, z, y, x) in [−1, 1].
    name
        Name of the synthetic subject.
    """
    brain, tissue = pair.brain.description, pair.brain.tissue
    images = np.where(tissue > 0, images, BACKGROUND)
    description = {
        "subject_id": name,
        "patient_id": name,
        **{key: brain[key] for key in ("channels", "tissue_classes", "orientation", "shape", "affine")},
        "voxels": {"brain": int(np.count_nonzero(tissue)), **count_labels(pair.tumour)},
        "made_from": {"tumour": pair.donor.description["subject_id"], "brain": brain["subject_id"]},
    }
    return PreparedSubject(np.stack([*images, pair.tumour, tissue]).astype(np.float16), description)
