"""The conditional VAE: its loss by hand, and a known mixture of two classes."""

import numpy as np
import torch

from syncohort.expression.covariates import Conditions
from syncohort.expression.generators import cvae
from syncohort.training.distributed import ALONE
from syncohort.training.task import RandomStream

from .conftest import COVARIANCE, MEANS, defaults, wishes

CPU = torch.device("cpu")
SETTINGS = {"layers": [64, 64], "latent_dimensions": 4, "learning_rate": 2e-3}


def test_losses_are_the_negative_evidence_lower_bound(known):
    expression, conditions = known(8)
    settings = defaults("cvae", **SETTINGS)
    task = cvae.task(expression, conditions, settings, 1, CPU, lambda _: 0.0, {}, ALONE)
    with torch.no_grad():
        for part in (task.encoder, task.decoder):
            for parameter in part.parameters():
                parameter.zero_()
        # Mean ½ and variance e² of every latent dimension, whatever the sample: softplus(0) = ln 2 of every gene.
        task.encoder.output.bias.copy_(torch.tensor([0.5] * 4 + [2.0] * 4))
    rows = RandomStream(1, CPU).integers(8, 8)
    losses = task.step()
    np.testing.assert_allclose(losses["divergence"], 4 * (0.25 + np.exp(2) - 2 - 1) / 2, rtol=1e-5)
    deviation = np.log(2)
    squares = np.square(expression[rows.numpy()] / deviation).sum(axis=1) / 2
    np.testing.assert_allclose(losses["reconstruction_loss"], squares.mean() + 6 * np.log(deviation), rtol=1e-5)


def test_a_known_mixture_of_two_classes_is_learned(known):
    expression, conditions = known(2000)
    settings = defaults("cvae", **SETTINGS)
    task = cvae.task(expression, conditions, settings, 1, CPU, lambda _: 0.0, {}, ALONE)
    for _ in range(2000):
        task.step()
    weights = {name: value.numpy() for name, value in task.weights().items()}
    for code in (0, 1):
        drawn = cvae.sample(weights, wishes(code, 0.0, 20_000), settings, 2)
        np.testing.assert_allclose(drawn.mean(axis=0), MEANS[code], atol=0.15)
        np.testing.assert_allclose(np.cov(drawn.T), COVARIANCE, atol=0.25)


def test_without_covariates(known):
    expression, _ = known(20)
    nothing = Conditions(np.zeros((20, 0), np.int64), np.zeros((20, 0), np.float32), ())
    task = cvae.task(
        expression, nothing, defaults("cvae"), 1, CPU, lambda network: float(network is task.decoder), {}, ALONE
    )
    assert set(task.step()) == {"reconstruction_loss", "divergence"}
    assert task.monitor() == 1.0
