import numpy as np
import pytest

from syncohort.realism.two_sample import boosted_trees, deal_patients, logistic, two_sample_auc

RNG = np.random.default_rng(0)
CLASSIFIERS = [logistic, boosted_trees]


def auc(real: np.ndarray, other: np.ndarray, classifier, patients: tuple | None = None) -> float:
    if patients is None:
        patients = [f"R{number}" for number in range(len(real))], [f"S{number}" for number in range(len(other))]
    return two_sample_auc(real, other, *map(np.array, patients), classifier)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_samples_of_one_population_cannot_be_told_apart(classifier):
    assert auc(RNG.normal(size=(300, 5)), RNG.normal(size=(300, 5)), classifier) == pytest.approx(0.5, abs=0.07)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_shifted_means_have_the_closed_form(classifier):
    # Of two normal variables a standard deviation apart the larger is the shifted one with probability Φ(1/√2).
    real, other = RNG.normal(size=(1000, 1)), RNG.normal(1.0, 1.0, size=(1000, 1))
    assert auc(real, other, classifier) == pytest.approx(0.760, abs=0.04)


def test_collapsed_variance_is_seen_by_trees_only():
    real, other = RNG.normal(size=(200, 3)), 0.2 * RNG.normal(size=(200, 3))
    assert auc(real, other, boosted_trees) > 0.9
    assert auc(real, other, logistic) == pytest.approx(0.5, abs=0.1)


def test_copies_of_one_patient_do_not_betray_themselves():
    real, once = RNG.normal(size=(60, 10)), RNG.normal(size=(20, 10))
    thrice, names = np.repeat(once, 3, axis=0), [f"P{number}" for number in range(20) for _ in range(3)]
    distinct = [f"S{number}" for number in range(60)]
    real_names = [f"R{number}" for number in range(60)]
    assert auc(real, thrice, boosted_trees, (real_names, distinct)) > 0.8
    assert auc(real, thrice, boosted_trees, (real_names, names)) < 0.65


def test_a_patient_is_in_one_fold_and_every_fold_has_both_origins():
    patients = np.array([f"P{number % 17}" for number in range(40)] + [f"S{number}" for number in range(40)])
    origin = np.repeat([0, 1], 40)
    folds = deal_patients(patients, origin)
    for patient in np.unique(patients):
        assert len(set(folds[patients == patient])) == 1
    for fold in range(5):
        assert set(origin[folds == fold]) == {0, 1}
        assert 6 <= (folds == fold)[origin == 1].sum() <= 10


def test_two_patients_make_two_folds_and_one_makes_none():
    values = RNG.normal(size=(6, 2))
    two = auc(values, values + 9, logistic, ([*"AABBBB"], [*"CCDDDD"]))
    assert two == 1
    assert np.isnan(auc(values, values + 9, logistic, ([*"AAAAAA"], [*"CCDDDD"])))
