"""The conditional Wasserstein GAN with gradient penalty (Gulrajani et al. 2017; Viñas et al. 2022)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from syncohort.expression.adversarial import Generator, WganGp
from syncohort.expression.covariates import Conditions
from syncohort.expression.networks import (
    ConditionedLayers,
    ConditionTensors,
    Distance,
    draw_on_cpu,
    load_weights,
)
from syncohort.expression.normal_base import NormalBase, fit_base, refit_base
from syncohort.training.distributed import ProcessGroup

SETTINGS = {
    "preset": {
        "description": (
            "Where the settings below come from unless given: `default` is Syncohort's own, `thesis` the "
            "published model of Viñas et al. as the Cairo thesis used it."
        ),
        "enum": ["default", "thesis"],
        "default": "default",
    },
    "latent_dimensions": {
        "description": "Width of the generator's noise input.",
        "type": "integer",
        "minimum": 1,
        "presets": {"default": 64, "thesis": 64},
        "unit": "dimensions",
    },
    "generator_layers": {
        "description": "Widths of the generator's hidden layers.",
        "type": "array",
        "items": {"type": "integer", "minimum": 1},
        "minItems": 1,
        "presets": {"default": [256, 256], "thesis": [256, 256]},
        "unit": "units",
    },
    "critic_layers": {
        "description": "Widths of the critic's hidden layers.",
        "type": "array",
        "items": {"type": "integer", "minimum": 1},
        "minItems": 1,
        "presets": {"default": [256, 256], "thesis": [256, 256]},
        "unit": "units",
    },
    "base": {
        "description": (
            "What the network's output is added to: `normal` is a sample of the multivariate normal distribution of "
            "the class (as of the kind `normal`), which the network sees and corrects; with `none` the output is all."
        ),
        "enum": ["normal", "none"],
        "presets": {"default": "normal", "thesis": "none"},
    },
    "residual_noise": {
        "description": "Whether every gene gets independent noise of a learned size besides the network's output.",
        "type": "boolean",
        "presets": {"default": False, "thesis": False},
    },
    "optimiser": {
        "description": "Optimiser of both networks.",
        "enum": ["adam", "rmsprop"],
        "presets": {"default": "adam", "thesis": "rmsprop"},
    },
    "generator_learning_rate": {
        "description": "Learning rate of the generator.",
        "type": "number",
        "exclusiveMinimum": 0,
        "presets": {"default": 0.0002, "thesis": 0.0005},
    },
    "critic_learning_rate": {
        "description": "Learning rate of the critic.",
        "type": "number",
        "exclusiveMinimum": 0,
        "presets": {"default": 0.0005, "thesis": 0.0005},
    },
    "batch_size": {
        "description": "Samples in a minibatch.",
        "type": "integer",
        "minimum": 2,
        "presets": {"default": 64, "thesis": 32},
        "unit": "samples",
    },
    "critic_steps": {
        "description": "Updates of the critic before each update of the generator.",
        "type": "integer",
        "minimum": 1,
        "presets": {"default": 5, "thesis": 5},
        "unit": "updates",
    },
    "critic_batches": {
        "description": (
            "`fresh` draws a minibatch at random for every update; `reused` takes them in a fixed order "
            "and uses each for all updates of a step, as published."
        ),
        "enum": ["fresh", "reused"],
        "presets": {"default": "fresh", "thesis": "reused"},
    },
    "gradient_penalty": {
        "description": "Weight λ of the gradient penalty.",
        "type": "number",
        "minimum": 0,
        "presets": {"default": 10, "thesis": 10},
    },
    "average_decay": {
        "description": "Weight of the past in the running average of the generator's weights; 0 keeps the last ones.",
        "type": "number",
        "minimum": 0,
        "exclusiveMaximum": 1,
        "presets": {"default": 0.99, "thesis": 0},
    },
    "precision": {
        "description": (
            "`auto` computes in bf16 on a GPU that has it and in fp32 elsewhere; the gradient penalty is always fp32."
        ),
        "enum": ["auto", "fp32", "bf16"],
        "presets": {"default": "auto", "thesis": "fp32"},
    },
    "monitor": {
        "presets": {"default": "energy", "thesis": "gamma"},
    },
    "max_steps": {
        "presets": {"default": 3000, "thesis": 16000},
    },
    "validate_every": {
        "presets": {"default": 50, "thesis": 40},
    },
    "patience": {
        "presets": {"default": 10, "thesis": 10},
    },
    "smoothing": {
        "presets": {"default": 0.6, "thesis": 0},
    },
}
METHODS = (
    "is a conditional Wasserstein GAN with gradient penalty (Gulrajani et al., 2017; Viñas et al., 2022): "
    "{{ latent_dimensions }} noise dimensions, hidden layers of {{ generator_layers | join(', ') }} units in the "
    "generator and {{ critic_layers | join(', ') }} in the critic"
    "{% if base == 'normal' %}, the generator’s output being added to a sample of a multivariate normal distribution "
    "of the class with shrunk correlations (Ledoit and Wolf, 2004), of which it is given the scores on the leading "
    "principal components, and which was at last fitted to the validation patients as well{% endif %}"
    "{% if residual_noise %}, independent noise of a learned size per gene{% endif %}. It was trained with "
    "{% if optimiser == 'adam' %}Adam (Kingma and Ba, 2015){% else %}RMSprop{% endif %}, learning rates "
    "{{ generator_learning_rate }} (generator) and {{ critic_learning_rate }} (critic), batches of {{ batch_size }}, "
    "{{ critic_steps }} critic updates per generator update and λ = {{ gradient_penalty }}"
    "{% if average_decay %}, and a running average of the generator’s weights with decay {{ average_decay }} was kept"
    "{% endif %}."
)
REFERENCES = {
    "Gulrajani et al., 2017": (
        "Gulrajani I, Ahmed F, Arjovsky M, Dumoulin V, Courville A. Improved training of Wasserstein GANs. Advances in "
        "Neural Information Processing Systems 30, 2017."
    ),
}


def fit(expression: np.ndarray, conditions: Conditions, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Fit the distribution that the network starts from, if it is to start from one."""
    if settings["base"] == "none":
        return {}
    return fit_base(expression, conditions, settings["latent_dimensions"], seed)


