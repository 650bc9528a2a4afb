"""The β-variational autoencoder of expression (Higgins et al. 2017), as Carrillo-Perez et al. 2023 have it."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from syncohort.training.batches import Batches
from syncohort.training.task import RandomStream, Stateful

SLOPE, BIAS = 0.01, 0.01


class BetaVae(nn.Module):
    """Genes → hidden layers → mean and variance of the code → the layers backwards → genes.

    Parameters
    ----------
    genes
        Number of genes.
    layers
        Units of the encoder's hidden layers; the decoder has all but the last backwards.
    latent_dimensions
        Width of the code.
    dropout
        Share of the genes that is set to zero in a training step.
    bounded
        Whether a tanh bounds the z-scores that come out, as published: none beyond ±1 can be rebuilt.

    References
    ----------
    Carrillo-Perez et al., Cell Reports Methods 3:100534, 2023: 19198-6000-4000-2048, code of 2048 dimensions.
    """

    def __init__(
        self, genes: int, layers: Sequence[int], latent_dimensions: int, dropout: float, bounded: bool
    ) -> None:
        super().__init__()
        self.dropout, self.bounded = dropout, bounded
        self.encoder = nn.Sequential(*_blocks([genes, *layers]))
        self.mean = nn.Linear(layers[-1], latent_dimensions)
        self.log_variance = nn.Linear(layers[-1], latent_dimensions)
        back = [latent_dimensions, *layers[-2::-1]]
        self.decoder = nn.Sequential(*_blocks(back), nn.Linear(back[-1], genes))

    def encode(self, expression: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and logarithm of the variance of the code of z-scores (samples, genes)."""
        hidden = self.encoder(expression)
        return self.mean(hidden), self.log_variance(hidden)

    def decode(self, code: torch.Tensor) -> torch.Tensor:
        """Z-scores (samples, genes) of a code (samples, dimensions)."""
        rebuilt = self.decoder(code)
        return torch.tanh(rebuilt) if self.bounded else rebuilt

    def start(self) -> None:
        """Set the first weights as published: Glorot's, and biases of 0.01; torch's global seed decides."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.constant_(module.bias, BIAS)


def _blocks(sizes: Sequence[int]) -> list[nn.Module]:
    return [
        part
        for inputs, outputs in pairwise(sizes)
        for part in (nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.LeakyReLU(SLOPE))
    ]


def divergence(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """Kullback-Leibler divergence of each code from the standard normal, summed over its dimensions: (samples,)."""
    return (mean.square() + log_variance.exp() - log_variance - 1).sum(dim=1) / 2


def learning_rate_factor(step: int, warm_up: int, period: int) -> float:
    """Factor of the learning rate: linear over the warm-up, then half a cosine per period, down and up again."""
    if step < warm_up:
        return (step + 1) / warm_up
    return (1 + float(np.cos(np.pi * (step - warm_up) / period))) / 2


class BetaVaeTask:
    """The training of the autoencoder, a `Task` of the Trainer: mean squared error + β × mean divergence.

    Parameters
    ----------
    training, validation
        Z-scores, (samples, genes) each.
    settings
        The mapping `histology.autoencoder`.
    seed
        Seed of weights, batches, dropout and codes.
    device
        Device of the training.
    """

    def __init__(
        self, training: np.ndarray, validation: np.ndarray, settings: dict, seed: int, device: torch.device
    ) -> None:
        self.settings, self.device = settings, device
        self.training, self.validation = (torch.from_numpy(part).to(device) for part in (training, validation))
        torch.manual_seed(seed)  # the only way to seed the initial weights
        self.network = make_network(training.shape[1], settings).to(device)
        self.network.start()
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=settings["learning_rate"], fused=True)
        warm_up = settings["warm_up"]
        period = settings["cosine_period"] or max(1, settings["max_steps"] - warm_up)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimiser, lambda step: learning_rate_factor(step, warm_up, period)
        )
        self.stream = RandomStream(seed, device)
        self.batches = Batches(len(training), settings["batch_size"], self.stream)

    def parts(self) -> dict[str, Stateful]:
        """Everything that changes while training."""
        return {
            "network": self.network,
            "optimiser": self.optimiser,
            "schedule": self.schedule,
            "stream": self.stream,
        }

    def step(self) -> dict[str, torch.Tensor]:
        """Update the network on one minibatch."""
        self.network.train()
        real = self.training[self.batches.draw()]
        kept = self.stream.uniform(*real.shape) >= self.settings["dropout"]
        mean, log_variance = self.network.encode(real * kept / (1 - self.settings["dropout"]))
        rebuilt = self.network.decode(mean + (log_variance / 2).exp() * self.stream.normal(*mean.shape))
        reconstruction = (rebuilt - real).square().mean()
        apart = divergence(mean, log_variance).mean()
        self.optimiser.zero_grad()
        (reconstruction + self.settings["divergence_weight"] * apart).backward()
        self.optimiser.step()
        self.schedule.step()
        return {"reconstruction_loss": reconstruction.detach(), "divergence": apart.detach()}

    def monitor(self) -> float:
        """Mean squared error of the validation samples, rebuilt from the means of their codes."""
        self.network.eval()
        with torch.no_grad():
            return float(
                (self.network.decode(self.network.encode(self.validation)[0]) - self.validation).square().mean()
            )

    def weights(self) -> dict[str, torch.Tensor]:
        """Weights of the network."""
        return dict(self.network.state_dict())


def make_network(genes: int, settings: dict) -> BetaVae:
    """Make the network of the settings, its weights not yet started."""
    bounded = settings["decoder"] == "tanh"
    return BetaVae(genes, settings["layers"], settings["latent_dimensions"], settings["dropout"], bounded)
