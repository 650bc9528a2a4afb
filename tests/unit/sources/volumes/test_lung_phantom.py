"""Lung phantoms and what is planted in them: traits are in the image, and follow the modules they should."""

import numpy as np
import pytest
from scipy import stats

from syncohort.core.cohort import tumour_expression
from syncohort.core.errors import InputError
from syncohort.sources.cohorts.simulated import PATHWAY, simulate_cohort
from syncohort.sources.volumes.lung_phantom import TRAITS, simulate_lung
from syncohort.sources.volumes.nifti import read_volume
from syncohort.sources.volumes.planted_nodules import plant_nodules
from syncohort.sources.volumes.subject import Volume
from tests.unit.radiogenomics.test_features import SIMULATED

SHAPE = (84, 100, 18)


def phantom(seed=1, **traits):
    return simulate_lung(dict.fromkeys(TRAITS, 0.0) | traits, SHAPE, np.random.default_rng(seed))


def volume_ml(one):
    return one.nodule.sum() * abs(np.linalg.det(one.affine[:3, :3])) / 1000


def test_a_nodule_has_its_size_and_density():
    one = phantom(spiculation=-2.5, edge_sharpness=2.5)
    radius = (volume_ml(one) * 1000 * 3 / 4 / np.pi) ** (1 / 3)
    # Short spicules are left, and they make it a little larger.
    assert one.truth["radius_mm"] < radius < 1.15 * one.truth["radius_mm"]
    assert np.median(one.image[one.nodule > 0]) == pytest.approx(one.truth["density_hu"], abs=30)
    middle = (one.affine @ [*np.argwhere(one.nodule).mean(axis=0), 1])[:3]
    np.testing.assert_allclose(middle, [one.truth[f"{axis}_mm"] for axis in "xyz"], atol=2)


def test_traits_change_what_they_should():
    assert volume_ml(phantom(size=1.5)) > 2 * volume_ml(phantom(size=-1.5))
    dense, faint = (phantom(density=value) for value in (2.0, -2.0))
    assert dense.image[dense.nodule > 0].mean() > faint.image[faint.nodule > 0].mean() + 300
    sharp, blurred = (phantom(edge_sharpness=value, spiculation=-2.0) for value in (2.0, -2.0))
    steepest = [np.abs(np.gradient(one.image.astype(float))[0])[one.nodule > 0].max() for one in (sharp, blurred)]
    assert steepest[0] > 1.3 * steepest[1]


def test_nodules_follow_their_modules(tmp_path):
    simulated = simulate_cohort(SIMULATED, seed=1)
    modules = {name: genes for name, genes in simulated.gene_sets.items() if name != PATHWAY}
    settings = {"share": 0.2, "correlation": 1.0, "shape": [24, 28, 10]}
    nodules, truth = plant_nodules(simulated.cohort, modules, settings, tmp_path, seed=2)
    assert len(nodules) == 20
    log = tumour_expression(simulated.cohort).loc[nodules["patient_id"]]
    for row in truth.itertuples():
        activity = log[modules[row.module]].mean(axis=1)
        assert stats.pearsonr(activity, nodules[row.trait]).statistic > 0.99
    name = nodules["patient_id"][0]
    image, affine = read_volume(Volume(tmp_path / name / f"{name}_ct.nii.gz"))
    assert image.shape == (24, 28, 10)
    assert image.min() < -950 < image.max()
    assert np.diag(affine)[:2].max() < 0
    with pytest.raises(InputError, match=r"source.simulated.modules is 2. Raise it to 4"):
        plant_nodules(simulated.cohort, dict(list(modules.items())[:2]), settings, tmp_path, seed=2)
