import numpy as np
import pytest
from scipy.stats import gaussian_kde, multivariate_normal

from syncohort.realism.membership import attack_auc, density_score, distance_score, log_density, true_positive_rate

RNG = np.random.default_rng(0)


def test_area_by_hand():
    # Of the six pairs of a member and another, the member is higher in four and equal in one.
    assert attack_auc(np.array([3.0, 2, 1]), np.array([2.0, 0])) == pytest.approx(4.5 / 6)


def test_rate_by_hand():
    members, others = np.array([9.0, 5, 3, 1]), np.arange(10.0)[::-1] / 2  # others: 4.5, 4, …, 0
    assert true_positive_rate(members, others, 0.01) == 0.5  # none accused: above 4.5
    assert true_positive_rate(members, others, 0.1) == 0.5  # one accused: above 4
    assert true_positive_rate(members, others, 0.4) == 0.75  # four accused: above 2.5


def test_guessing_finds_as_many_as_it_accuses():
    found = [true_positive_rate(RNG.random(200), RNG.random(199), 0.1) for _ in range(300)]
    assert np.mean(found) == pytest.approx(20 / 200, abs=0.01)


def test_guessing_with_few_others_finds_more_than_its_false_positives():
    # The best of 24 others is beaten by a member in 1 of 25 cases, though no other is accused.
    found = [true_positive_rate(RNG.random(24), RNG.random(24), 0.01) for _ in range(1000)]
    assert np.mean(found) == pytest.approx(1 / 25, abs=0.008)


def test_nearness_is_suspicious():
    assert distance_score(np.array([[3.0, 1], [5, 7]])).tolist() == [-1, -5]


def test_density_is_that_of_scipy():
    # SciPy's bandwidth follows the covariance of the data, so give it data whose covariance is the identity.
    centres = RNG.normal(size=(60, 3))
    centres -= centres.mean(axis=0)
    centres = centres @ np.linalg.inv(np.linalg.cholesky(np.cov(centres.T))).T
    points = RNG.normal(size=(7, 3))
    np.testing.assert_allclose(log_density(points, centres), gaussian_kde(centres.T).logpdf(points.T))


def test_density_of_one_centre_is_a_normal_distribution():
    points = RNG.normal(size=(5, 2))
    np.testing.assert_allclose(log_density(points, np.zeros((1, 2))), multivariate_normal(np.zeros(2)).logpdf(points))


def test_a_patient_is_not_counted_among_the_people_they_are_compared_with():
    samples, patients = RNG.normal(size=(30, 2)), np.repeat(np.arange(15), 2)
    synthetic = RNG.normal(size=(50, 2))
    found = density_score(samples, patients, synthetic)
    others = np.delete(samples, [4, 5], axis=0)
    bandwidth = 30 ** (-1 / 6)
    people = np.mean([multivariate_normal(centre, bandwidth**2).pdf(samples[4]) for centre in others])
    bandwidth = 50 ** (-1 / 6)
    released = np.mean([multivariate_normal(centre, bandwidth**2).pdf(samples[4]) for centre in synthetic])
    assert found[4] == pytest.approx(np.log(released / people))
