"""The two networks: an autoencoder of expression, and a regressor of image features with the same first layers."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import torch
from torch import nn

# Layers that the regressor takes from the autoencoder.
SHARED = 3


def _linear(inputs: int, outputs: int, generator: torch.Generator) -> nn.Linear:
    """Make a layer with Glorot-uniform weights, Keras' default, from a random stream of its own."""
    layer = nn.utils.skip_init(nn.Linear, inputs, outputs)
    nn.init.xavier_uniform_(layer.weight, generator=generator)
    nn.init.zeros_(layer.bias)
    return layer


class Autoencoder(nn.Module):
    """Genes → hidden layers → the same layers backwards → genes, with tanh throughout.

    Parameters
    ----------
    genes
        Number of genes.
    layers
        Units of the hidden layers to the narrowest, such as 2000, 1000, 500.
    seed
        Seed of the first weights.

    References
    ----------
    Smedley and Hsu, IEEE ISBI 2018, section 2.4: 12042-2000-1000-500-1000-2000-12042.
    """

    def __init__(self, genes: int, layers: list[int], seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        sizes = [genes, *layers, *layers[-2::-1], genes]
        self.layers = nn.ModuleList(_linear(inputs, outputs, generator) for inputs, outputs in pairwise(sizes))

    def constrain(self) -> None:
        """Leave the weights as they are."""

    def forward(self, expression: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
        """Reconstruct expression (patients, genes), scaled to within −1 and 1; nothing is drawn."""
        for layer in self.layers:
            expression = torch.tanh(layer(expression))
        return expression


class Regressor(nn.Module):
    """Genes → hidden layers with ReLU → image features.

    Parameters
    ----------
    genes, outputs
        Number of genes and of features.
    layers
        Units of the hidden layers, such as 2000, 1000, 500, 250.
    dropout
        Share of the inputs and of the units of the first three layers that is dropped.
    non_negative
        `output`, `all` or `none`: the layers whose weights are kept at zero or above.
    seed
        Seed of the first weights.
    """

    def __init__(
        self,
        genes: int,
        layers: list[int],
        outputs: int,
        dropout: float = 0.0,
        non_negative: str = "none",
        seed: int = 0,
    ) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        sizes = [genes, *layers, outputs]
        self.layers = nn.ModuleList(_linear(inputs, units, generator) for inputs, units in pairwise(sizes))
        self.dropout, self.non_negative = dropout, non_negative
        self.constrain()

    @classmethod
    def of(cls, weights: Mapping[str, np.ndarray]) -> "Regressor":
        """Make the network that has these weights, ready to predict."""
        number = len(weights) // 2
        shapes = [weights[f"layers.{layer}.weight"].shape for layer in range(number)]
        network = cls(shapes[0][1], [shape[0] for shape in shapes[:-1]], shapes[-1][0])
        network.load_state_dict({name: torch.as_tensor(np.array(value)) for name, value in weights.items()})
        return network.eval()

    def start_from(self, encoder: Mapping[str, np.ndarray]) -> None:
        """Take the first layers of an autoencoder."""
        for number in range(SHARED):
            self.layers[number].load_state_dict(
                {name: torch.as_tensor(np.array(encoder[f"layers.{number}.{name}"])) for name in ("weight", "bias")}
            )
        self.constrain()

    def constrain(self) -> None:
        """Set weights to zero that may not be below."""
        kept = {"output": [self.layers[-1]], "all": list(self.layers), "none": []}[self.non_negative]
        with torch.no_grad():
            for layer in kept:
                layer.weight.clamp_(min=0)
                layer.bias.clamp_(min=0)

    def forward(self, expression: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
        """Predict features (patients, features); in training dropout draws from `generator`."""
        hidden = self._drop(expression, generator)
        for number, layer in enumerate(self.layers[:-1]):
            hidden = torch.relu(layer(hidden))
            if number < SHARED:
                hidden = self._drop(hidden, generator)
        return self.layers[-1](hidden)

    def _drop(self, values: torch.Tensor, generator: torch.Generator | None) -> torch.Tensor:
        if generator is None or not self.training or not self.dropout:
            return values
        kept = torch.rand(values.shape, generator=generator, device=values.device) >= self.dropout
        return values * kept / (1 - self.dropout)
