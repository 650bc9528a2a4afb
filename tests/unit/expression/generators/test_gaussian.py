"""Normal distribution and Gaussian copula: known distributions come back, and shrinkage is scikit-learn's."""

import numpy as np
import pytest
from scipy import stats
from sklearn.covariance import OAS, LedoitWolf

from syncohort.expression.covariates import Conditions
from syncohort.expression.generators import copula, normal
from syncohort.expression.shrinkage import shrink

from .conftest import COVARIANCE, MEANS, SLOPES, defaults, wishes


@pytest.mark.parametrize(("method", "reference"), [("ledoit_wolf", LedoitWolf), ("oas", OAS)])
@pytest.mark.parametrize(("samples", "genes"), [(8, 30), (50, 12), (200, 5), (3, 2)])
def test_shrunk_covariance_is_that_of_scikit_learn(method, reference, samples, genes):
    rng = np.random.default_rng(samples)
    values = rng.standard_normal((samples, 3)) @ rng.standard_normal((3, genes)) + rng.standard_normal((samples, genes))
    values -= values.mean(axis=0)
    ours = shrink(values, method)
    expected = reference(assume_centered=True).fit(values).covariance_
    np.testing.assert_allclose(ours.axes.T @ ours.axes + ours.noise**2 * np.eye(genes), expected, atol=2e-6, rtol=1e-5)
    assert len(ours.axes) <= min(samples, genes)


def test_draws_have_the_shrunk_covariance():
    rng = np.random.default_rng(0)
    values = rng.standard_normal((20, 2)) @ rng.standard_normal((2, 8))
    ours = shrink(values - values.mean(axis=0), "ledoit_wolf")
    drawn = ours.draw(200_000, rng)
    np.testing.assert_allclose(
        np.cov(drawn.T), ours.axes.T @ ours.axes + ours.noise**2 * np.eye(8), atol=0.05 * np.square(values).mean()
    )


def test_no_sample_can_be_read_from_the_axes(known):
    expression, conditions = known(20)
    weights = normal.fit(expression, conditions, defaults("normal"), 1)
    for code in (0, 1):
        residuals = expression[conditions.codes[:, 0] == code] - weights["locations.means"][code]
        axes = weights[f"class{code}.axes"] * weights[f"class{code}.deviation"]
        cosine = residuals @ axes.T / np.outer(np.linalg.norm(residuals, axis=1), np.linalg.norm(axes, axis=1))
        assert np.abs(cosine).max() < 0.999


def test_normal_recovers_a_known_distribution_better_with_more_samples(known):
    settings, errors = defaults("normal"), []
    for number in (40, 400, 40_000):
        weights = normal.fit(*known(number), settings, 1)
        drawn = normal.sample(weights, wishes(1, 1.0, 100_000), settings, 2)
        mean_error = np.abs(drawn.mean(axis=0) - MEANS[1] - SLOPES).max()
        errors.append((mean_error, np.abs(np.cov(drawn.T) - COVARIANCE).max()))
    means, covariances = zip(*errors, strict=True)
    assert means[0] > means[1] > means[2]
    assert covariances[0] > covariances[1] > covariances[2]
    assert means[2] < 0.03
    assert covariances[2] < 0.04


def test_a_small_class_has_additive_means_and_the_covariance_of_all(known):
    # Class (1, 1) has no sample and class (1, 0) few: the additive model knows both, since effects add up.
    rng = np.random.default_rng(1)
    codes = np.array([[0, 0]] * 3000 + [[0, 1]] * 3000 + [[1, 0]] * 8)
    effects = np.array([[0.0, 0], [2, -1]], dtype=np.float32)  # of the second level of each covariate
    spread = np.array([[1.0, 0.6], [0, 0.8]])
    expression = (codes @ effects + rng.standard_normal((len(codes), 2)) @ spread).astype(np.float32)
    conditions = Conditions(codes, np.zeros((len(codes), 0), np.float32), (2, 2))
    for module, name in ((normal, "normal"), (copula, "copula")):
        settings = defaults(name, smallest_class=10)
        weights = module.fit(expression, conditions, settings, 1)
        assert weights["locations.codes"].tolist() == [[0, 0], [0, 1]]
        wanted = Conditions(np.tile([1, 1], (50_000, 1)), np.zeros((50_000, 0), np.float32), (2, 2))
        drawn = module.sample(weights, wanted, settings, 2)
        few = expression[-8:].mean(axis=0)
        np.testing.assert_allclose(drawn.mean(axis=0), few + effects[1], atol=0.1)
        np.testing.assert_allclose(np.cov(drawn.T), spread.T @ spread, atol=0.1)


