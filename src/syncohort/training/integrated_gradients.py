"""Integrated gradients: what each input of a network contributes to each of its outputs."""

from collections.abc import Callable

import torch


def integrated_gradients(
    network: Callable[[torch.Tensor], torch.Tensor], inputs: torch.Tensor, baseline: torch.Tensor, points: int
) -> torch.Tensor:
    """Attribute a network's outputs to its inputs.

    Parameters
    ----------
    network
        Differentiable: (rows, inputs) → (rows, outputs), each row by itself.
    inputs
        (rows, inputs).
    baseline
        (inputs,) or (rows, inputs) that nothing is attributed to.
    points
        Points of the straight line from the baseline to the inputs, by the midpoint rule.

    Returns
    -------
    torch.Tensor
        (outputs, rows, inputs). The attributions of a row add up to its output less that of the baseline, but for the
        error of the sum over the points.

    References
    ----------
    Sundararajan, Taly and Yan, International Conference on Machine Learning, 2017, equation 1.
    """
    difference, total = inputs - baseline, []
    for share in (torch.arange(points) + 0.5) / points:
        at = (baseline + difference * share).requires_grad_()
        outputs = network(at).sum(dim=0)
        total.append(torch.stack([torch.autograd.grad(output, at, retain_graph=True)[0] for output in outputs]))
    return difference * torch.stack(total).mean(dim=0)
