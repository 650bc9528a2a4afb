"""The detector: what counts as found, and that it finds nodules of patients it has not seen."""

import numpy as np
import pandas as pd
import pytest
import torch

from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.nodule.detector import Detector, find_nodules, hits, nodule_features
from syncohort.nodule.detector_training import dice, train_detector
from syncohort.nodule.slices import NODULE
from syncohort.training.job import Job

CPU = torch.device("cpu")


def square(row, column, half=3):
    mask = np.zeros((32, 32), dtype=bool)
    mask[row - half : row + half, column - half : column + half] = True
    return mask


def test_a_nodule_is_found_within_its_radius():
    mask = square(16, 16)
    # The disc of 36 pixels has a radius of 3.39.
    found = [square(16, 19), square(16, 20), square(19, 19), square(16, 16, 1), np.zeros_like(mask)]
    assert hits(np.stack(found), np.stack([mask] * 5)).tolist() == [True, False, False, False, False]
    assert not hits(np.stack([mask]), np.stack([square(16, 16, 1)])).any()


def test_dice_by_hand():
    one, other = square(16, 16), square(16, 19)
    # 18 of 36 pixels each are shared.
    assert dice(np.stack([one, one, one & ~one]), np.stack([other, one, one & ~one])).tolist() == [0.5, 1.0, 1.0]


@pytest.fixture(scope="module")
def trained(slices, tmp_path_factory):
    names = np.unique(slices.patients)
    table = pd.DataFrame({"patient_id": names, "fold0": [TRAIN] * 8 + [VALIDATION] * 4})
    roles = slices.by_role(table, "fold0")
    settings = {"width": 4, "batch_size": 8, "learning_rate": 0.01, "max_steps": 60, "validate_every": 20}
    folder = tmp_path_factory.mktemp("detector")
    detector, course = train_detector(roles, settings, "data", Job(1, folder))
    course.checkpoint.remove()
    detector.save(folder / "d.safetensors", folder / "d.json", {})
    return Detector.load(folder / "d.safetensors", folder / "d.json").network(CPU), course, roles[VALIDATION]


def test_nodules_of_unseen_patients_are_found(trained):
    network, course, unseen = trained
    assert course.history["loss"].iloc[-1] < course.history["loss"].iloc[0]
    nodules = unseen.of(NODULE)
    assert hits(find_nodules(network, nodules.images), nodules.masks).mean() >= 0.5


def test_features_are_of_the_nodule(trained):
    network, _, unseen = trained
    nodules = unseen.of(NODULE)
    found = nodule_features(network, nodules.images, nodules.masks)
    assert found.shape == (len(nodules), 8)
    # What is far away changes them little, what is inside a lot.
    far, inside = nodules.images.copy(), nodules.images.copy()
    far[:, :2] = 1
    inside[nodules.masks] = -1
    change = [np.abs(nodule_features(network, images, nodules.masks) - found).mean() for images in (far, inside)]
    assert change[0] < 0.5 * change[1]
    assert (
        len(nodule_features(network, nodules.images[:2], np.stack([nodules.masks[0], np.zeros((32, 32), bool)]))) == 1
    )
