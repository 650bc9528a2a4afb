"""The GAN of tiles: published shapes, the published defect and its cure, equal terms, resume."""

import copy
import json

import anndata
import numpy as np
import pandas as pd
import pytest
import torch

from syncohort.core.defaults import default_of
from syncohort.core.errors import InputError
from syncohort.core.schema import read_schema
from syncohort.histology.cells import CellMeter
from syncohort.histology.conditioning import CodeScaler, latent_input
from syncohort.histology.dcgan import NEAREST, TRANSPOSED, Critic, Generator, ModulatedNorm, doubling
from syncohort.histology.gan import TileGan, TileGenerator, draw_tiles, whole_batch_penalty
from syncohort.histology.store import TileStore, writing_tiles
from syncohort.histology.tile_distance import TileDistance, feature_scale
from syncohort.histology.tile_generator import TrainedTileGenerator, train_tile_generator
from syncohort.histology.tile_set import Images, match_tiles
from syncohort.sources.slides.drawing import Traits, draw_slide
from syncohort.training.job import Job
from syncohort.training.task import RandomStream

CPU = torch.device("cpu")
KEYS = read_schema("cohort")["properties"]["histology"]["properties"]["models"]["additionalProperties"]["properties"]
SMALL = {"width": 4, "batch_size": 6, "max_steps": 4, "validate_every": 2, "patience": 0, "precision": "fp32"}


def settings(preset="default", **changes):
    """Complete settings of a model, small where they may be."""
    given = {"preset": preset}
    return {**{key: default_of(rule, given) for key, rule in KEYS.items()}, **given, **SMALL, **changes}


def test_published_shapes():
    with torch.device("meta"):
        generator = Generator(2048, 256, 64, modulated=False, upsampling="transposed")
        critic = Critic(256, 64, 0, "batch", bounded_below=True)
    convolutions = [tuple(part.weight.shape[:2]) for part in generator.modules() if hasattr(part, "kernel_size")]
    # Inputs and outputs of a transposed convolution.
    assert convolutions == [(2048, 2048), (2048, 1024), (1024, 512), (512, 256), (256, 128), (128, 64), (64, 3)]
    downwards = [tuple(part.weight.shape[1::-1]) for part in critic.modules() if hasattr(part, "kernel_size")]
    assert downwards == [(3, 64), (64, 128), (128, 256), (256, 512), (512, 1024), (1024, 2048), (2048, 1)]
    assert sum(isinstance(part, torch.nn.BatchNorm2d) for part in critic.modules()) == 5
    assert generator(torch.empty(2, 2048, device="meta")).shape == (2, 3, 256, 256)
    assert critic(torch.empty(2, 3, 256, 256, device="meta"), torch.empty(2, 0, device="meta")).score.shape == (2, 1)


@pytest.mark.parametrize("upsampling", ["nearest", "transposed"])
@pytest.mark.parametrize("size", [16, 32, 64, 128])
def test_every_size_of_tiles(size, upsampling):
    tiles = Generator(5, size, 4, modulated=True, upsampling=upsampling)(torch.randn(3, 5))
    assert tiles.shape == (3, 3, size, size)
    assert tiles.abs().max() <= 1
    judged = Critic(size, 4, 2, "none", False)(tiles, torch.randn(3, 2))
    assert (judged.score.shape, judged.code.shape) == ((3, 1), (3, 2))


def test_repeated_pixels_leave_no_grain():
    """A flat image stays flat but at its rim; a transposed convolution weighs every second pixel otherwise."""
    torch.manual_seed(0)
    flat = torch.ones(1, 3, 8, 8)
    inner = {
        upsampling: doubling(3, 4, upsampling, bias=True)(flat)[..., 2:-2, 2:-2] for upsampling in (NEAREST, TRANSPOSED)
    }
    assert {values.shape for values in inner.values()} == {(1, 4, 12, 12)}
    grain = {upsampling: values.std(dim=(2, 3)).max().item() for upsampling, values in inner.items()}
    assert grain[NEAREST] < 1e-6
    assert grain[TRANSPOSED] > 0.01


