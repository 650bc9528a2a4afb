"""Stochastic gradient descent on minibatches of patients, as the Trainer wants it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from syncohort.radiogenomics.networks import Autoencoder, Regressor
from syncohort.training.task import RandomStream, Stateful

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


class MinibatchTask:
    """Train a network to map inputs to targets.

    Parameters
    ----------
    network
        `Autoencoder` or `Regressor`.
    loss
        Of predictions and targets.
    training, validation
        Inputs and targets, (patients, ·) each.
    settings
        `learning_rate`, `decay` (per step, as Keras has it), `momentum`, `batch_size`.
    seed
        Seed of batches and dropout.
    device
        Device of the training.
    """

    def __init__(
        self,
        network: "Autoencoder | Regressor",
        loss: Loss,
        training: tuple[np.ndarray, np.ndarray],
        validation: tuple[np.ndarray, np.ndarray],
        settings: Mapping[str, Any],
        seed: int,
        device: torch.device,
    ) -> None:
        self.network, self.loss, self.batch = network.to(device), loss, settings["batch_size"]
        self.training = [torch.as_tensor(part, dtype=torch.float32, device=device) for part in training]
        self.validation = [torch.as_tensor(part, dtype=torch.float32, device=device) for part in validation]
        self.stream = RandomStream(seed, device)
        self.optimiser = torch.optim.SGD(network.parameters(), settings["learning_rate"], settings["momentum"])
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimiser, lambda step, decay=settings["decay"]: 1 / (1 + decay * step)
        )

    def parts(self) -> dict[str, Stateful]:
        """Give all that changes while training."""
        return {
            "network": self.network,
            "optimiser": self.optimiser,
            "schedule": self.schedule,
            "stream": self.stream,
        }

    def step(self) -> dict[str, torch.Tensor]:
        """Update the network on one minibatch, drawn without replacement."""
        inputs, targets = self.training
        order = torch.randperm(len(inputs), generator=self.stream.generator, device=inputs.device)[: self.batch]
        self.network.train()
        loss = self.loss(self.network(inputs[order], self.stream.generator), targets[order])
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.schedule.step()
        self.network.constrain()
        return {"loss": loss.detach()}

    def monitor(self) -> float:
        """Loss of the validation patients."""
        self.network.eval()
        with torch.no_grad():
            return float(self.loss(self.network(self.validation[0]), self.validation[1]))

    def weights(self) -> dict[str, torch.Tensor]:
        """Weights of the network."""
        return {name: value.detach().cpu() for name, value in self.network.state_dict().items()}
