"""Lean units: normalisation, activation and what follows are computed again on the way back, the convolution is not."""

from collections.abc import Callable

import torch
from torch.utils.checkpoint import checkpoint


def unit(
    prepare: Callable[[torch.Tensor], torch.Tensor],
    convolve: Callable[[torch.Tensor], torch.Tensor],
    raw: torch.Tensor,
    *,
    lean: bool,
) -> torch.Tensor:
    """Prepare the raw output of one convolution and pass it to the next, keeping only `raw` for the way back.

    A checkpoint around a convolution would usually run it twice. PyTorch stops the second run as soon as the last saved
    tensor is back, and the convolution's own input is the last: normalisation, activation and pooling are repeated,
    which are cheap, and the convolution is not.

    Parameters
    ----------
    prepare
        From a raw convolution output to the input of the next: normalise, activate, pool or up-sample.
    convolve
        The convolution, and nothing after it.
    raw
        Output of the convolution before.
    lean
        Whether to spare memory; without it the arithmetic is the same, and everything is kept.
    """

    def run(values: torch.Tensor) -> torch.Tensor:
        return convolve(prepare(values))

    if lean and torch.is_grad_enabled():
        return checkpoint(run, raw, use_reentrant=False, preserve_rng_state=False)
    return run(raw)
