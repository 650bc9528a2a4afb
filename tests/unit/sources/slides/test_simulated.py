"""Simulated slides: what is planted can be measured in them."""

import numpy as np
import pytest
from skimage.color import rgb2hed
from skimage.measure import label, regionprops

from syncohort.core.errors import InputError
from syncohort.sources.cohorts.simulated import PATHWAY, simulate_cohort
from syncohort.sources.slides.drawing import Traits, draw_slide
from syncohort.sources.slides.simulated import simulate_slides
from syncohort.sources.slides.stain import HAEMATOXYLIN_EOSIN, colour

SETTINGS = {"share": 0.5, "correlation": 1.0, "side": 128, "microns_per_pixel": 1.0, "stain_variation": 0.12}


def nuclei(image):
    """Regions with much haematoxylin."""
    return regionprops(label(rgb2hed(image)[..., 0] > 0.055))


def draw(density=2500.0, radius=3.2, haematoxylin=1.3, seed=0):
    traits = Traits(density, radius, haematoxylin, stroma=0.3, lumina=0.05)
    return draw_slide(traits, (400, 400), 0.5, np.random.default_rng(seed))


def test_traits_can_be_measured_in_the_image():
    sparse, dense = (len(nuclei(draw(density)[0])) for density in (1000, 3000))
    assert dense / sparse == pytest.approx(3, rel=0.3)
    small, large = (np.median([one.area for one in nuclei(draw(radius=radius)[0])]) for radius in (2.6, 3.9))
    assert large / small == pytest.approx((3.9 / 2.6) ** 2, rel=0.25)
    pale, dark = (rgb2hed(draw(haematoxylin=amount)[0])[..., 0].max() for amount in (1.0, 1.8))
    assert dark > pale * 1.3


def test_the_density_told_is_that_drawn():
    image, density = draw(2500)
    tissue = (image.min(axis=-1) < 235).mean() * (0.4 * 0.5) ** 2
    assert density == pytest.approx(2500, rel=0.15)
    assert len(nuclei(image)) / tissue == pytest.approx(density, rel=0.3)


def test_colour_follows_beer_and_lambert():
    amounts = np.array([[[0.0, 0.0], [np.log(2), 0.0]]])
    seen = colour(amounts, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    assert seen.tolist() == [[[255, 255, 255], [128, 255, 255]]]
    assert np.linalg.norm(HAEMATOXYLIN_EOSIN, axis=1) == pytest.approx([1, 1], abs=0.05)


@pytest.fixture(scope="module")
def simulated():
    settings = {
        "patients": 40, "genes": 90, "normal_fraction": 0.5, "modules": 3, "module_size": 12, "pathway_size": 14,
        "up": 2, "down": 2, "log2_fold_change": 1, "covariate_genes": 1, "covariate_effect": 1, "zero_genes": 2,
        "zero_samples": 0, "biology": None, "library_size_noise": 0.2,
    }  # fmt: skip
    return simulate_cohort(settings, seed=3)


def modules(simulated):
    return {name: genes for name, genes in simulated.gene_sets.items() if name != PATHWAY}


def test_traits_follow_their_modules(simulated, tmp_path):
    planted = simulate_slides(simulated.cohort, modules(simulated), SETTINGS, tmp_path, seed=1)
    assert len(planted.slides["patient_id"].unique()) == 20
    assert planted.slides["slide_id"].is_unique
    assert (tmp_path / "tumour" / f"{planted.slides['patient_id'].iloc[0]}.tiff").is_file()
    for trait in ("nuclear_radius", "haematoxylin"):
        assert np.corrcoef(planted.slides[f"activity_{trait}"], np.log(planted.slides[trait]))[0, 1] > 0.97
    # Chance decides how many nuclei there are in a small slide.
    followed = np.corrcoef(planted.slides["activity_cell_density"], np.log(planted.slides["cell_density"]))[0, 1]
    assert followed > 0.8
    assert planted.truth["module"].tolist() == ["MODULE_01", "MODULE_02", "MODULE_03"]


def test_equal_seeds_give_equal_slides(simulated, tmp_path):
    for folder in ("one", "two"):
        simulate_slides(simulated.cohort, modules(simulated), SETTINGS, tmp_path / folder, seed=1)
    for path in (tmp_path / "one").rglob("*.tiff"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_too_few_modules_are_told(simulated, tmp_path):
    with pytest.raises(InputError, match=r"source.simulated.modules is 2. Raise it to 3 or more"):
        simulate_slides(simulated.cohort, dict(list(modules(simulated).items())[:2]), SETTINGS, tmp_path, seed=1)