def test_a_silent_gene_stays_silent(known):
    expression, conditions = known(40)
    expression[conditions.codes[:, 0] == 0, 3] = -0.5
    for module, name in ((normal, "normal"), (copula, "copula")):
        settings = defaults(name)
        # The slope of the other class would move it: without numeric covariates nothing does.
        alone = Conditions(conditions.codes, np.zeros((40, 0), np.float32), (2,))
        wanted = Conditions(np.zeros((50, 1), np.int64), np.zeros((50, 0), np.float32), (2,))
        drawn = module.sample(module.fit(expression, alone, settings, 1), wanted, settings, 2)
        np.testing.assert_allclose(drawn[:, 3], -0.5, atol=1e-6)


def test_copula_keeps_distributions_and_rank_correlations():
    # Log-normal, two-valued and uniform genes with a known order of dependence: no normal distribution fits them.
    rng = np.random.default_rng(3)
    scores = (
        rng.standard_normal((4000, 3)) @ np.linalg.cholesky(np.array([[1, 0.7, -0.5], [0.7, 1, 0], [-0.5, 0, 1]])).T
    )
    expression = np.column_stack([np.exp(scores[:, 0]), scores[:, 1] > 0.8, stats.norm.cdf(scores[:, 2])])
    expression = expression.astype(np.float32)
    nothing = Conditions(np.zeros((4000, 0), np.int64), np.zeros((4000, 0), np.float32), ())
    settings = defaults("copula")
    drawn = copula.sample(copula.fit(expression, nothing, settings, 1), nothing, settings, 2)
    for gene in range(3):
        assert stats.ks_2samp(expression[:, gene], drawn[:, gene]).statistic < 0.04
        assert drawn[:, gene].min() > expression[:, gene].min() - 1e-5
        assert drawn[:, gene].max() < expression[:, gene].max() + 1e-5
    real, fake = (stats.spearmanr(values).statistic for values in (expression, drawn))
    np.testing.assert_allclose(fake[0, 2], real[0, 2], atol=0.05)
    # Ties weaken the scores of a two-valued gene; the sign and the order of the dependence stay.
    assert real[0, 1] > fake[0, 1] > 0.5 * real[0, 1]
    # A normal distribution of the same moments does not keep them.
    settings = defaults("normal")
    plain = normal.sample(normal.fit(expression, nothing, settings, 1), nothing, settings, 2)
    assert min(stats.ks_2samp(expression[:, gene], plain[:, gene]).statistic for gene in (0, 1)) > 0.1


def test_eighteen_thousand_genes_need_no_matrix_of_genes(tmp_path):
    import tracemalloc

    rng = np.random.default_rng(0)
    expression = rng.standard_normal((60, 18_154), dtype=np.float32)
    conditions = Conditions(np.arange(60)[:, None] % 2, np.zeros((60, 0), np.float32), (2,))
    for module, name in ((normal, "normal"), (copula, "copula")):
        tracemalloc.start()
        settings = defaults(name)
        drawn = module.sample(module.fit(expression, conditions, settings, 1), conditions, settings, 2)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert drawn.shape == expression.shape
        # Genes × genes would be 1.3 GB; a dozen copies of the data are 52 MB.
        assert peak < 15 * expression.nbytes
