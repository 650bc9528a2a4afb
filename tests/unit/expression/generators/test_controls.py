"""Bootstrap, permuted genes and SMOTE: known answers."""

import numpy as np
import pytest

from syncohort.expression.covariates import Conditions
from syncohort.expression.generators import bootstrap, permuted, smote

from .conftest import defaults, wishes


def rows_in(drawn: np.ndarray, expression: np.ndarray) -> np.ndarray:
    """Position of each drawn sample among the real ones, -1 where it is none of them."""
    equal = (drawn[:, None] == expression[None]).all(axis=2)
    return np.where(equal.any(axis=1), equal.argmax(axis=1), -1)


def test_bootstrap_copies_training_samples_of_the_class_and_all_of_them(known):
    expression, conditions = known(40)
    settings = defaults("bootstrap")
    weights = bootstrap.fit(expression, conditions, settings, 1)
    drawn = rows_in(bootstrap.sample(weights, conditions[np.tile(np.arange(40), 50)], settings, 2), expression)
    assert set(drawn) == set(range(40))
    assert (conditions.codes[drawn] == np.tile(conditions.codes, (50, 1))).all()


def test_bootstrap_prefers_samples_with_numbers_near_the_wish(known):
    expression, conditions = known(200)
    settings = defaults("bootstrap", bandwidth=0.1)
    weights = bootstrap.fit(expression, conditions, settings, 1)
    drawn = rows_in(bootstrap.sample(weights, wishes(0, 1.0, 300), settings, 2), expression)
    assert np.abs(conditions.numbers[drawn, 0] - 1).mean() < 0.15
    # A wish far from every sample gets the nearest.
    far = rows_in(bootstrap.sample(weights, wishes(0, 90.0, 3), settings, 2), expression)
    oldest = np.where(conditions.codes[:, 0] == 0, conditions.numbers[:, 0], -np.inf).argmax()
    assert set(far) == {oldest}


@pytest.mark.parametrize("within", [False, True])
def test_permuted_keeps_every_value_of_a_gene_and_no_correlation(known, within):
    expression, conditions = known(400)
    settings = defaults("permuted", within_classes=within)
    weights = permuted.fit(expression, conditions, settings, 1)
    drawn = permuted.sample(weights, conditions, settings, 2)
    np.testing.assert_array_equal(np.sort(drawn, axis=0), np.sort(expression, axis=0))
    assert not (drawn == expression).all(axis=1).any()
    parts = [conditions.codes[:, 0] == code for code in (0, 1)] if within else [np.ones(400, bool)]
    for part in parts:
        if within:
            np.testing.assert_array_equal(np.sort(drawn[part], axis=0), np.sort(expression[part], axis=0))
        real, fake = (np.corrcoef(values[part].T) for values in (expression, drawn))
        assert np.abs(real - np.eye(6)).max() > 0.7
        assert np.abs(fake - np.eye(6)).max() < 4 / np.sqrt(part.sum())


def test_permuted_uses_every_value_once_before_any_twice(known):
    expression, conditions = known(10)
    settings = defaults("permuted")
    weights = permuted.fit(expression, conditions, settings, 1)
    drawn = permuted.sample(weights, conditions[np.tile(np.arange(10), 3)[:25]], settings, 2)
    for start in (0, 10):
        np.testing.assert_array_equal(np.sort(drawn[start : start + 10], axis=0), np.sort(expression, axis=0))
    assert len(np.unique(drawn[20:], axis=0)) == 5


def test_smote_lies_on_segments_between_neighbours_of_the_class(known):
    expression, conditions = known(30)
    settings = defaults("smote", neighbours=3)
    weights = smote.fit(expression, conditions, settings, 1)
    wanted = conditions[np.tile(np.arange(30), 10)]
    drawn = smote.sample(weights, wanted, settings, 2)
    distances = np.linalg.norm(expression[:, None].astype(float) - expression, axis=2)
    same = conditions.codes == conditions.codes.T
    for point, code in zip(drawn, wanted.codes[:, 0], strict=True):
        # Of all segments from a sample of the class to one of its 3 nearest in the class, the point is on one.
        gaps = []
        for first in np.flatnonzero(conditions.codes[:, 0] == code):
            others = np.flatnonzero(same[first] & (np.arange(30) != first))
            for second in others[np.argsort(distances[first, others])[:3]]:
                direction = expression[second] - expression[first]
                share = np.clip((point - expression[first]) @ direction / (direction @ direction), 0, 1)
                gaps.append(np.abs(expression[first] + share * direction - point).max())
        assert min(gaps) < 1e-5


def test_smote_of_a_class_of_two_and_of_one():
    expression = np.array([[0.0, 0], [1, 2], [9, 9]], dtype=np.float32)
    conditions = Conditions(np.array([[0], [0], [1]]), np.zeros((3, 0), np.float32), (2,))
    settings = defaults("smote", neighbours=5)
    weights = smote.fit(expression, conditions, settings, 1)
    assert weights["neighbours"].tolist() == [[1] * 5, [0] * 5, [2] * 5]
    drawn = smote.sample(weights, conditions[np.array([0] * 200 + [2] * 5)], settings, 2)
    np.testing.assert_allclose(drawn[:200, 1], 2 * drawn[:200, 0], rtol=1e-6)
    assert 0 <= drawn[:200, 0].min() < 0.1
    assert 0.9 < drawn[:200, 0].max() <= 1
    assert (drawn[200:] == 9).all()
