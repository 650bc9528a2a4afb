"""A few prepared phantoms, and the settings of each preset."""

import numpy as np
import pytest

from syncohort.core.schema import read_schema
from syncohort.mri.preparation import PreparedSubject, prepare_subject
from syncohort.sources.volumes.inspection import Subject
from syncohort.sources.volumes.phantom import Phantom, simulate_phantom

PHANTOM = {"shape": [24, 24, 16], "bias_field": 0.1, "noise": 0.03}


@pytest.fixture(scope="session")
def presets():
    """Give the settings of a preset of a part of the MRI wing, `prepare` or `models`."""

    def settings(part: str, preset: str, **changed: object) -> dict:
        rule = read_schema("cohort")["properties"]["mri"]["properties"][part]
        rules = rule.get("properties") or rule["additionalProperties"]["properties"]
        values = {key: rule["presets"][preset] for key, rule in rules.items() if "presets" in rule}
        # As the workflow decides on a CPU.
        return {"preset": preset, **values, **({"lean": False} if "lean" in values else {}), **changed}

    return settings


@pytest.fixture(scope="session")
def simulated() -> list[Phantom]:
    """Eight phantoms."""
    return [simulate_phantom(PHANTOM, np.random.default_rng([5, number])) for number in range(8)]


@pytest.fixture(scope="session")
def tissues(simulated) -> list[np.ndarray]:
    """Their healthy tissue."""
    return [one.tissue for one in simulated]


@pytest.fixture(scope="session")
def phantoms(simulated) -> list[Subject]:
    """Them as they are read."""
    return [
        Subject(
            {modality: values.astype(np.float32) for modality, values in one.images.items()},
            one.label,
            one.tissue > 0,
            one.affine,
            {1: 1, 2: 2, 3: 3},
        )
        for one in simulated
    ]


@pytest.fixture(scope="session")
def prepared(phantoms, presets) -> list[PreparedSubject]:
    """The same subjects, prepared with the default preset."""
    settings = presets("prepare", "default", shape=[24, 24, 16])
    return [
        prepare_subject(subject, {"subject_id": f"S{number}", "patient_id": f"P{number}"}, settings)
        for number, subject in enumerate(phantoms)
    ]
