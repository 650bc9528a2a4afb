"""The network of a conditional WGAN-GP and its training (Gulrajani et al. 2017)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from syncohort.expression.covariates import Conditions
from syncohort.expression.networks import ConditionedLayers, ConditionTensors, Distance, ResidualNoise
from syncohort.expression.normal_base import NormalBase
from syncohort.training.averaging import follow
from syncohort.training.batches import Batches
from syncohort.training.device import autocast
from syncohort.training.distributed import ALONE, ProcessGroup, Share, ShareOfStream
from syncohort.training.gradient_penalty import gradient_penalty
from syncohort.training.task import RandomStream, Stateful
from syncohort.training.weights import named_weights


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
        follow(self.average, self.generator, self.settings["average_decay"])
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
        return named_weights(generator=self.average, critic=self.critic)
