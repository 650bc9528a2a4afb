"""The conditional Wasserstein GAN with gradient penalty (Gulrajani et al. 2017; Viñas et al. 2022)."""

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from syncohort.training.device import autocast
from syncohort.training.distributed import ALONE, ProcessGroup, Share, ShareOfStream
from syncohort.training.task import RandomStream, Stateful


@dataclass(frozen=True)
class WganGpSettings:
    """Settings of the model; the schema of the configuration explains each and holds the presets."""

    latent_dimensions: int
    generator_layers: Sequence[int]
    critic_layers: Sequence[int]
    residual_noise: bool
    optimiser: str
    generator_learning_rate: float
    critic_learning_rate: float
    batch_size: int
    critic_steps: int
    critic_batches: str
    gradient_penalty: float
    average_decay: float
    precision: str


@dataclass(frozen=True)
class Conditions:
    """Encoded covariates of samples.

    Parameters
    ----------
    codes
        (samples, categorical) int64 level of each categorical covariate.
    numbers
        (samples, numeric) float32 standardised numeric covariates.
    """

    codes: torch.Tensor
    numbers: torch.Tensor

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: torch.Tensor) -> "Conditions":
        return Conditions(self.codes[rows], self.numbers[rows])

    def repeat(self, times: int) -> "Conditions":
        """Stack `times` copies."""
        return Conditions(self.codes.repeat(times, 1), self.numbers.repeat(times, 1))

    def to(self, device: torch.device) -> "Conditions":
        """Copy to a device."""
        return Conditions(self.codes.to(device), self.numbers.to(device))


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
        self.layers = nn.Sequential(*blocks, nn.Linear(width, outputs))

    def forward(self, inputs: torch.Tensor, conditions: Conditions) -> torch.Tensor:
        """Map (samples, inputs) and their conditions to (samples, outputs)."""
        embedded = [embed(conditions.codes[:, column]) for column, embed in enumerate(self.embeddings)]
        return self.layers(torch.cat([inputs, conditions.numbers, *embedded], dim=1))


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
    """

    def __init__(self, genes: int, settings: WganGpSettings, levels: Sequence[int], numeric: int) -> None:
        super().__init__()
        self.latent_dimensions = settings.latent_dimensions
        self.network = ConditionedLayers(settings.latent_dimensions, genes, settings.generator_layers, levels, numeric)
        # A network of a few hundred units spans a few hundred directions; independent noise of a learned size
        # gives every gene the variance of its own that real genes have.
        self.residual_deviation = nn.Parameter(torch.full((genes,), -2.0)) if settings.residual_noise else None

    def forward(self, conditions: Conditions, stream: RandomStream | ShareOfStream) -> torch.Tensor:
        """Draw one sample per condition: (samples, genes)."""
        expression = self.network(stream.normal(len(conditions), self.latent_dimensions), conditions)
        if self.residual_deviation is None:
            return expression
        deviation = nn.functional.softplus(self.residual_deviation)
        return expression + deviation * stream.normal(*expression.shape)


def gradient_penalty(
    critic: Callable[[torch.Tensor], torch.Tensor],
    real: torch.Tensor,
    fake: torch.Tensor,
    mixing: torch.Tensor,
    mean: Callable[[torch.Tensor], torch.Tensor] = torch.mean,
) -> torch.Tensor:
    """Two-sided gradient penalty E[(‖∇critic(x̂)‖₂ − 1)²] (Gulrajani et al. 2017, equation 3), in fp32.

    Parameters
    ----------
    critic
        Maps (samples, genes) to (samples, 1) with the covariates held fixed.
    real, fake
        (samples, genes).
    mixing
        (samples, 1) uniform on [0, 1): x̂ = mixing · real + (1 − mixing) · fake.
    mean
        Averages (samples,) over the minibatch, of which these samples may be a share.
    """
    with torch.autocast(real.device.type, enabled=False):
        between = torch.lerp(fake.float(), real.float(), mixing).requires_grad_()
        gradients = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        return mean((gradients.norm(dim=1) - 1).square())


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
    levels
        Number of levels of each categorical covariate.
    settings
        Settings of the model.
    distance
        Maps a generator to its distance from the validation samples, lower is better.
    seed
        Seed of weights, batches and noise.
    device
        Device to train on.
    group
        Processes that train together.
    """

    def __init__(
        self,
        expression: torch.Tensor,
        conditions: Conditions,
        levels: Sequence[int],
        settings: WganGpSettings,
        distance: Callable[[Generator], float],
        seed: int,
        device: torch.device,
        group: ProcessGroup = ALONE,
    ) -> None:
        self.settings, self.distance, self.device, self.group = settings, distance, device, group
        self.expression = expression.to(device)
        self.conditions = conditions.to(device)
        numeric = conditions.numbers.shape[1]
        genes = expression.shape[1]
        torch.manual_seed(seed)  # the only way to seed the initial weights
        self.generator = Generator(genes, settings, levels, numeric).to(device)
        self.critic = ConditionedLayers(genes, 1, settings.critic_layers, levels, numeric).to(device)
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        optimiser = OPTIMISERS[settings.optimiser]
        self.generator_optimiser = optimiser(self.generator.parameters(), settings.generator_learning_rate)
        self.critic_optimiser = optimiser(self.critic.parameters(), settings.critic_learning_rate)
        self.stream = RandomStream(seed, device)
        self.batches = Batches(len(expression), settings.batch_size, self.stream)

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
        fixed = self.batches.next_in_order() if self.settings.critic_batches == "reused" else None
        for _ in range(self.settings.critic_steps):
            rows = self.batches.draw() if fixed is None else fixed
            critic_loss, penalty = self._update_critic(rows)
        generator_loss = self._update_generator(self.batches.draw() if fixed is None else fixed)
        return {"critic_loss": critic_loss, "generator_loss": generator_loss, "gradient_penalty": penalty}

    def _update_critic(self, rows: torch.Tensor) -> list[torch.Tensor]:
        share = self.group.share(len(rows))
        stream, real, conditions = self._part(share, rows)
        with autocast(self.device, self.settings.precision):
            with torch.no_grad():
                fake = self.generator(conditions, stream)
            # One pass over both sets: twice the rows in a matrix product cost less than two products.
            judged = self.critic(torch.cat([fake, real]), conditions.repeat(2)).float()
        # Without the penalty, so that the negative of this loss estimates the Wasserstein distance.
        loss = share.mean(judged[: len(fake)]) - share.mean(judged[len(fake) :])
        mixing = stream.uniform(len(real), 1)
        penalty = gradient_penalty(lambda between: self.critic(between, conditions), real, fake, mixing, share.mean)
        self.critic_optimiser.zero_grad()
        (loss + self.settings.gradient_penalty * penalty).backward()
        losses = self.group.add_up(self.critic.parameters(), loss, penalty)
        self.critic_optimiser.step()
        return losses

    def _update_generator(self, rows: torch.Tensor) -> torch.Tensor:
        share = self.group.share(len(rows))
        stream, _, conditions = self._part(share, rows)
        self.critic.requires_grad_(False)
        with autocast(self.device, self.settings.precision):
            judged = self.critic(self.generator(conditions, stream), conditions).float()
        loss = -share.mean(judged)
        self.generator_optimiser.zero_grad()
        loss.backward()
        [whole_loss] = self.group.add_up(self.generator.parameters(), loss)
        self.generator_optimiser.step()
        self.critic.requires_grad_(True)
        with torch.no_grad():
            for mean, weight in zip(self.average.parameters(), self.generator.parameters(), strict=True):
                mean.lerp_(weight, 1 - self.settings.average_decay)
        return whole_loss

    def _part(self, share: Share, rows: torch.Tensor) -> tuple[ShareOfStream, torch.Tensor, Conditions]:
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


class Batches:
    """Rows of the minibatches, drawn at random or taken in order, as published.

    Parameters
    ----------
    samples
        Number of training samples.
    size
        Samples per minibatch; all of them when there are fewer.
    stream
        Source of the random rows.
    """

    def __init__(self, samples: int, size: int, stream: RandomStream) -> None:
        self.samples, self.size, self.stream = samples, min(size, samples), stream
        self.start = 0

    def draw(self) -> torch.Tensor:
        """Draw rows with replacement."""
        return self.stream.integers(self.samples, self.size)

    def next_in_order(self) -> torch.Tensor:
        """Take the next rows in the fixed order, the last and smaller minibatch of an epoch included."""
        stop = min(self.start + self.size, self.samples)
        rows = torch.arange(self.start, stop, device=self.stream.device)
        self.start = stop % self.samples
        return rows

    def state_dict(self) -> dict[str, int]:
        """Position in the fixed order."""
        return {"start": self.start}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Restore the position."""
        self.start = state["start"]
