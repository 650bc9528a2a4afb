"""Shape features of bodies whose size and surface are known."""

import numpy as np
import pytest
from scipy.special import elliprg

from syncohort.radiogenomics.shape import UNITS, largest_component, shape_features

ISOTROPIC = (1.0, 1.0, 1.0)


def ellipsoid(semi_axes, spacing, seed):
    """A voxelised ellipsoid with random centre and orientation."""
    rng = np.random.default_rng(seed)
    sizes = [int(2 * max(semi_axes) / step) + 6 for step in spacing]
    centre = (np.array(sizes) - 1) / 2 * spacing + rng.uniform(-0.5, 0.5, 3) * spacing
    axes = [np.arange(size) * step for size, step in zip(sizes, spacing, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1) - centre
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return (np.square(points @ rotation / semi_axes).sum(axis=-1)) <= 1


def surface(semi_axes):
    """Surface of an ellipsoid, by Carlson's symmetric integral."""
    a, b, c = np.square(semi_axes)
    return 4 * np.pi * elliprg(a * b, a * c, b * c)


def volume(semi_axes):
    return 4 / 3 * np.pi * np.prod(semi_axes)


@pytest.mark.parametrize("semi_axes", [(8, 8, 8), (15, 15, 15), (12, 8, 8), (20, 14, 10), (16, 16, 8)], ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_spheres_and_ellipsoids(semi_axes, seed):
    found = shape_features(ellipsoid(semi_axes, ISOTROPIC, seed), ISOTROPIC)
    assert found["volume"] == pytest.approx(volume(semi_axes), rel=0.01)
    assert found["surface_area"] == pytest.approx(surface(semi_axes), rel=0.02)
    major, middle, _ = sorted(semi_axes, reverse=True)
    assert found["major_axis"] == pytest.approx(2 * major, rel=0.01)
    assert found["minor_axis"] == pytest.approx(2 * middle, rel=0.02)
    assert found["maximum_diameter"] == pytest.approx(2 * major, rel=0.03)


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 2.5), (0.5, 0.5, 0.5), (2.0, 1.0, 1.0)], ids=str)
def test_voxels_need_not_be_cubes(spacing):
    found = shape_features(ellipsoid((15, 15, 15), spacing, 1), spacing)
    assert found["volume"] == pytest.approx(volume((15, 15, 15)), rel=0.02)
    assert found["surface_area"] == pytest.approx(surface((15, 15, 15)), rel=0.04)


def test_dimensionless_features_of_a_sphere():
    found = shape_features(ellipsoid((20, 20, 20), ISOTROPIC, 0), ISOTROPIC)
    assert found["sphericity"] == pytest.approx(1, abs=0.01)
    assert found["spherical_disproportion"] == pytest.approx(1, abs=0.01)
    assert found["compactness_1"] == pytest.approx(1 / (6 * np.pi), rel=0.02)
    assert found["compactness_2"] == pytest.approx(1, abs=0.03)
    assert found["compactness_2"] == pytest.approx(found["sphericity"] ** 3)
    assert found["surface_to_volume"] == pytest.approx(3 / 20, rel=0.01)


def test_published_convention_is_the_biased_one():
    sphere = ellipsoid((15, 15, 15), ISOTROPIC, 0)
    found = shape_features(sphere, ISOTROPIC, "ibsi")
    assert found["surface_area"] / surface((15, 15, 15)) == pytest.approx(1.088, abs=0.01)
    assert found["major_axis"] == pytest.approx(4 * 15 / np.sqrt(5), rel=0.01)


def test_turned_bodies_are_the_same():
    body = ellipsoid((14, 9, 6), ISOTROPIC, 3)
    turned = np.ascontiguousarray(body.transpose(2, 0, 1)[::-1])
    assert shape_features(turned, ISOTROPIC) == pytest.approx(shape_features(body, ISOTROPIC))


@pytest.mark.parametrize("convention", ["unbiased", "ibsi"])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 5), (3, 4, 1)], ids=str)
def test_few_voxels_have_finite_features(shape, convention):
    found = shape_features(np.ones(shape, dtype=bool), ISOTROPIC, convention)
    assert list(found) == list(UNITS)
    assert np.isfinite(list(found.values())).all()
    assert found["maximum_diameter"] == pytest.approx(np.linalg.norm(np.array(shape) - 1))


def test_the_largest_part_is_kept():
    mask = np.zeros((12, 12, 12), dtype=bool)
    mask[1:3, 1:3, 1:3] = True
    mask[5:9, 5:9, 5:9] = True
    mask[9, 9, 9] = True  # touches the larger part by a corner
    kept = largest_component(mask)
    assert kept.sum() == 4**3 + 1
    assert not kept[1:3, 1:3, 1:3].any()
