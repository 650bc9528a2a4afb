"""The network that judges tiles: trained here, or the user's."""

import numpy as np
import pandas as pd
import pytest
import torch

from syncohort.core.errors import InputError
from syncohort.histology.extractor import GivenExtractor, TrainedExtractor, load_extractor, train_extractor
from syncohort.histology.store import TileStore, writing_tiles
from syncohort.histology.tile_set import TileTable
from syncohort.training.job import Job

SETTINGS = {"weights": None, "size": 8, "width": 4, "dimensions": 3, "learning_rate": 0.01, "batch_size": 16,
            "max_steps": 60, "validate_every": 20, "patience": 0, "smoothing": 0.0}  # fmt: skip


@pytest.fixture
def archive(tmp_path):
    """Tiles of six slides, each of a brightness and a texture of its own; two more slides are held out."""
    rng, rows = np.random.default_rng(0), []
    with writing_tiles(tmp_path / "tiles.zip") as writer:
        for slide in range(8):
            for number in range(10):
                tile = 30 * slide + rng.integers(0, 5 + 8 * (slide % 2), (16, 16, 3))
                writer.add(f"S{slide}_{number}", tile.astype(np.uint8))
                role = "test" if slide in (2, 5) else "train"
                rows.append([f"S{slide}_{number}", f"S{slide}", "tumour" if slide < 4 else "normal", role])
    tiles = pd.DataFrame(rows, columns=["tile_id", "slide_id", "tissue", "role"])
    return tmp_path / "tiles.zip", TileTable(tiles.assign(patient_id=tiles["slide_id"], code=0), np.zeros((1, 0)))


def test_a_trained_network_tells_slides_apart_that_it_has_not_seen(archive, tmp_path):
    path, table = archive
    with TileStore(path) as store:
        extractor, trained = train_extractor(table, store, SETTINGS, "data", Job(1, tmp_path / "work"))
        held_out = table.of("test")
        images = store.read(held_out["tile_id"])
    trained.checkpoint.remove()
    assert trained.history["monitor"].iloc[-1] < np.log(6)
    assert extractor.trained_by == "slide"
    extractor.save(tmp_path / "e.safetensors", tmp_path / "e.json", {})
    loaded = load_extractor([str(tmp_path / "e.safetensors"), str(tmp_path / "e.json")], SETTINGS)
    assert isinstance(loaded, TrainedExtractor)
    features = loaded.extract(images)
    assert features.shape == (20, 3)
    np.testing.assert_array_equal(features, extractor.extract(images))
    # A batch more or less changes no tile: nothing of the others enters.
    np.testing.assert_allclose(features[:3], loaded.extract(images[:3]), rtol=1e-5, atol=1e-6)
    first = (held_out["slide_id"] == "S2").to_numpy()
    between = np.linalg.norm(features[first].mean(axis=0) - features[~first].mean(axis=0))
    assert between > 2 * features[first].std(axis=0).max()
    assert "3 features of a network trained to tell the slide of real training tiles" in loaded.note


def test_with_a_tile_per_slide_it_learns_the_tissue(archive, tmp_path):
    path, table = archive
    single = table.tiles.assign(slide_id=table.tiles["tile_id"])
    with TileStore(path) as store:
        job = Job(1, tmp_path / "work")
        extractor, trained = train_extractor(TileTable(single, table.codes), store, SETTINGS, "data", job)
    trained.checkpoint.remove()
    assert extractor.trained_by == "tissue"
    assert len(extractor.weights["labels.bias"]) == 2


class Colours(torch.nn.Module):
    """Mean colour of a tile."""

    def forward(self, tiles: torch.Tensor) -> torch.Tensor:
        """Give (tiles, 3)."""
        return tiles.mean(dim=[2, 3])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_network_of_the_users_own_is_given_tiles_from_0_to_1(tmp_path):
    torch.jit.script(Colours()).save(str(tmp_path / "own.pt"))
    tiles = np.zeros((70, 16, 16, 3), np.uint8)
    tiles[:, :, :, 0], tiles[:, :8, :, 1] = 255, 255
    extractor = load_extractor([str(tmp_path / "own.pt"), "own.json"], {"weights": "own.pt", "size": 32})
    assert isinstance(extractor, GivenExtractor)
    np.testing.assert_allclose(extractor.extract(tiles), np.tile([1, 0.5, 0], (70, 1)), atol=1e-6)
    assert extractor.inspect(1) == 3
    assert extractor.note == "features of the network own.pt; tiles resized to 32 × 32, bilinear"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_is_no_network_is_refused(tmp_path):
    (tmp_path / "own.pt").write_text("weights")
    tiles = np.zeros((2, 16, 16, 3), np.uint8)
    with pytest.raises(InputError, match="which is no network saved as TorchScript"):
        GivenExtractor(tmp_path / "own.pt", 16).extract(tiles)
    torch.save({"layer": torch.zeros(3)}, tmp_path / "weights.pt")
    with pytest.raises(InputError, match="which is no network saved as TorchScript"):
        GivenExtractor(tmp_path / "weights.pt", 16).extract(tiles)


class Blind(torch.nn.Module):
    """Sees nothing."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.features = features

    def forward(self, tiles: torch.Tensor) -> torch.Tensor:
        """Give (tiles, features), the same for every tile."""
        return torch.ones(len(tiles), self.features)


FLAT = torch.nn.Flatten()


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (torch.nn.ReLU(), r"gives \(2, 3, 16, 16\) for 2 tiles, and must give features, \(2, dimensions\)"),
        (Blind(0), r"gives \(2, 0\) for 2 tiles, and must give features"),
        (
            torch.nn.Sequential(FLAT, torch.nn.Linear(3072, 4)),
            r"takes no tiles of 16 × 16 pixels, \(2, 3, 16, 16",
        ),
        (Blind(4), "a white tile and one of noise the same features, so it tells no tiles apart"),
        (torch.nn.Sequential(FLAT, torch.nn.Threshold(2.0, torch.inf)), "features that are no finite numbers"),
    ],
    ids=["images", "nothing", "size", "blind", "infinite"],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_network_without_features_is_refused(network, sentence, tmp_path):
    torch.jit.script(network).save(str(tmp_path / "own.pt"))
    with pytest.raises(InputError, match=sentence):
        GivenExtractor(tmp_path / "own.pt", 16).inspect(1)