def test_a_layer_is_scaled_and_shifted_by_the_latent_input():
    norm = ModulatedNorm(2, 1).eval()
    values, latent = torch.randn(3, 2, 4, 4), torch.tensor([[0.0], [1.0], [2.0]])
    with torch.no_grad():
        norm.style.weight.copy_(torch.tensor([[1.0], [0.0], [0.0], [5.0]]))
    plain = ModulatedNorm(2, 0).eval()(values, latent)
    styled = norm(values, latent)
    torch.testing.assert_close(plain, values / (1 + 1e-5) ** 0.5)
    torch.testing.assert_close(styled[0], plain[0])
    torch.testing.assert_close(styled[2, 0], 3 * plain[2, 0])
    torch.testing.assert_close(styled[2, 1], plain[2, 1] + 10)


def tiles_of_one_patient(model, code):
    """Tiles of a minibatch that is one patient's, always the same noise and weights."""
    torch.manual_seed(0)
    generator = TileGenerator(4, 16, model).eval()
    return draw_tiles(generator, np.repeat(np.float32([code]), 8, axis=0), RandomStream(1, CPU))


ONE, OTHER = [1.0, -2.0, 0.5, 3.0], [-3.0, 0.0, 2.0, 1.0]


def test_standardised_over_the_batch_the_published_model_does_not_hear_the_patient():
    published = settings("paper", components=4)
    difference = tiles_of_one_patient(published, ONE).astype(int) - tiles_of_one_patient(published, OTHER)
    # Equal but for the rounding of code + noise.
    assert abs(difference).max() <= 1


def test_on_a_fixed_scale_tiles_of_one_patient_follow_the_expression():
    ours = settings(noise_dimensions=4)
    assert abs(tiles_of_one_patient(ours, ONE).astype(int) - tiles_of_one_patient(ours, OTHER)).mean() > 5
    # The same of the published sum of code and noise, once its scale is fixed.
    cured = settings("paper", components=4, standardise="training")
    assert abs(tiles_of_one_patient(cured, ONE).astype(int) - tiles_of_one_patient(cured, OTHER)).mean() > 5


def test_the_code_cancels_by_algebra():
    noise, code = torch.randn(8, 3), torch.randn(1, 3).expand(8, 3)
    alone = latent_input(torch.zeros(8, 3), noise, "add", "batch")
    torch.testing.assert_close(latent_input(code, noise, "add", "batch"), alone)
    torch.testing.assert_close(latent_input(code, noise, "add", "training"), code + noise)


def test_a_generator_of_noise_alone_has_the_same_noise_and_layers():
    told, alone = (settings(condition=condition, noise_dimensions=4) for condition in ("expression", "noise"))
    shapes = [
        [tuple(value.shape) for value in TileGenerator(4, 16, model).state_dict().values()] for model in (told, alone)
    ]
    assert shapes[0] == shapes[1]
    assert (tiles_of_one_patient(alone, ONE) == tiles_of_one_patient(alone, OTHER)).all()
    assert (tiles_of_one_patient(alone, ONE) == tiles_of_one_patient(told, [0.0] * 4)).all()


def test_the_scale_of_codes_is_that_of_the_training_samples():
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(2000, 3)) @ np.diag([3.0, 1.0, 0.01]) + 7
    scaler = CodeScaler.fit(codes, 2)
    told = scaler.transform(codes)
    assert told.mean(axis=0) == pytest.approx([0, 0], abs=1e-5)
    # The first component has a deviation of 1 and the second its share of it, as no component is blown up.
    assert told.std(axis=0) == pytest.approx([1, 1 / 3], rel=0.15)
    assert CodeScaler.from_arrays(scaler.to_arrays()).transform(codes) == pytest.approx(told, abs=1e-4)
    one = scaler.transform(codes[:1])
    assert one == pytest.approx(told[:1])
    assert CodeScaler.fit(codes[:2], 64).axes.shape == (3, 1)


