"""The conditional WGAN-GP: gradient penalty by hand, embeddings, batches, conditioning, equal bytes for equal seeds."""

import numpy as np
import pytest
import torch

from syncohort.expression import normal_base
from syncohort.expression.adversarial import Generator
from syncohort.expression.covariates import Conditions
from syncohort.expression.generators import normal, wgan_gp
from syncohort.expression.locations import Locations
from syncohort.expression.networks import ConditionTensors, draw
from syncohort.realism.energy import energy_distance
from syncohort.training.batches import Batches
from syncohort.training.distributed import ALONE
from syncohort.training.gradient_penalty import gradient_penalty
from syncohort.training.task import RandomStream

CPU = torch.device("cpu")
SETTINGS = {
    "latent_dimensions": 8,
    "generator_layers": [32, 32],
    "critic_layers": [32, 32],
    "base": "none",
    "residual_noise": True,
    "optimiser": "adam",
    "generator_learning_rate": 1e-3,
    "critic_learning_rate": 1e-3,
    "batch_size": 32,
    "critic_steps": 2,
    "critic_batches": "fresh",
    "gradient_penalty": 10.0,
    "average_decay": 0.9,
    "precision": "fp32",
}


def task(settings=SETTINGS, seed=1, samples=40):
    """Two conditions whose genes have means -1 and +1."""
    codes = np.arange(samples)[:, None] % 2
    noise = np.random.default_rng(0).standard_normal((samples, 6))
    expression = ((2.0 * codes - 1) + 0.3 * noise).astype(np.float32)
    conditions = Conditions(codes, np.zeros((samples, 0), np.float32), (2,))
    fitted = wgan_gp.fit(expression, conditions, settings, 1)
    return wgan_gp.task(expression, conditions, settings, seed, CPU, lambda _: 0.0, fitted, ALONE)


def test_gradient_penalty_of_a_linear_critic_is_worked_by_hand():
    # The gradient of x ↦ x·w is w everywhere, so the penalty is (‖w‖ − 1)² = (5 − 1)².
    weight = torch.tensor([[3.0], [4.0]])
    stream = RandomStream(0, CPU)
    penalty = gradient_penalty(lambda x: x @ weight, stream.normal(7, 2), stream.normal(7, 2), stream.uniform(7, 1))
    assert float(penalty.detach()) == pytest.approx(16.0)


def test_gradient_penalty_is_taken_sample_by_sample_between_real_and_fake():
    # The gradient of x ↦ x²/2 is x. Halfway between 2 and 4 it is 3, a quarter of the way from 0 to 4 it is 3:
    # penalties (3 − 1)² = 4; a norm over the whole batch would give (√18 − 1)².
    real, fake = torch.tensor([[2.0], [4.0]]), torch.tensor([[4.0], [0.0]])
    mixing = torch.tensor([[0.5], [0.75]])
    penalty = gradient_penalty(lambda x: x.square() / 2, real, fake, mixing)
    assert float(penalty.detach()) == pytest.approx(4.0)


def test_gradient_penalty_reaches_the_critic():
    weight = torch.tensor([[3.0], [4.0]], requires_grad=True)
    penalty = gradient_penalty(lambda x: x @ weight, torch.zeros(2, 2), torch.ones(2, 2), torch.full((2, 1), 0.5))
    penalty.backward()
    # d(‖w‖ − 1)²/dw = 2 (‖w‖ − 1) w/‖w‖ = 8 · (0.6, 0.8).
    torch.testing.assert_close(weight.grad, torch.tensor([[4.8], [6.4]]))


def test_embedding_width_is_that_of_the_published_code():
    generator = Generator(5, SETTINGS, levels=[15, 3, 2], numeric=1, base=None)
    assert [embedding.embedding_dim for embedding in generator.network.embeddings] == [4, 2, 2]
    assert generator.network.hidden[0].in_features == 8 + 1 + 4 + 2 + 2


