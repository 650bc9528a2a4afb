"""A network for all features at once, its first layers pretrained as an autoencoder of expression."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from syncohort.radiogenomics.networks import Regressor
from syncohort.radiogenomics.optimisation import MinibatchTask

SETTINGS = {
    "preset": {
        "description": (
            "Where the grid and the patience come from unless given: `default` is Syncohort's own, `paper` the "
            "published ones, which are 90 trainings per fold."
        ),
        "enum": ["default", "paper"],
        "default": "default",
    },
    "pretrained": {
        "description": "Whether the first three layers start from the autoencoder's.",
        "type": "boolean",
        "default": True,
    },
    "dropout": {
        "description": "Share of the inputs, and of the first three layers' units, that is set to zero in a step.",
        "type": "number",
        "minimum": 0,
        "exclusiveMaximum": 1,
        "default": 0.25,
        "unit": "share of units",
    },
    "non_negative": {
        "description": (
            "Which weights are kept at zero or above: those of the `output` layer, as in the authors' later code, of "
            "`all` "
            "layers, as the paper can be read, or of `none`."
        ),
        "enum": ["output", "all", "none"],
        "default": "output",
    },
    "learning_rates": {
        "description": (
            "Learning rates of the stochastic gradient descent to choose from, each with each of `decays`; a single "
            "one is taken as it is. The paper chose 0.3 out of 18 from 0.005 to 0.35, whose places it does not give."
        ),
        "type": "array",
        "items": {"type": "number", "exclusiveMinimum": 0},
        "minItems": 1,
        "uniqueItems": True,
        "presets": {
            "default": [0.1, 0.3],
            "paper": [
                0.005,
                0.01,
                0.02,
                0.04,
                0.06,
                0.08,
                0.1,
                0.12,
                0.14,
                0.16,
                0.18,
                0.2,
                0.22,
                0.24,
                0.26,
                0.28,
                0.3,
                0.35,
            ],
        },
    },
    "decays": {
        "description": (
            "Decays of the learning rate to choose from: at step t it is the rate ÷ (1 + decay · t). The paper chose "
            "0.00005."
        ),
        "type": "array",
        "items": {"type": "number", "minimum": 0},
        "minItems": 1,
        "uniqueItems": True,
        "presets": {"default": [0.00005], "paper": [0.01, 0.001, 0.0001, 0.00005, 0.00001]},
    },
    "inner_folds": {
        "description": (
            "Inner folds of the training patients by which learning rate and decay are chosen; the protocol `paper` "
            "chooses by the held-out patients."
        ),
        "type": "integer",
        "minimum": 2,
        "default": 3,
        "unit": "folds",
    },
    "momentum": {
        "description": "Momentum of the stochastic gradient descent.",
        "type": "number",
        "minimum": 0,
        "exclusiveMaximum": 1,
        "default": 0.5,
    },
    "batch_size": {
        "description": "Patients in a minibatch.",
        "type": "integer",
        "minimum": 2,
        "default": 10,
        "unit": "patients",
    },
    "max_steps": {
        "description": "Most steps; the paper has 200 epochs, which are 2,000 steps of 100 patients.",
        "type": "integer",
        "minimum": 1,
        "default": 2000,
        "unit": "steps",
    },
    "validate_every": {
        "description": "Steps between two looks at the validation patients.",
        "type": "integer",
        "minimum": 1,
        "default": 20,
        "unit": "steps",
    },
    "patience": {
        "description": "Looks without improvement before training stops; 0 trains to the end.",
        "type": "integer",
        "minimum": 0,
        "presets": {"default": 25, "paper": 0},
        "unit": "looks",
    },
    "smoothing": {
        "description": "Weight of the past in the running average of the monitor; 0 trusts every look.",
        "type": "number",
        "minimum": 0,
        "exclusiveMaximum": 1,
        "default": 0.6,
    },
}
METHODS = (
    "is one network for all features (ReLU{% if dropout %}, dropout {{ dropout }}{% endif %}), trained by stochastic "
    "gradient descent on the mean absolute error and stopped by the validation patients"
    "{% if pretrained %}, its first three layers started from an autoencoder of expression{% endif %}"
    "{% set points = learning_rates | length * decays | length %}{% if points > 1 %}, with learning rate and decay "
    "out of {{ points }} pairs{% endif %} "
    "(Smedley and Hsu, 2018)."
)
REFERENCES = {
    "Smedley and Hsu, 2018": (
        "Smedley NF, Hsu W. Using deep neural networks for radiogenomic analysis. IEEE ISBI 1529–1533, 2018."
    )
}


def task(
    training: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    settings: Mapping[str, Any],
    layers: list[int],
    encoder: Mapping[str, np.ndarray],
    seed: int,
    device: torch.device,
) -> MinibatchTask:
    """Make the training of the network.

    Parameters
    ----------
    training, validation
        Expression (patients, genes) and features (patients, features), scaled.
    settings
        As `SETTINGS`.
    layers
        Units of the hidden layers.
    encoder
        Weights of the autoencoder's first three layers; empty without pretraining.
    seed
        Seed of weights, batches and dropout.
    device
        Device of the training.
    """
    genes, outputs = training[0].shape[1], training[1].shape[1]
    # Features are scaled to at most 1 and mostly of one sign: weights of an output that may be none below zero.
    non_negative = settings["non_negative"] if (training[1] >= 0).all() else "none"
    network = Regressor(genes, layers, outputs, settings["dropout"], non_negative, seed)
    if settings["pretrained"]:
        network.start_from(encoder)
    loss = torch.nn.functional.l1_loss
    return MinibatchTask(network, loss, training, validation, settings, seed, device)


def predict(weights: Mapping[str, np.ndarray], expression: np.ndarray) -> np.ndarray:
    """Predict scaled features (patients, features) by the weights of a trained network."""
    network = Regressor.of(weights)
    with torch.no_grad():
        return network(torch.as_tensor(expression, dtype=torch.float32)).numpy().astype(np.float64)
