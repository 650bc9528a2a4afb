"""Losses and scores with values worked by hand, minibatches that mix no patients up, and features of known shapes."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from syncohort.nodule.discriminator import Judged
from syncohort.nodule.features import largest_part, measure_nodules, middle
from syncohort.nodule.losses import adversarial_losses, background_loss, eroded_outside, reconstruction_loss
from syncohort.nodule.material import Material
from syncohort.nodule.slices import to_window
from syncohort.nodule.soft_features import NAMES, StandardFeatures, energy_score, soft_features
from syncohort.training.task import RandomStream

CPU = torch.device("cpu")


def judged(image, pair, match):
    return Judged(*(torch.tensor([float(value)]) for value in (image, pair, match)))


def test_the_heads_of_the_equations():
    real, fake = judged(0.5, 0.9, 0.2), judged(0.1, 0.2, 0.3)
    wrong_pair, wrong_mask = judged(2, 3, 0.4), judged(9, 0.6, 9)
    losses = adversarial_losses(real, fake, wrong_pair, wrong_mask, wrong_is_real=False)
    assert losses.image.item() == pytest.approx(0.25 + 0.01)
    assert losses.pair.item() == pytest.approx(0.01 + (0.04 + 0.36) / 2)
    assert losses.match.item() == pytest.approx(0.64 + (0.09 + 0.16) / 2)
    # In the authors' code another patient's nodule is real to the heads that see no genes: (2 − 1)² and (3 − 1)².
    losses = adversarial_losses(real, fake, wrong_pair, wrong_mask, wrong_is_real=True)
    assert losses.image.item() == pytest.approx((0.25 + 1) / 2 + 0.01)
    assert losses.pair.item() == pytest.approx((0.01 + 4) / 2 + 0.2)


@pytest.mark.parametrize(("side", "margin"), [(128, 2), (64, 1), (32, 0)])
def test_the_rim_is_left_out_of_the_background(side, margin):
    mask = -torch.ones(1, 1, side, side)
    mask[..., 12:16, 12:16] = 0.5
    outside = eroded_outside(mask)
    assert outside.sum() == side**2 - (4 + 2 * margin) ** 2
    assert outside[..., 12 - margin : 16 + margin, 12 - margin : 16 + margin].sum() == 0


def test_the_background_counts_outside_alone():
    mask = -torch.ones(1, 1, 128, 128)
    mask[..., 60:68, 60:68] = 1
    background = torch.zeros(1, 1, 128, 128)
    image = background.clone()
    image[..., 58:70, 58:70] = 1
    assert background_loss(image, background, mask) == 0
    image[..., 0, 0] = 1
    assert background_loss(image, background, mask).item() == pytest.approx(1 / (128**2 - 12**2))


def test_a_disc_is_compared_with_the_nodule_that_was_there():
    real, mask = torch.zeros(1, 1, 8, 8), -torch.ones(1, 1, 8, 8)
    # Twelve pixels have their middle within two of the middle.
    mask[..., 3:5, 3:5] = 1
    image, share = real.clone(), (mask + 1) / 2
    assert reconstruction_loss(image, share, real, mask) == 0
    # One pixel of another value, one that is half a nodule, and one that lies outside and does not count.
    image[..., 3, 3], share[..., 4, 4], image[..., 0, 0] = 0.6, 0.5, 1
    assert reconstruction_loss(image, share, real, mask).item() == pytest.approx((0.6 + 0.5) / 12)


def test_pairs_are_of_one_patient_and_wrong_ones_of_another(slices):
    patients = [f"P{number:02d}" for number in range(12)]
    material = Material(slices, patients, np.arange(12.0)[:, None], CPU)
    nodules, backgrounds = slices.of("nodule"), slices.of("background")
    owner = {image.tobytes(): patient for image, patient in zip(nodules.images, nodules.patients, strict=True)}
    owner |= {image.tobytes(): patient for image, patient in zip(backgrounds.images, backgrounds.patients, strict=True)}
    stream, seen = RandomStream(1, CPU), set()
    whose = lambda images: [owner[image.numpy().tobytes()] for image in images[:, 0]]  # noqa: E731
    for _ in range(60):
        batch = material.draw(8, stream)
        here = [patients[int(number)] for number in batch.genes[:, 0]]
        assert whose(batch.image) == whose(batch.background) == here
        assert here[:4] == here[4:]
        wrong = whose(batch.wrong_image)
        assert not any(mine == other for mine, other in zip(here, wrong, strict=True))
        seen |= set(zip(here, wrong, strict=True))
    # Of 12 × 11 pairs of patients nearly all come up.
    assert len(seen) > 100


def test_the_energy_score_is_least_for_the_right_distribution():
    """Real values are ±1: two such draws score better than their mean, than one of them, and than wider ones."""
    rng = torch.Generator().manual_seed(0)
    draw = lambda: torch.randint(2, (2, 4000, 1), generator=rng) * 2.0 - 1  # noqa: E731
    real = draw()
    right = energy_score(draw(), real)
    # E|f − y| = 1 and E|f − f'| = 1: 1 − ½.
    assert right.item() == pytest.approx(0.5, abs=0.05)
    assert energy_score(torch.zeros(2, 4000, 1), real).item() == pytest.approx(1.0, abs=0.01)
    assert energy_score(torch.ones(2, 4000, 1), real) > right + 0.2
    assert energy_score(2 * draw(), real) > right + 0.2


def test_features_count_in_their_own_deviations():
    masks = np.stack([disc(radius, lobes=lobes) for radius in (6, 9, 12, 15) for lobes in (0, 0.05, 0.1)])
    images = np.where(masks, 0.0, -0.9) + np.random.default_rng(0).normal(0, 0.05, masks.shape)
    image, mask = (torch.tensor(values[:, None], dtype=torch.float32) for values in (images, masks * 2.0 - 1))
    pairs = StandardFeatures(image, mask).pairs(image, (mask + 1) / 2)
    assert pairs.shape == (2, 6, len(NAMES))
    deviations = dict(zip(NAMES, pairs.flatten(0, 1).std(dim=0).tolist(), strict=True))
    assert [deviations[name] for name in ("size", "spiculation")] == pytest.approx([1, 1], rel=1e-4)
    assert deviations["softness"] == 0


def test_the_form_of_a_mask_does_not_ask_for_another_size():
    """An edge of the same width, and pixels far away that are all but empty, cost a small nodule no more."""
    hard = np.stack([disc(radius) for radius in (4, 8, 16)]).astype(float)
    soft = gaussian_filter(hard, (0, 1, 1))
    form = lambda share: soft_features(torch.zeros(3, 1, 64, 64), torch.tensor(share[:, None]))[:, -2:].numpy()  # noqa: E731
    spread, softness = form(hard).T
    assert spread == pytest.approx(0, abs=0.03)
    assert softness.tolist() == [0, 0, 0]
    spread, softness = form(soft).T
    assert spread == pytest.approx(0, abs=0.12)
    # ∫ 4 s (1 − s) over a Gaussian edge is 4 σ / √π.
    assert softness == pytest.approx(4 / np.sqrt(np.pi), rel=0.1)
    assert form(soft.clip(0.001, 1)).T[0] == pytest.approx(spread, abs=0.01)


def disc(radius, side=64, lobes=0.0):
    row, column = np.indices((side, side)) - side / 2 + 0.5
    angle = np.arctan2(row, column)
    return np.hypot(row, column) < radius * (1 + lobes * np.cos(8 * angle))


def test_features_of_a_disc():
    masks = np.stack([disc(12), disc(12, lobes=0.3), disc(0.1)])
    images = np.where(masks, to_window(np.array(50.0)), to_window(np.array(-850.0)))
    found = measure_nodules(images, masks, 0.5)
    assert found["size"][0] == pytest.approx(12, rel=0.02)
    assert found["density"][0] == pytest.approx(50, abs=0.1)
    assert found["spiculation"][0] == pytest.approx(1, abs=0.05)
    assert found["spiculation"][1] > 1.4
    assert found.loc[2].isna().all()
    blurred = measure_nodules(np.stack([gaussian_filter(images[0], 2)]), masks[:1], 0.5)
    assert blurred["edge_sharpness"][0] < 0.7 * found["edge_sharpness"][0]


def test_soft_features_agree_with_those_measured():
    rng = np.random.default_rng(0)
    masks = np.stack([disc(radius, lobes=lobes) for radius in (5, 8, 12, 16) for lobes in (0, 0.1, 0.2, 0.3)])
    levels = rng.uniform(-600, 100, len(masks))[:, None, None]
    images = np.stack([gaussian_filter(one, 2) for one in to_window(np.where(masks, levels, -850))])
    soft = soft_features(*(torch.as_tensor(values[:, None], dtype=torch.float32) for values in (images, masks)))
    hard = measure_nodules(images, masks, 1.0)
    for number, name in enumerate(NAMES[:4]):
        assert np.corrcoef(soft[:, number], hard[name])[0, 1] > 0.9, name


def test_a_generator_can_learn_from_soft_features():
    """An empty mask on a flat image has features with a gradient."""
    image = torch.zeros(1, 1, 16, 16, requires_grad=True)
    share = torch.zeros(1, 1, 16, 16, requires_grad=True)
    soft_features(image, share)[:, :2].sum().backward()
    for values in (image, share):
        assert torch.isfinite(values.grad).all()
    assert (share.grad > 0).any()


def test_the_largest_part_counts():
    mask = np.zeros((12, 12), dtype=bool)
    mask[1:3, 1:3] = True
    mask[5:9, 4:10] = True
    assert largest_part(mask).sum() == 24
    centre, radius = middle(mask)
    assert centre.tolist() == [6.5, 6.5]
    assert radius == pytest.approx(np.sqrt(24 / np.pi))
    assert not largest_part(np.zeros_like(mask)).any()
