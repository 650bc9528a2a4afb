import numpy as np
import pytest

from syncohort.realism.principal import Projection, effective_rank

RNG = np.random.default_rng(0)


def test_the_projection_is_the_singular_value_decomposition_of_the_training_samples():
    train, other = RNG.normal(size=(30, 12)) * np.arange(1, 13), RNG.normal(size=(5, 12))
    _, singular, axes = np.linalg.svd(train - train.mean(axis=0), full_matrices=False)
    projection = Projection.fit(train, most=4)
    np.testing.assert_allclose(np.abs(projection(other)), np.abs((other - train.mean(axis=0)) @ axes[:4].T))
    np.testing.assert_allclose(projection.deviation, singular[:4] / np.sqrt(29))


def test_other_samples_do_not_change_the_projection():
    train, other = RNG.normal(size=(30, 12)), RNG.normal(size=(50, 12))
    projection = Projection.fit(train)
    np.testing.assert_allclose(projection(other)[:5], projection(other[:5]))
    np.testing.assert_allclose(projection(train).mean(axis=0), 0, atol=1e-12)


def test_few_samples_have_few_components():
    assert Projection.fit(RNG.normal(size=(8, 100)))(RNG.normal(size=(3, 100))).shape == (3, 7)


@pytest.mark.parametrize("directions", [1, 3, 7])
def test_equal_variance_along_k_directions_has_rank_k(directions):
    orthogonal = np.linalg.qr(RNG.normal(size=(40, 8)) - 0)[0][:, :directions]
    orthogonal = np.linalg.qr(orthogonal - orthogonal.mean(axis=0))[0]
    assert effective_rank(orthogonal @ np.linalg.qr(RNG.normal(size=(60, 60)))[0][:directions]) == pytest.approx(
        directions, rel=1e-6
    )


def test_by_hand():
    # Variances 3 and 1: shares 3/4 and 1/4.
    values = np.array([[1, 0], [-1, 0], [0, 1], [0, -1.0]]) * [np.sqrt(3), 1]
    assert effective_rank(values) == pytest.approx(np.exp(-0.75 * np.log(0.75) - 0.25 * np.log(0.25)))


def test_samples_and_genes_may_be_exchanged_in_number():
    tall = RNG.normal(size=(50, 6))
    tall -= tall.mean(axis=0)
    padded = np.hstack([tall, np.zeros((50, 60))])
    assert effective_rank(padded) == pytest.approx(effective_rank(tall))


def test_collapsed_samples_have_none():
    assert effective_rank(np.ones((5, 4))) == 0
