"""The conditional Wasserstein GAN with gradient penalty (Gulrajani et al. 2017; Viñas et al. 2022)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from syncohort.expression.covariates import Conditions
from syncohort.expression.networks import (
    ConditionedLayers,
    ConditionTensors,
    Distance,
    ResidualNoise,
    draw_on_cpu,
    load_part,
)
from syncohort.expression.normal_base import NormalBase, fit_base, refit_base
from syncohort.training.batches import Batches
from syncohort.training.device import autocast
from syncohort.training.distributed import ALONE, ProcessGroup, Share, ShareOfStream
from syncohort.training.gradient_penalty import gradient_penalty
from syncohort.training.task import RandomStream, Stateful

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


class Generator(nn.Module):
    """Noise and covariates to z-scored expression.

    Parameters
    ----------
    genes
        Number of genes.
    settings
        Settings of the model.
    levels, numeric
        Covariates, as in `ConditionedLayers`.
    base
        What the output of the network is added to.
    """

    def __init__(
        self,
        genes: int,
        settings: Mapping[str, Any],
        levels: Sequence[int],
        numeric: int,
        base: NormalBase | None,
    ) -> None:
        super().__init__()
        self.latent_dimensions, self.base = settings["latent_dimensions"], base
        inputs = self.latent_dimensions + (0 if base is None else len(base.projection))
        self.network = ConditionedLayers(inputs, genes, settings["generator_layers"], levels, numeric)
        if base is not None:
            # So that training starts from the distribution itself.
            nn.init.zeros_(self.network.output.weight)
            nn.init.zeros_(self.network.output.bias)
        self.noise = ResidualNoise(genes) if settings["residual_noise"] else None

    def forward(self, conditions: ConditionTensors, stream: RandomStream | ShareOfStream) -> torch.Tensor:
        """Draw one sample per condition: (samples, genes)."""
        noise = stream.normal(len(conditions), self.latent_dimensions)
        if self.base is None:
            expression = self.network(noise, conditions)
        else:
            drawn, scores = self.base.draw(conditions, stream)
            expression = drawn + self.network(torch.cat([noise, scores], dim=1), conditions)
        return expression if self.noise is None else self.noise(expression, stream)


OPTIMISERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    # The defaults of Keras, with which the published models were trained.
    "rmsprop": lambda parameters, rate: torch.optim.RMSprop(parameters, lr=rate, alpha=0.9, eps=1e-7),
    # Gulrajani et al. 2017, algorithm 1.
    "adam": lambda parameters, rate: torch.optim.Adam(parameters, lr=rate, betas=(0.0, 0.9), fused=True),
}


class WganGp:
    """The training of a conditional WGAN-GP, a `Task` of the Trainer.

    Parameters
    ----------
    expression
        (samples, genes) float32 z-scores of the training samples.
    conditions
        Their covariates.
    settings
        Settings of the model.
    distance
        Maps a generator to its distance from the validation samples, lower is better.
    seed
        Seed of weights, batches and noise.
    device
        Device to train on.
    base
        What the output of the generator's network is added to.
    group
        Processes that train together.
    """

    def __init__(
        self,
        expression: np.ndarray,
        conditions: Conditions,
        settings: Mapping[str, Any],
        distance: Distance,
        seed: int,
        device: torch.device,
        base: NormalBase | None,
        group: ProcessGroup = ALONE,
    ) -> None:
        self.settings, self.distance, self.device, self.group = settings, distance, device, group
        self.expression = torch.from_numpy(expression).to(device)
        self.conditions = ConditionTensors.of(conditions, device)
        genes, told = expression.shape[1], (conditions.levels, conditions.numbers.shape[1])
        torch.manual_seed(seed)  # the only way to seed the initial weights
        self.generator = Generator(genes, settings, *told, base).to(device)
        self.critic = ConditionedLayers(genes, 1, settings["critic_layers"], *told).to(device)
        # A deep copy would copy the base as well, which is as large as the data.
        self.average = Generator(genes, settings, *told, base).to(device).requires_grad_(False)
        self.average.load_state_dict(self.generator.state_dict())
        optimiser = OPTIMISERS[settings["optimiser"]]
        self.generator_optimiser = optimiser(self.generator.parameters(), settings["generator_learning_rate"])
        self.critic_optimiser = optimiser(self.critic.parameters(), settings["critic_learning_rate"])
        self.stream = RandomStream(seed, device)
        self.batches = Batches(len(expression), settings["batch_size"], self.stream)

    def parts(self) -> dict[str, Stateful]:
        """Everything that changes while training."""
        return {
            "generator": self.generator,
            "critic": self.critic,
            "average": self.average,
            "generator_optimiser": self.generator_optimiser,
            "critic_optimiser": self.critic_optimiser,
            "stream": self.stream,
            "batches": self.batches,
        }

    def step(self) -> dict[str, torch.Tensor]:
        """Update the critic `critic_steps` times and the generator once."""
        fixed = self.batches.next_in_order() if self.settings["critic_batches"] == "reused" else None
        for _ in range(self.settings["critic_steps"]):
            rows = self.batches.draw() if fixed is None else fixed
            critic_loss, penalty = self._update_critic(rows)
        generator_loss = self._update_generator(self.batches.draw() if fixed is None else fixed)
        return {"critic_loss": critic_loss, "generator_loss": generator_loss, "gradient_penalty": penalty}

    def _update_critic(self, rows: torch.Tensor) -> list[torch.Tensor]:
        share = self.group.share(len(rows))
        stream, real, conditions = self._part(share, rows)
        with autocast(self.device, self.settings["precision"]):
            with torch.no_grad():
                fake = self.generator(conditions, stream)
            # One pass over both sets: twice the rows in a matrix product cost less than two products.
            judged = self.critic(torch.cat([fake, real]), conditions.repeat(2)).float()
        # Without the penalty, so that the negative of this loss estimates the Wasserstein distance.
        loss = share.mean(judged[: len(fake)]) - share.mean(judged[len(fake) :])
        mixing = stream.uniform(len(real), 1)
        penalty = gradient_penalty(lambda between: self.critic(between, conditions), real, fake, mixing, share.mean)
        self.critic_optimiser.zero_grad()
        (loss + self.settings["gradient_penalty"] * penalty).backward()
        losses = self.group.add_up(self.critic.parameters(), loss, penalty)
        self.critic_optimiser.step()
        return losses

    def _update_generator(self, rows: torch.Tensor) -> torch.Tensor:
        share = self.group.share(len(rows))
        stream, _, conditions = self._part(share, rows)
        self.critic.requires_grad_(False)
        with autocast(self.device, self.settings["precision"]):
            judged = self.critic(self.generator(conditions, stream), conditions).float()
        loss = -share.mean(judged)
        self.generator_optimiser.zero_grad()
        loss.backward()
        [whole_loss] = self.group.add_up(self.generator.parameters(), loss)
        self.generator_optimiser.step()
        self.critic.requires_grad_(True)
        with torch.no_grad():
            for mean, weight in zip(self.average.parameters(), self.generator.parameters(), strict=True):
                mean.lerp_(weight, 1 - self.settings["average_decay"])
        return whole_loss

    def _part(self, share: Share, rows: torch.Tensor) -> tuple[ShareOfStream, torch.Tensor, ConditionTensors]:
        """Random numbers, expression and covariates of this process's share of a minibatch."""
        mine = rows[share.rows]
        return share.of(self.stream), self.expression[mine], self.conditions[mine]

    def monitor(self) -> float:
        """Distance of the averaged generator from the validation samples."""
        return self.distance(self.average)

    def weights(self) -> dict[str, torch.Tensor]:
        """Weights of the averaged generator and of the critic."""
        return {
            **{f"generator.{name}": value for name, value in self.average.state_dict().items()},
            **{f"critic.{name}": value for name, value in self.critic.state_dict().items()},
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
    load_part(critic, weights, "critic.")
    told = ConditionTensors.of(conditions, torch.device("cpu"))
    return critic(torch.from_numpy(np.ascontiguousarray(expression, dtype=np.float32)), told)[:, 0].numpy()
