"""The conditional variational autoencoder (Kingma and Welling 2014; Sohn et al. 2015)."""

from collections.abc import Mapping
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
)
from syncohort.training.batches import Batches
from syncohort.training.device import autocast
from syncohort.training.distributed import ALONE, ProcessGroup
from syncohort.training.task import RandomStream, Stateful
from syncohort.training.weights import named_weights

SETTINGS = {
    "latent_dimensions": {
        "description": "Width of the latent code.",
        "type": "integer",
        "minimum": 1,
        "default": 64,
        "unit": "dimensions",
    },
    "layers": {
        "description": "Widths of the encoder's hidden layers; those of the decoder are the same in reverse.",
        "type": "array",
        "items": {"type": "integer", "minimum": 1},
        "minItems": 1,
        "default": [256, 256],
        "unit": "units",
    },
    "learning_rate": {
        "description": "Learning rate of Adam.",
        "type": "number",
        "exclusiveMinimum": 0,
        "default": 0.0005,
    },
    "batch_size": {
        "description": "Samples in a minibatch.",
        "type": "integer",
        "minimum": 2,
        "default": 64,
        "unit": "samples",
    },
    "divergence_weight": {
        "description": "Weight β of the Kullback-Leibler divergence in the loss; 1 is the evidence lower bound.",
        "type": "number",
        "minimum": 0,
        "default": 1,
    },
    "precision": {
        "description": "`auto` computes in bf16 on a GPU that has it and in fp32 elsewhere; the loss is always fp32.",
        "enum": ["auto", "fp32", "bf16"],
        "default": "auto",
    },
    "max_steps": {"default": 5000},
}
METHODS = (
    "is a conditional variational autoencoder (Kingma and Welling, 2014; Sohn et al., 2015): {{ latent_dimensions }} "
    "latent dimensions, hidden layers of {{ layers | join(', ') }} units in the encoder and the reverse in the decoder "
    "and normal noise of a learned size per gene. It was trained with Adam (Kingma and Ba, 2015), learning rate "
    "{{ learning_rate }}, batches of {{ batch_size }} and β = {{ divergence_weight }}."
)
REFERENCES = {
    "Kingma and Welling, 2014": (
        "Kingma DP, Welling M. Auto-encoding variational Bayes. International Conference on Learning Representations, "
        "2014."
    ),
    "Sohn et al., 2015": (
        "Sohn K, Lee H, Yan X. Learning structured output representation using deep conditional generative models. "
        "Advances in Neural Information Processing Systems 28, 2015."
    ),
}


class Decoder(nn.Module):
    """Latent code and covariates to z-scored expression.

    Parameters
    ----------
    genes
        Number of genes.
    settings
        Settings of the model.
    levels, numeric
        Covariates, as in `ConditionedLayers`.
    """

    def __init__(self, genes: int, settings: Mapping[str, Any], levels: tuple[int, ...], numeric: int) -> None:
        super().__init__()
        self.latent_dimensions = settings["latent_dimensions"]
        self.network = ConditionedLayers(self.latent_dimensions, genes, settings["layers"][::-1], levels, numeric)
        self.noise = ResidualNoise(genes)

    def forward(self, conditions: ConditionTensors, stream: RandomStream) -> torch.Tensor:
        """Draw one sample per condition: (samples, genes)."""
        code = stream.normal(len(conditions), self.latent_dimensions)
        return self.noise(self.network(code, conditions), stream)


class Cvae:
    """The training of a conditional variational autoencoder, a `Task` of the Trainer.

    Parameters
    ----------
    expression
        (samples, genes) float32 z-scores of the training samples.
    conditions
        Their covariates.
    settings
        Settings of the model.
    distance
        Maps a decoder to its distance from the validation samples, lower is better.
    seed
        Seed of weights, batches and noise.
    device
        Device to train on.
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
        group: ProcessGroup = ALONE,
    ) -> None:
        self.settings, self.distance, self.device, self.group = settings, distance, device, group
        self.expression = torch.from_numpy(expression).to(device)
        self.conditions = ConditionTensors.of(conditions, device)
        genes, told = expression.shape[1], (conditions.levels, conditions.numbers.shape[1])
        torch.manual_seed(seed)  # the only way to seed the initial weights
        self.encoder = ConditionedLayers(genes, 2 * settings["latent_dimensions"], settings["layers"], *told).to(device)
        self.decoder = Decoder(genes, settings, *told).to(device)
        both = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimiser = torch.optim.Adam(both, lr=settings["learning_rate"], fused=True)
        self.stream = RandomStream(seed, device)
        self.batches = Batches(len(expression), settings["batch_size"], self.stream)

    def parts(self) -> dict[str, Stateful]:
        """Everything that changes while training."""
        return {
            "encoder": self.encoder,
            "decoder": self.decoder,
            "optimiser": self.optimiser,
            "stream": self.stream,
            "batches": self.batches,
        }

    def step(self) -> dict[str, torch.Tensor]:
        """Update encoder and decoder on one minibatch."""
        rows = self.batches.draw()
        share = self.group.share(len(rows))
        mine = rows[share.rows]
        real, conditions = self.expression[mine], self.conditions[mine]
        with autocast(self.device, self.settings["precision"]):
            mean, log_variance = self.encoder(real, conditions).float().chunk(2, dim=1)
            code = mean + (log_variance / 2).exp() * share.of(self.stream).normal(*mean.shape)
            rebuilt = self.decoder.network(code, conditions).float()
        deviation = self.decoder.noise.deviation()
        # The negative logarithm of the normal density, without its constant.
        reconstruction = share.mean((((real - rebuilt) / deviation).square() / 2 + deviation.log()).sum(dim=1))
        divergence = share.mean((mean.square() + log_variance.exp() - log_variance - 1).sum(dim=1)) / 2
        self.optimiser.zero_grad()
        (reconstruction + self.settings["divergence_weight"] * divergence).backward()
        both = [*self.encoder.parameters(), *self.decoder.parameters()]
        reconstruction, divergence = self.group.add_up(both, reconstruction, divergence)
        self.optimiser.step()
        return {"reconstruction_loss": reconstruction, "divergence": divergence}

    def monitor(self) -> float:
        """Distance of the decoder's samples from the validation samples."""
        return self.distance(self.decoder)

    def weights(self) -> dict[str, torch.Tensor]:
        """Weights of the decoder, as `generator.…`, and of the encoder."""
        return named_weights(generator=self.decoder, encoder=self.encoder)


def task(
    expression: np.ndarray,
    conditions: Conditions,
    settings: Mapping[str, Any],
    seed: int,
    device: torch.device,
    distance: Distance,
    fitted: Mapping[str, np.ndarray],
    group: ProcessGroup,
) -> Cvae:
    """Give the training to the Trainer."""
    return Cvae(expression, conditions, settings, distance, seed, device, group)


def sample(
    weights: Mapping[str, np.ndarray], conditions: Conditions, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """Draw from the decoder."""
    genes = len(weights["generator.network.output.bias"])
    decoder = Decoder(genes, settings, conditions.levels, conditions.numbers.shape[1])
    return draw_on_cpu(decoder, weights, conditions, seed)