def test_published_batches_come_in_order_and_fresh_ones_at_random():
    batches = Batches(5, 2, RandomStream(0, CPU))
    assert [batches.next_in_order().tolist() for _ in range(4)] == [[0, 1], [2, 3], [4], [0, 1]]
    assert Batches(3, 32, RandomStream(0, CPU)).draw().shape == (3,)
    drawn = torch.cat([batches.draw() for _ in range(200)])
    assert set(drawn.tolist()) == {0, 1, 2, 3, 4}


def test_equal_seeds_give_equal_weights_and_others_do_not():
    weights = []
    for seed in (1, 1, 2):
        training = task(seed=seed)
        for _ in range(3):
            training.step()
        weights.append(training.weights()["generator.network.hidden.0.weight"])
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_averaged_generator_follows_the_trained_one():
    training = task(SETTINGS | {"average_decay": 0.0})
    training.step()
    for mean, weight in zip(training.average.parameters(), training.generator.parameters(), strict=True):
        torch.testing.assert_close(mean, weight)


@pytest.mark.parametrize("settings", [SETTINGS, SETTINGS | {"critic_batches": "reused", "optimiser": "rmsprop"}])
def test_generator_learns_what_each_condition_looks_like(settings):
    training = task(settings)
    for _ in range(800):
        losses = training.step()
    assert set(losses) == {"critic_loss", "generator_loss", "gradient_penalty"}
    means = [
        draw(
            training.average, ConditionTensors(torch.full((200, 1), code), torch.zeros(200, 0)), RandomStream(5, CPU)
        ).mean()
        for code in (0, 1)
    ]
    assert means[0] == pytest.approx(-1, abs=0.3)
    assert means[1] == pytest.approx(1, abs=0.3)


def test_penalty_is_computed_in_fp32_inside_bf16():
    layer, stream, kinds = torch.nn.Linear(3, 1), RandomStream(0, CPU), []

    def critic(between):
        kinds.append((between.dtype, layer(between).dtype))
        return layer(between)

    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert layer(stream.normal(2, 3)).dtype == torch.bfloat16
        gradient_penalty(critic, stream.normal(2, 3), stream.normal(2, 3).bfloat16(), stream.uniform(2, 1))
    assert kinds == [(torch.float32, torch.float32)]


def test_bf16_trains():
    losses = task(SETTINGS | {"precision": "bf16"}).step()
    assert all(torch.isfinite(loss) for loss in losses.values())


def based(expression, conditions, steps, **changes):
    """Arrays and settings of a training that starts from the normal distribution."""
    settings = SETTINGS | {"base": "normal", "residual_noise": False} | changes
    fitted = wgan_gp.fit(expression, conditions, settings, 1)
    training = wgan_gp.task(expression, conditions, settings, 1, CPU, lambda _: 0.0, fitted, ALONE)
    for _ in range(steps):
        training.step()
    return {**fitted, **{name: value.numpy() for name, value in training.weights().items()}}, settings, training


def skewed(samples=600):
    """Two classes of genes with a long tail, a numeric covariate, and a combination of levels with few samples."""
    rng = np.random.default_rng(0)
    codes = np.column_stack([np.arange(samples) % 2, np.zeros(samples, np.int64)])
    codes[-5:] = 1
    numbers = rng.standard_normal((samples, 1)).astype(np.float32)
    expression = rng.exponential(size=(samples, 6)) - 1 + 2 * codes[:, :1] + 0.5 * numbers
    return expression.astype(np.float32), Conditions(codes, numbers, (2, 2))


