"""Volumes turned and mirrored so that their axes run alike; no voxel changes."""

from dataclasses import replace

import numpy as np
from nibabel.orientations import apply_orientation, axcodes2ornt, inv_ornt_aff, io_orientation, ornt_transform

from syncohort.sources.volumes.inspection import Subject


def orient(subject: Subject, axes: str) -> Subject:
    """Turn a subject's volumes so that their axes run in the directions `axes`, such as `RAS`: right, front and up."""
    change = ornt_transform(io_orientation(subject.affine), axcodes2ornt(axes))
    turn = lambda values: np.ascontiguousarray(apply_orientation(values, change))  # noqa: E731
    return replace(
        subject,
        images={modality: turn(values) for modality, values in subject.images.items()},
        label=turn(subject.label),
        brain=None if subject.brain is None else turn(subject.brain),
        affine=subject.affine @ inv_ornt_aff(change, subject.label.shape),
    )
