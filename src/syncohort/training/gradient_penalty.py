"""The gradient penalty of Wasserstein GANs, sample by sample."""

from collections.abc import Callable

import torch


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
        Maps samples to (samples, 1), whatever it is told beside held fixed.
    real, fake
        (samples, ·), profiles or images.
    mixing
        (samples, 1), of images (samples, 1, 1, 1), uniform on [0, 1): x̂ = mixing · real + (1 − mixing) · fake.
    mean
        Averages (samples,) over the minibatch, of which these samples may be a share.
    """
    with torch.autocast(real.device.type, enabled=False):
        between = torch.lerp(fake.float(), real.float(), mixing).requires_grad_()
        gradients = torch.autograd.grad(critic(between).sum(), between, create_graph=True)[0]
        return mean((gradients.flatten(1).norm(dim=1) - 1).square())