def test_training_starts_from_the_normal_distribution_and_its_mean_is_that_of_the_locations():
    expression, conditions = skewed()
    weights, settings, _ = based(expression, conditions, steps=0)
    locations = Locations.from_arrays(weights)
    for wish in ([0, 0], [1, 0], [1, 1], [0, 1]):
        wanted = Conditions(np.tile(wish, (40_000, 1)), np.full((40_000, 1), 0.7, np.float32), (2, 2))
        drawn = wgan_gp.sample(weights, wanted, settings, 3)
        np.testing.assert_allclose(drawn.mean(axis=0), locations.predict(wanted[:1])[0], atol=0.05)
        plain = normal.sample(weights, wanted, settings, 4)
        np.testing.assert_allclose(np.cov(drawn.T), np.cov(plain.T), atol=0.06)


def test_the_base_is_fitted_again_and_the_network_stays():
    expression, conditions = skewed()
    weights, settings, _ = based(expression[:300], conditions[:300], steps=3)
    again = wgan_gp.refit(weights, expression, conditions, settings, 1)
    for name, value in normal.fit(expression, conditions, normal_base.SETTINGS, 1).items():
        np.testing.assert_array_equal(again[name], value)
    # Its axes could come out with other signs, and the network would correct the wrong way.
    np.testing.assert_array_equal(again["projection"], weights["projection"])
    assert not any(name.startswith(("generator.", "critic.")) for name in again)
    drawn = wgan_gp.sample({**weights, **again}, conditions, settings, 3)
    assert np.abs(drawn.mean(axis=0) - expression.mean(axis=0)).max() < 0.2


def test_without_a_base_nothing_is_fitted_again():
    expression, conditions = skewed(16)
    assert wgan_gp.refit({}, expression, conditions, SETTINGS, 1) == {}


def test_a_base_of_classes_that_are_all_small_has_additive_means():
    expression, conditions = skewed(16)
    weights, settings, _ = based(expression, conditions, steps=2)
    assert weights["locations.codes"].shape == (0, 2)
    assert np.isfinite(wgan_gp.sample(weights, conditions, settings, 3)).all()


def test_saved_weights_give_the_critic_of_the_training():
    expression, conditions = skewed(64)
    weights, settings, training = based(expression, conditions, steps=3)
    given = ConditionTensors.of(conditions, CPU)
    expected = training.critic(torch.from_numpy(expression), given)[:, 0].detach().numpy()
    np.testing.assert_array_equal(wgan_gp.criticise(weights, expression, conditions, settings), expected)


def test_scores_of_the_base_are_standardised():
    expression, conditions = skewed()
    projection = wgan_gp.fit(expression, conditions, SETTINGS | {"base": "normal", "latent_dimensions": 4}, 1)[
        "projection"
    ]
    scores = (expression - expression.mean(axis=0)) @ projection.T
    np.testing.assert_allclose(np.cov(scores.T), np.eye(4), atol=0.01)


def test_the_network_corrects_what_the_normal_distribution_gets_wrong():
    # Two subtypes that no covariate tells, far apart: between them, where a normal distribution is densest, is nobody.
    rng = np.random.default_rng(0)
    subtype = rng.choice([-1.0, 1.0], (400, 1))
    expression = (subtype * [1, 1, -1, 0.5, 0] + 0.2 * rng.standard_normal((400, 5))).astype(np.float32)
    conditions = Conditions(np.zeros((400, 1), np.int64), np.zeros((400, 0), np.float32), (1,))
    wide = {"generator_layers": [64, 64], "critic_layers": [64, 64], "critic_steps": 5}
    weights, settings, training = based(expression, conditions, steps=1200, **wide)
    start, end = (kind.sample(weights, conditions, settings, 3).astype(float) for kind in (normal, wgan_gp))
    real = expression.astype(float)
    assert energy_distance(real, end) < 0.5 * energy_distance(real, start)
    between = [np.mean(np.abs(drawn[:, 0]) < 0.3) for drawn in (real, start, end)]
    assert between[0] < 0.02
    assert between[2] < 0.7 * between[1]
    assert not any(name.startswith("class") for name in training.weights()), "no part of what a checkpoint holds"