def test_the_published_penalty_by_hand():
    # Gradient 1 in each of 4 tiles of 3 pixels: of length √12 over the batch.
    real, fake = torch.ones(4, 3), torch.zeros(4, 3)
    penalty = whole_batch_penalty(lambda tiles: tiles.sum(dim=1), real, fake, torch.rand(1, 1))
    assert penalty.item() == pytest.approx((12**0.5 - 1) ** 2)


def test_a_critic_that_is_told_scores_by_the_code():
    torch.manual_seed(0)
    tiles = torch.randn(2, 3, 16, 16)
    told, untold = Critic(16, 4, 3, "none", False), Critic(16, 4, 0, "none", False)
    one, other = torch.randn(2, 3), torch.randn(2, 3)
    assert not torch.equal(told(tiles, one).score, told(tiles, other).score)
    assert torch.equal(untold(tiles, one).score, untold(tiles, other).score)
    # What is read is read from the tile, and not from what the critic is told.
    assert torch.equal(told(tiles, one).code, told(tiles, other).code)
    assert untold(tiles, one).code is None


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Tiles of 16 pixels of twelve slides, six each, with their table, splits and codes."""
    folder = tmp_path_factory.mktemp("tiles")
    rows = []
    with writing_tiles(folder / "tiles.zip") as writer:
        for number in range(12):
            traits = Traits(1500 + 300 * number, 3.2, 1.3, 0.3, 0.0)
            slide, _ = draw_slide(traits, (64, 64), 1.0, np.random.default_rng(number))
            for tile in range(6):
                name = f"P{number:02d}_lung_{tile}"
                y, x = divmod(tile, 3)
                writer.add(name, slide[16 * y : 16 * y + 16, 16 * x : 16 * x + 16])
                rows.append({"tile_id": name, "slide_id": f"P{number:02d}_lung", "patient_id": f"P{number:02d}",
                             "tissue": "lung", "status": "kept"})  # fmt: skip
    patients = [f"P{number:02d}" for number in range(12)]
    splits = pd.DataFrame({"patient_id": patients, "fold0": ["train"] * 8 + ["validation"] * 2 + ["test"] * 2})
    # The tenth patient has two samples of the lung, and the first one of the liver as well.
    obs = pd.DataFrame({"patient_id": [*patients, "P09", "P00"], "tissue": ["lung"] * 13 + ["liver"]})
    obs.index = [f"S{number}" for number in range(14)]
    latents = anndata.AnnData(np.random.default_rng(0).normal(size=(14, 5)).astype(np.float32), obs=obs)
    return folder / "tiles.zip", pd.DataFrame(rows), splits, latents


def test_tiles_meet_the_samples_of_their_patient_and_tissue(archive):
    _, tiles, splits, latents = archive
    table = match_tiles(tiles, splits, "fold0", latents)
    assert len(table.tiles) == 72
    first, second = table.of("validation").drop_duplicates("slide_id").to_dict("records")
    assert (table.codes[first["code"]] == latents["S8"].X[0]).all()
    np.testing.assert_allclose(table.codes[second["code"]], latents[["S9", "S12"]].X.mean(axis=0), rtol=1e-6)


@pytest.mark.parametrize(
    ("patients", "kept", "sentence"),
    [
        (["P08", "P09"], ["P08_lung_0"], r"The validation part of fold0 has 1 tile, and needs at least 2\. Add slides"),
        (["P10", "P11"], ["P10_lung_0", "P10_lung_1", "P11_lung_0"],
         r"The test part of fold0 has 3 tiles, and needs at least 4\. Add slides"),
    ],
    ids=["validation", "test"],
)  # fmt: skip
def test_a_part_with_few_tiles_is_told_before_any_training(archive, patients, kept, sentence):
    _, tiles, splits, _ = archive
    few = tiles[~tiles["patient_id"].isin(patients) | tiles["tile_id"].isin(kept)]
    with pytest.raises(InputError, match=sentence):
        match_tiles(few, splits, "fold0", None)


def test_without_expression_there_is_nothing_to_be_told(archive):
    path, tiles, splits, _ = archive
    table = match_tiles(tiles, splits, "fold0", None)
    assert table.codes.shape == (1, 0)
    with TileStore(path) as store:
        model = settings(condition="noise", noise_dimensions=4)
        generator, course = train(table, store, path.parent / "noise", model)
    course.checkpoint.remove()
    assert generator.generate(table.codes[[0, 0]], 1, CPU).shape == (2, 16, 16, 3)


def train(table, store, folder, model):
    return train_tile_generator(table, store, 1.0, model, "", Job(3, folder))


@pytest.mark.parametrize("preset", ["default", "paper"])
def test_what_is_trained_reads_back(archive, preset, tmp_path):
    path, tiles, splits, latents = archive
    table = match_tiles(tiles, splits, "fold0", latents)
    with TileStore(path) as store:
        generator, course = train(table, store, tmp_path, settings(preset, noise_dimensions=4))
    assert course.history.columns.tolist() == [
        "step", "critic_loss", "generator_loss", "gradient_penalty", "monitor", "monitor_smoothed"
    ]  # fmt: skip
    paths = tmp_path / "model.safetensors", tmp_path / "model.json"
    generator.save(*paths, {"best_step": course.best_step})
    course.checkpoint.remove()
    read = TrainedTileGenerator.load(*paths)
    assert (read.generate(latents.X, 5, CPU) == generator.generate(latents.X, 5, CPU)).all()
    assert json.loads(paths[1].read_text())["settings"]["preset"] == preset


def test_a_training_that_was_stopped_goes_on_as_if_it_had_not(archive):
    path, tiles, splits, latents = archive
    table = match_tiles(tiles, splits, "fold0", latents)
    with TileStore(path) as store:
        images = Images(store, table.of("train")["tile_id"])
    codes = np.random.default_rng(0).normal(size=(len(images), 3)).astype(np.float32)
    through, first, second = (
        TileGan(images, codes, settings(), lambda generator: 0.0, 3, CPU) for _ in range(3)
    )  # fmt: skip
    for _ in range(4):
        through.step()
    for _ in range(2):
        first.step()
    for name, part in second.parts().items():
        part.load_state_dict(copy.deepcopy(first.parts()[name].state_dict()))
    for _ in range(2):
        second.step()
    for name, weight in through.weights().items():
        assert torch.equal(weight, second.weights()[name]), name


def test_the_average_follows_the_generator(archive):
    path, tiles, _, _ = archive
    with TileStore(path) as store:
        images = Images(store, tiles["tile_id"])
    task = TileGan(images, np.zeros((72, 2), np.float32), settings(average_decay=0), lambda generator: 0.0, 1, CPU)
    task.step()
    now = task.generator.state_dict()
    weights = {name: mean for name, mean in task.average.state_dict().items() if mean.is_floating_point()}
    assert all(torch.equal(mean, now[name]) for name, mean in weights.items())
    assert any("running_mean" in name for name in weights)


def test_published_batches_are_of_one_slide_and_ours_of_many(archive):
    path, tiles, _, _ = archive
    with TileStore(path) as store:
        images = Images(store, tiles["tile_id"])
    # A code that numbers the slides, so that what a minibatch is made of shows.
    codes = (np.arange(72) // 6).astype(np.float32)[:, None]
    ours, published = (
        TileGan(images, codes, settings(batches=order, code_noise=0), lambda generator: 0.0, 1, CPU)
        for order in ("across_patients", "slide_by_slide")
    )
    assert len(published._draw()[1].unique()) == 1
    assert len(ours._draw()[1].unique()) > 3


@pytest.mark.parametrize("deviation", [0.0, 0.5])
def test_codes_are_blurred_in_training(archive, deviation):
    path, tiles, _, _ = archive
    with TileStore(path) as store:
        images = Images(store, tiles["tile_id"])
    codes = np.ones((72, 50), np.float32)
    task = TileGan(images, codes, settings(code_noise=deviation), lambda generator: 0.0, 1, CPU)
    told = task._draw()[1]
    assert told.mean().item() == pytest.approx(1, abs=0.1)
    assert told.std().item() == pytest.approx(deviation, rel=0.15)


class GreyTiles:
    """Seventy-two tiles of 16 pixels, each of one grey and some noise."""

    size = 16

    def __init__(self):
        rng = np.random.default_rng(0)
        values = rng.normal(128, 40, (72, 1, 1, 1)) + rng.normal(0, 20, (72, 16, 16, 3))
        self.tiles = values.clip(0, 255).astype(np.uint8)

    def __len__(self):
        return len(self.tiles)

    def take(self, rows):
        return self.tiles[rows]


def test_the_critic_reads_the_code_and_the_generator_makes_it_readable():
    images = GreyTiles()
    brightness = images.tiles.mean(axis=(1, 2, 3))
    codes = ((brightness - brightness.mean()) / brightness.std())[:, None].astype(np.float32)
    course = {"generator_learning_rate": 0.002, "critic_learning_rate": 0.002, "max_steps": 100, "code_noise": 0}
    task = TileGan(images, codes, settings(**course, reading_weight=1), lambda generator: 0.0, 1, CPU)
    # Before it learns it reads nothing, so that it does not drown the score.
    assert task.critic(*task._draw()).code.abs().max() == 0
    for _ in range(100):
        task.step()
    real, told = (torch.cat(parts) for parts in zip(*(task._draw() for _ in range(8)), strict=True))
    with torch.no_grad():
        made = task.generator(told, task.stream)
        read = torch.cat([told, task.critic(real, told).code, task.critic(made, told).code], dim=1)
    of_real, of_made = torch.corrcoef(read.T)[0, 1:]
    assert of_real > 0.9
    assert of_made > 0.4


@pytest.fixture(scope="module")
def drawn():
    """Tiles of slides with few and with many nuclei, the radius of nuclei the same."""

    def draw(density, seed):
        slide, _ = draw_slide(Traits(density, 3.2, 1.3, 0.3, 0.0), (256, 256), 1.0, np.random.default_rng(seed))
        return slide.reshape(4, 64, 4, 64, 3).swapaxes(1, 2).reshape(16, 64, 64, 3)

    return {density: np.concatenate([draw(density, seed) for seed in range(3)]) for density in (1200, 2400, 4800)}


def test_cells_are_counted_and_measured(drawn):
    meter = CellMeter.fit(np.concatenate(list(drawn.values())), 1.0)
    measured = {density: meter.measure(tiles).mean() for density, tiles in drawn.items()}
    for density, means in measured.items():
        assert means["cell_density"] == pytest.approx(density, rel=0.35)
        assert means["nuclear_area"] == pytest.approx(np.pi * 3.2**2, rel=0.35)
    assert measured[1200]["cell_density"] < measured[2400]["cell_density"] < measured[4800]["cell_density"]
    blank = meter.measure([np.full((64, 64, 3), 255, np.uint8)]).iloc[0]
    assert (blank == 0).all()


def test_the_distance_of_tiles(drawn):
    meter = CellMeter.fit(np.concatenate(list(drawn.values())), 1.0)
    distance = TileDistance(meter, drawn[2400][::2])
    same, other = distance.of(drawn[2400][1::2]), distance.of(drawn[4800])
    assert abs(same) < 0.05
    assert other > 5 * abs(same)


def test_what_does_not_vary_among_real_tiles_outweighs_nothing():
    share_of_tissue, eosin, nuclear_area = [1.0, 1.0, 1.0 - 1e-9], [0.0, 0.0, 0.0], [10.0, 20.0, 30.0]
    mean, deviation = feature_scale(np.column_stack([share_of_tissue, eosin, nuclear_area]))
    assert mean.tolist() == pytest.approx([1, 0, 20])
    assert deviation.tolist() == pytest.approx([0.01, 1, (200 / 3) ** 0.5])