def refit(
    fitted: Mapping[str, np.ndarray],
    expression: np.ndarray,
    conditions: Conditions,
    settings: Mapping[str, Any],
    seed: int,
) -> dict[str, np.ndarray]:
    """Fit the distribution again, to the validation samples as well, once the network has been trained on it."""
    return refit_base(fitted, expression, conditions, seed) if fitted else {}


def task(
    expression: np.ndarray,
    conditions: Conditions,
    settings: Mapping[str, Any],
    seed: int,
    device: torch.device,
    distance: Distance,
    fitted: Mapping[str, np.ndarray],
    group: ProcessGroup,
) -> WganGp:
    """Give the training to the Trainer."""
    base = NormalBase(fitted, conditions.levels, device) if fitted else None
    return WganGp(expression, conditions, settings, distance, seed, device, base, group)


def sample(
    weights: Mapping[str, np.ndarray], conditions: Conditions, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """Draw from the generator."""
    genes, levels = len(weights["generator.network.output.bias"]), conditions.levels
    base = None if settings["base"] == "none" else NormalBase(weights, levels, torch.device("cpu"))
    generator = Generator(genes, settings, levels, conditions.numbers.shape[1], base)
    return draw_on_cpu(generator, weights, conditions, seed)


@torch.no_grad()
def criticise(
    weights: Mapping[str, np.ndarray], expression: np.ndarray, conditions: Conditions, settings: Mapping[str, Any]
) -> np.ndarray:
    """Give the critic's scores, the higher the more real."""
    critic = ConditionedLayers(
        expression.shape[1], 1, settings["critic_layers"], conditions.levels, conditions.numbers.shape[1]
    )
    load_weights(critic, "critic", weights)
    told = ConditionTensors.of(conditions, torch.device("cpu"))
    return critic(torch.from_numpy(np.ascontiguousarray(expression, dtype=np.float32)), told)[:, 0].numpy()
