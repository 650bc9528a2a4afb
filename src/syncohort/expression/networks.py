"""What conditional networks share: covariates as tensors, layers told them, residual noise, minibatches, drawing."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from syncohort.expression.covariates import Conditions
from syncohort.training.task import RandomStream
from syncohort.training.weights import weights_of


@dataclass(frozen=True)
class ConditionTensors:
    """Encoded covariates of samples, as `Conditions`, on a device.

    Parameters
    ----------
    codes
        (samples, categorical) int64 level of each categorical covariate.
    numbers
        (samples, numeric) float32 standardised numeric covariates.
    """

    codes: torch.Tensor
    numbers: torch.Tensor

    @classmethod
    def of(cls, conditions: Conditions, device: torch.device) -> "ConditionTensors":
        """Copy covariates to a device."""
        return cls(torch.from_numpy(conditions.codes).to(device), torch.from_numpy(conditions.numbers).to(device))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: torch.Tensor) -> "ConditionTensors":
        return ConditionTensors(self.codes[rows], self.numbers[rows])

    def repeat(self, times: int) -> "ConditionTensors":
        """Stack `times` copies."""
        return ConditionTensors(self.codes.repeat(times, 1), self.numbers.repeat(times, 1))


# Draws one sample per condition: (samples, genes).
Network = Callable[[ConditionTensors, RandomStream], torch.Tensor]
# Distance of a network's samples from the validation samples, lower is better.
Distance = Callable[[Network], float]


class ConditionedLayers(nn.Module):
    """Dense layers with ReLU on the concatenation of an input, numeric covariates and embedded categories.

    The width of an embedding is floor(sqrt(levels)) + 1, as in the code of Viñas et al.

    Parameters
    ----------
    inputs, outputs
        Width of the input and of the linear output.
    layers
        Widths of the hidden layers.
    levels
        Number of levels of each categorical covariate.
    numeric
        Number of numeric covariates.
    """

    def __init__(self, inputs: int, outputs: int, layers: Sequence[int], levels: Sequence[int], numeric: int) -> None:
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(number, math.isqrt(number) + 1) for number in levels)
        width = inputs + numeric + sum(embedding.embedding_dim for embedding in self.embeddings)
        blocks: list[nn.Module] = []
        for hidden in layers:
            blocks += [nn.Linear(width, hidden), nn.ReLU()]
            width = hidden
        self.hidden = nn.Sequential(*blocks)
        self.output = nn.Linear(width, outputs)

    def forward(self, inputs: torch.Tensor, conditions: ConditionTensors) -> torch.Tensor:
        """Map (samples, inputs) and their conditions to (samples, outputs)."""
        embedded = [embed(conditions.codes[:, column]) for column, embed in enumerate(self.embeddings)]
        return self.output(self.hidden(torch.cat([inputs, conditions.numbers, *embedded], dim=1)))


class ResidualNoise(nn.Module):
    """Independent normal noise of a learned size for every gene.

    A network of a few hundred units spans a few hundred directions; real genes each have variance of their own.
    """

    def __init__(self, genes: int) -> None:
        super().__init__()
        self.size = nn.Parameter(torch.full((genes,), -2.0))

    def deviation(self) -> torch.Tensor:
        """(genes,) standard deviation of the noise."""
        return nn.functional.softplus(self.size)

    def forward(self, expression: torch.Tensor, stream: RandomStream) -> torch.Tensor:
        """Add noise to (samples, genes)."""
        return expression + self.deviation() * stream.normal(*expression.shape)


@torch.no_grad()
def draw(network: Network, conditions: ConditionTensors, stream: RandomStream) -> np.ndarray:
    """Draw one synthetic sample per condition: (samples, genes) float32."""
    return network(conditions, stream).float().cpu().numpy()


def load_weights(network: nn.Module, name: str, weights: Mapping[str, np.ndarray]) -> None:
    """Give a network its saved weights, those that `named_weights` put under a name."""
    network.load_state_dict({key: torch.from_numpy(value) for key, value in weights_of(name, weights).items()})


def draw_on_cpu(network: nn.Module, weights: Mapping[str, np.ndarray], conditions: Conditions, seed: int) -> np.ndarray:
    """Draw from a network with saved weights, those of `generator`.

    The CPU draws the same samples on every machine with the same versions, whatever the network was trained on.
    """
    load_weights(network, "generator", weights)
    device = torch.device("cpu")
    return draw(network, ConditionTensors.of(conditions, device), RandomStream(seed, device))
