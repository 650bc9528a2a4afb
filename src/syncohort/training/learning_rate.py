"""Course of the learning rate over a training."""

from collections.abc import Callable


def linear_decay(steps: int, start: float) -> Callable[[int], float]:
    """Give the share of the learning rate by step: 1 up to a share of the steps, then falling linearly to 0 at the end.

    Parameters
    ----------
    steps
        Steps of the training.
    start
        Share of the steps after which it falls; 1 keeps it.
    """
    falling = max(steps * (1 - start), 1.0)
    return lambda step: min(1.0, (steps - step) / falling)
