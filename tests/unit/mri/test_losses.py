"""Losses of images: blind to where fine texture lies, not to how much of it there is or how modalities go together."""

import pytest
import torch

from syncohort.mri.losses import brain_distance, local_mean, texture_distance

SHAPE = (12, 24, 24)


def noise(seed: int, strength: float = 0.1) -> torch.Tensor:
    return strength * torch.randn(1, 2, *SHAPE, generator=torch.Generator().manual_seed(seed))


def test_local_mean_by_hand():
    images = torch.zeros(1, 1, 3, 3, 3)
    images[0, 0, 1, 1, 1] = 27.0
    assert local_mean(images, 3)[0, 0, 1, 1, 1] == 1
    assert local_mean(images, 3)[0, 0, 0, 0, 0] == pytest.approx(27 / 8)
    # An even length has no middle: of two voxels, a box is one; of a single slice too.
    cube = torch.arange(8.0).reshape(1, 1, 2, 2, 2)
    assert torch.equal(local_mean(cube, 3), cube)


@pytest.mark.parametrize("shape", [(12, 24, 24), (1, 7, 4), (6, 2, 9)], ids=str)
@pytest.mark.parametrize("box", [3, 5, 9])
def test_local_mean_axis_by_axis_is_that_of_the_box(shape, box):
    images = torch.randn(1, 2, *shape, generator=torch.Generator().manual_seed(1))
    size = [min(box, length - (length + 1) % 2) for length in shape]
    padding = [length // 2 for length in size]
    whole = torch.nn.functional.avg_pool3d(images, size, stride=1, padding=padding, count_include_pad=False)
    torch.testing.assert_close(local_mean(images, box), whole)


def test_brain_distance_counts_the_brain_only():
    one, other = torch.zeros(1, 2, 1, 1, 4), torch.ones(1, 2, 1, 1, 4)
    brain = torch.tensor([True, False, True, False]).reshape(1, 1, 1, 1, 4)
    other[..., 2] = 3
    assert brain_distance(one, other, brain) == 2


def test_texture_anywhere_in_a_class_is_as_good():
    classes = torch.ones(SHAPE, dtype=torch.long)
    assert texture_distance(noise(1), noise(1), classes, 3) == 0
    assert texture_distance(noise(2), noise(1), classes, 3) < 0.1
    assert texture_distance(torch.zeros_like(noise(1)), noise(1), classes, 3) == pytest.approx(1, abs=0.1)


def test_strength_is_measured_by_class():
    classes = torch.ones(SHAPE, dtype=torch.long)
    classes[:, :, 12:] = 2
    strong = noise(1)
    strong[..., 12:] *= 2
    # Half as strong in one of two classes.
    assert texture_distance(noise(1), strong, classes, 2) == pytest.approx(0.5 / 2, abs=0.03)


def test_steps_between_classes_are_no_texture():
    # Bars of six voxels, as bright and dark as grey and white matter: in bands coarser than a voxel nearly all power is
    # theirs, and without any texture they would pass for half of it.
    classes = (torch.arange(24) // 6 % 2 + 1).expand(SHAPE)
    painted = (classes * 0.5).expand(1, 2, *SHAPE)
    assert texture_distance(painted, painted + noise(1), classes, 2) == pytest.approx(1, abs=0.1)
    assert texture_distance(3 * painted + noise(1), noise(1), classes, 2) == pytest.approx(0, abs=1e-4)


def test_coarse_texture_is_told_from_fine():
    classes = torch.ones(SHAPE, dtype=torch.long)
    coarse = local_mean(noise(1), 3)
    # As strong as a whole, in the wrong band.
    assert texture_distance(noise(2) * coarse.std() / noise(2).std(), coarse, classes, 1) > 0.5


def test_how_alike_modalities_are_is_texture_too():
    classes = torch.ones(SHAPE, dtype=torch.long)
    alike = noise(1)[:, :1].expand(1, 2, *SHAPE)
    # A correlation of 1 is expected and 0 is found.
    assert texture_distance(noise(2), alike, classes, 1) == pytest.approx(1, abs=0.1)


def test_small_classes_do_not_count():
    classes = torch.zeros(SHAPE, dtype=torch.long)
    classes[0, 0, :20] = 1
    assert texture_distance(torch.zeros_like(noise(1)), noise(1), classes, 1) == 0
