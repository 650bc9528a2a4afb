"""What the Trainer asks of a training: its state, one step, a monitor and the weights to keep."""

from typing import Any, Protocol

import torch


class Stateful(Protocol):
    """Anything whose state can be saved and restored: modules, optimisers, random generators wrapped in one."""

    def state_dict(self) -> dict[str, Any]:
        """State as a dictionary of tensors and plain values."""

    def load_state_dict(self, state: dict[str, Any]) -> Any:
        """Restore a state given by `state_dict`."""


class Task(Protocol):
    """One model's own optimisation; everything else belongs to the Trainer."""

    def parts(self) -> dict[str, Stateful]:
        """Give everything that changes while training, by name: it is what a checkpoint holds."""

    def step(self) -> dict[str, torch.Tensor]:
        """Make one optimisation step and give its losses as scalar tensors, always under the same names.

        Where several processes train together each steps over its share of the minibatch, adds up the gradients before
        the optimiser steps (`ProcessGroup.share` and `add_up`) and gives the losses of the whole minibatch.
        """

    def monitor(self) -> float:
        """Distance of the model to the inner validation split, lower is better; changes no state."""

    def weights(self) -> dict[str, torch.Tensor]:
        """Give the weights to keep, by name, as they would be used after training."""


class RandomStream:
    """A torch random generator with the `state_dict` interface of modules and optimisers.

    Parameters
    ----------
    seed
        Seed of the stream.
    device
        Device of the numbers drawn.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self.generator = torch.Generator(device).manual_seed(seed)
        self.device = device

    def normal(self, *shape: int) -> torch.Tensor:
        """Draw standard normal numbers."""
        return torch.randn(shape, generator=self.generator, device=self.device)

    def uniform(self, *shape: int) -> torch.Tensor:
        """Draw numbers uniform on [0, 1)."""
        return torch.rand(shape, generator=self.generator, device=self.device)

    def integers(self, high: int, *shape: int) -> torch.Tensor:
        """Draw integers uniform on [0, high)."""
        return torch.randint(high, shape, generator=self.generator, device=self.device)

    def state_dict(self) -> dict[str, Any]:
        """State of the generator."""
        return {"state": self.generator.get_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of the generator."""
        self.generator.set_state(state["state"].cpu())
