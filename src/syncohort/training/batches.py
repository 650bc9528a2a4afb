"""Which rows of the training set a step sees."""

import torch

from syncohort.training.task import RandomStream


class Batches:
    """Rows of the minibatches, drawn at random or taken in order, as published.

    Parameters
    ----------
    samples
        Number of training samples.
    size
        Rows of a minibatch; all of them when there are fewer.
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
