"""The models of image features: what is planted is found, and paths are what single fits are."""

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Ridge

from syncohort.core.defaults import default_of
from syncohort.core.kinds import load_kind, read_kind, shipped_kinds
from syncohort.radiogenomics.predictors import elastic_net

KINDS = shipped_kinds("radiogenomics")
FITTED = [kind for kind in KINDS if not read_kind(kind, "radiogenomics").trained]


def settings_of(kind):
    rules = read_kind(kind, "radiogenomics").settings
    return {name: default_of(rule, {"preset": "default"}) for name, rule in rules.items()}


@pytest.fixture(scope="module")
def planted():
    """Ninety patients; the first feature follows the first twenty genes, the second follows none."""
    rng = np.random.default_rng(0)
    factor = rng.normal(size=90)
    expression = rng.normal(size=(90, 150)).astype(np.float32)
    expression[:, :20] += 1.5 * factor[:, None]
    features = np.stack([0.5 + 0.15 * factor, 0.5 + 0.15 * rng.normal(size=90)], axis=1)
    return expression, features


def test_which_kinds_there_are():
    assert KINDS == ["boosted-trees", "elastic-net", "intercept", "network", "pca-ridge"]
    assert set(KINDS) - set(FITTED) == {"network"}


@pytest.mark.parametrize("kind", FITTED)
def test_predictions_are_of_the_unseen_patients_and_the_same_for_a_seed(kind, planted):
    expression, features = planted
    model, settings = load_kind(kind, "radiogenomics"), settings_of(kind)
    first, second = (
        model.fit_predict(expression[:60], features[:60], expression[60:], settings, 2**62) for _ in range(2)
    )
    assert first.shape == (30, 2)
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("kind", sorted(set(FITTED) - {"intercept"}))
def test_what_is_planted_is_found(kind, planted):
    expression, features = planted
    model = load_kind(kind, "radiogenomics")
    predicted = model.fit_predict(expression[:60], features[:60], expression[60:], settings_of(kind), 1)
    assert np.corrcoef(predicted[:, 0], features[60:, 0])[0, 1] > 0.8
    assert abs(np.corrcoef(predicted[:, 1], features[60:, 1])[0, 1]) < 0.5


def test_the_intercept_is_the_median(planted):
    expression, features = planted
    predicted = load_kind("intercept", "radiogenomics").fit_predict(
        expression[:3], features[:3], expression[3:5], {}, 1
    )
    np.testing.assert_allclose(predicted, np.median(features[:3], axis=0)[None].repeat(2, axis=0))


@pytest.mark.parametrize("l1_ratio", [0.2, 1.0])
def test_a_path_has_the_coefficients_of_single_fits(l1_ratio, planted):
    expression, features = planted
    settings = settings_of("elastic-net") | {"penalties": 30, "smallest_penalty": 0.05}
    penalties = elastic_net.penalty_grid(expression, features[:, 0], l1_ratio, settings)
    path = elastic_net.coefficient_path(expression, features[:, 0], l1_ratio, penalties)
    for place in (5, 15, 29):
        single = ElasticNet(alpha=penalties[place], l1_ratio=l1_ratio, tol=1e-8, max_iter=100_000)
        single.fit(expression.astype(float), features[:, 0])
        np.testing.assert_allclose(path[:, place], single.coef_, atol=2e-4)


def test_the_ridge_path_is_ridge_regression(planted):
    expression, features = planted
    penalties = np.array([10.0, 0.1])
    path = elastic_net.coefficient_path(expression, features[:, 0], 0.0, penalties)
    for column, penalty in zip(path.T, penalties, strict=True):
        single = Ridge(alpha=penalty * len(expression)).fit(expression.astype(float), features[:, 0])
        np.testing.assert_allclose(column, single.coef_, rtol=1e-4, atol=1e-7)


def test_all_coefficients_are_zero_at_the_largest_penalty_alone(planted):
    expression, features = planted
    penalties = elastic_net.penalty_grid(expression, features[:, 0], 0.5, settings_of("elastic-net"))
    path = elastic_net.coefficient_path(expression, features[:, 0], 0.5, penalties * np.r_[1.001, np.ones(99)])
    assert not path[:, 0].any()
    assert path[:, 1].any()


def test_models_with_an_intercept_alone_are_not_chosen(planted):
    expression, features = planted
    inner = [(np.arange(0, 60), np.arange(60, 90)), (np.arange(30, 90), np.arange(0, 30))]
    settings = settings_of("elastic-net") | {"l1_ratios": [1.0]}
    l1_ratio, penalty = elastic_net.choose_penalties(expression, features[:, 1], inner, settings)
    for training, _ in inner:
        path = elastic_net.coefficient_path(expression[training], features[training, 1], l1_ratio, np.array([penalty]))
        assert path.any()
