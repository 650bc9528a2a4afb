"""A few slices of lung phantoms, whose patients have expression that their nodules follow."""

import numpy as np
import pandas as pd
import pytest
import torch

from syncohort.nodule.generator_network import GeneGenerator, initialise
from syncohort.nodule.genes import GeneScale
from syncohort.nodule.networks import NetworkSize
from syncohort.nodule.preparation import AXES, cut_slices
from syncohort.nodule.slices import Slices
from syncohort.nodule.trained_generator import TrainedGenerator
from syncohort.sources.volumes.inspection import Subject
from syncohort.sources.volumes.lung_phantom import TRAITS, LungPhantom, simulate_lung
from syncohort.sources.volumes.orientation import orient

PREPARE = {"side": 32, "field_mm": 60, "nodule_slices": 2, "backgrounds": "lung", "background_slices": 3}
PATIENTS = 12


@pytest.fixture(scope="session")
def expression() -> pd.DataFrame:
    """Log expression of twelve patients: each trait is one of the first genes."""
    values = np.random.default_rng(3).normal(5, 1, (PATIENTS, 20))
    return pd.DataFrame(values, [f"P{number:02d}" for number in range(PATIENTS)], [f"G{n}" for n in range(20)])


@pytest.fixture(scope="session")
def lungs(expression) -> dict[str, LungPhantom]:
    """Their phantoms."""
    shape = (84, 100, 18)
    return {
        name: simulate_lung(dict(zip(TRAITS, row - 5, strict=False)), shape, np.random.default_rng([7, number]))
        for number, (name, row) in enumerate(zip(expression.index, expression.to_numpy(), strict=True))
    }


def as_read(one: LungPhantom) -> Subject:
    """Give a phantom as it is read from its files."""
    return orient(Subject({"ct": one.image.astype(np.float32)}, one.nodule, None, one.affine, {1: 1}), AXES)


@pytest.fixture(scope="session")
def slices(lungs) -> Slices:
    """Their slices."""
    images, masks, rows = [], [], []
    for name, one in lungs.items():
        for image, mask, place in cut_slices(as_read(one), PREPARE, np.random.default_rng(1)):
            images.append(image)
            masks.append(mask)
            rows.append({"subject_id": name, "patient_id": name, **place})
    return Slices(np.stack(images), np.stack(masks), pd.DataFrame(rows), 60 / 32)


@pytest.fixture(scope="session")
def generator(expression) -> TrainedGenerator:
    """A generator that has learnt nothing."""
    torch.manual_seed(0)
    size = NetworkSize(20, 32, 2, 6, 3, "mask")
    network = GeneGenerator(size)
    initialise(network)
    return TrainedGenerator(network.state_dict(), size, GeneScale.fit(expression, None, "zscore"), 60 / 32)
