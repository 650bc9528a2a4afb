"""The manifest of a histology cohort, and one sentence for each thing that can be wrong with it."""

import numpy as np
import pandas as pd
import pytest
import tifffile
from PIL import Image

from syncohort.core.errors import InputError
from syncohort.core.io import read_tsv, write_tsv
from syncohort.sources.slides.cohort import read_image_cohort
from syncohort.sources.slides.pyramid import write_pyramid

SLIDE = np.full((300, 400, 3), 220, np.uint8)


@pytest.fixture
def slides(tmp_path):
    """Six patients' slides in the layout tissue/patient.tiff."""
    for patient in range(6):
        write_pyramid(SLIDE, 0.5, tmp_path / "slides" / "lung" / f"P{patient}.tiff")
    return tmp_path / "slides"


@pytest.fixture
def tiles(tmp_path):
    """Two ready tiles each of five patients."""
    for patient in range(5):
        folder = tmp_path / "tiles" / f"00{patient}"
        folder.mkdir(parents=True)
        for tile in range(2):
            Image.fromarray(SLIDE[:100, :100]).save(folder / f"{tile}.png")
    return tmp_path / "tiles"


def of_slides(folder, pattern="{tissue}/{patient}.tiff", exclude=(), **source):
    given = {"folder": str(folder), "pattern": pattern, "tissue": "tumour", "microns_per_pixel": None} | source
    return {"source": {"slides": given}, "exclude": list(exclude), "tissue": "organ"}


def of_tiles(folder, pattern="{patient}/{tile}.png", exclude=()):
    given = {"folder": str(folder), "pattern": pattern, "tissue": "tumour", "microns_per_pixel": None}
    return {"source": {"tiles": given}, "exclude": list(exclude)}


def test_slides_by_tissue_and_patient(slides):
    manifest, record = read_image_cohort(of_slides(slides), seed=1)
    assert manifest["slide_id"].tolist() == [f"P{patient}_lung" for patient in range(6)]
    assert manifest["tissue"].unique().tolist() == ["lung"]
    first = manifest.iloc[0]
    assert (first["width"], first["height"]) == (400, 300)
    assert first["microns_per_pixel"] == pytest.approx(0.5, rel=1e-4)
    assert set(record["inputs"]) == set(manifest["path"])


def test_ready_tiles_share_a_slide_and_names_stay_text(tiles, tmp_path):
    manifest, _ = read_image_cohort(of_tiles(tiles), seed=1)
    assert manifest["slide_id"].value_counts().to_dict() == {f"00{patient}_tumour": 2 for patient in range(5)}
    write_tsv(manifest, tmp_path / "images.tsv")
    assert read_tsv(tmp_path / "images.tsv")["patient_id"].iloc[0] == "000"


def test_barcodes_of_tcga(slides):
    for patient in range(6):
        (slides / f"lung/P{patient}.tiff").rename(slides / f"TCGA-05-000{patient}-01Z-00-DX1.AB-CD.tiff")
    manifest, _ = read_image_cohort(of_slides(slides, "{patient}-01Z-00-{slide}.*.tiff"), seed=1)
    assert manifest["patient_id"].iloc[3] == "TCGA-05-0003"
    assert manifest["tissue"].iloc[3] == "tumour"


def test_the_levels_of_a_dicom_slide_are_one_image(slides, dicom_slide):
    for patient in range(6):
        dicom_slide(SLIDE, 0.5, slides / "dicom" / f"P{patient}")
    manifest, _ = read_image_cohort(of_slides(slides, "dicom/{patient}/*.dcm"), seed=1)
    assert len(manifest) == 6
    assert manifest["path"].iloc[0].endswith("a.dcm")
    height, width = SLIDE.shape[:2]
    assert manifest[["width", "height", "microns_per_pixel"]].iloc[0].tolist() == [width, height, 0.5]


def test_excluded_slides_are_listed_and_not_opened(slides):
    (slides / "lung/P5.tiff").write_text("damaged")
    manifest, record = read_image_cohort(of_slides(slides, exclude=["P5_lung"]), seed=1)
    last = manifest.iloc[-1]
    assert (last["status"], last["reason"]) == ("excluded", "named in histology.exclude")
    assert len(record["inputs"]) == 5


def test_slides_without_a_sample_are_listed_and_not_opened(slides):
    (slides / "lung/P5.tiff").write_text("damaged")
    samples = pd.DataFrame({"patient_id": [f"P{patient}" for patient in range(5)], "organ": "lung"})
    manifest, record = read_image_cohort(of_slides(slides), samples, seed=1)
    last = manifest.iloc[-1]
    assert (last["status"], last["reason"]) == ("excluded", "no sample of this patient and tissue")
    assert len(record["inputs"]) == 5
    with pytest.raises(InputError, match="are of 4 patients, and a histology cohort needs at least 5"):
        read_image_cohort(of_slides(slides), samples[1:], seed=1)


def damage(slides):
    (slides / "lung/P2.tiff").write_text("damaged")


def without_pixel_size(slides):
    tifffile.imwrite(slides / "lung/P2.tiff", SLIDE, tile=(256, 256), photometric="rgb")


@pytest.mark.parametrize(
    ("change", "settings", "sentence"),
    [
        (damage, {}, r"Slide P2_lung: .* cannot be read as a slide .*leave it out with histology.exclude: \[P2_lung\]"),
        (without_pixel_size, {}, "Slide P2_lung: .* tells neither the size of its pixels nor its magnification"),
        (None, {"pattern": "{slide}.tiff"}, "lacks {patient}. Write it where the patient's name stands"),
        (None, {"pattern": "{patient}.svs"}, "no file fits the pattern .* has 6 files, such as lung/P0.tiff"),
        (None, {"pattern": "{patient}/*.tiff"}, "6 files or more are the slide lung_tumour"),
        (None, {"exclude": ["P3_lungs"]}, "which .* lacks; did you mean P3_lung?"),
        (None, {"exclude": ["P1_lung", "P2_lung"]}, "are of 4 patients, and a histology cohort needs at least 5"),
        (None, {"folder": "nowhere"}, "there is no folder nowhere in"),
    ],
    ids=["damaged", "pixel size", "no patient", "no match", "ambiguous", "exclude", "few", "folder"],
)  # fmt: skip
def test_bad_slides_are_told_in_a_sentence(slides, change, settings, sentence):
    if change:
        change(slides)
    with pytest.raises(InputError, match=sentence):
        read_image_cohort(of_slides(**{"folder": slides, **settings}), seed=1)


def test_tiles_of_mixed_sizes_are_told(tiles):
    Image.fromarray(SLIDE[:90, :100]).save(tiles / "003" / "1.png")
    with pytest.raises(
        InputError, match=r"must have one size in pixels, but .*0.png has 100×100 and .*1.png has 100×90"
    ):
        read_image_cohort(of_tiles(tiles), seed=1)


def test_a_tile_that_is_no_image_is_told(tiles):
    (tiles / "003" / "1.png").write_bytes(b"\x89PNG broken")
    with pytest.raises(InputError, match=r"Slide 003_tumour: .*1.png cannot be read as an image"):
        read_image_cohort(of_tiles(tiles), seed=1)


def test_a_tile_of_more_than_8_bits_is_told(tiles):
    Image.fromarray(np.full((8, 8), 40000, np.uint16)).save(tiles / "003" / "1.png")
    with pytest.raises(InputError, match=r"Slide 003_tumour: .*1.png has more than 8 bits per channel; .*exclude: "):
        read_image_cohort(of_tiles(tiles), seed=1)
