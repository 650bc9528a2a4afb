"""Memory and operations of a training step, calculated on tensors without content: nothing is allocated."""

import warnings
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode


@dataclass(frozen=True)
class Footprint:
    """What a step takes.

    Parameters
    ----------
    peak_bytes
        Most bytes of live tensors: weights, gradients, optimiser and activations. A card needs more, for its context,
        the workspace of its convolutions and fragmentation.
    operations
        Floating-point operations of convolutions and matrix products, a multiplication and an addition counted as two.
    convolutions
        Calls of the forward convolution.
    """

    peak_bytes: int
    operations: int
    convolutions: int


def footprint(prepare: Callable[[], Callable[[], Any]]) -> Footprint:
    """Calculate the footprint of a step.

    Parameters
    ----------
    prepare
        Makes networks and inputs and gives the step. The second step counts, when the optimiser has its state; a third
        counts the operations, for the counter itself keeps tensors alive.
    """
    with FakeTensorMode(allow_non_fake_inputs=True), _Memory() as memory, warnings.catch_warnings():
        # Copying a network asks for addresses that tensors without content do not have.
        warnings.simplefilter("ignore", UserWarning)
        step = prepare()
        step()
        memory.peak, memory.convolutions = memory.live, 0
        step()
        peak, convolutions = memory.peak, memory.convolutions
        with FlopCounterMode(display=False) as counter:
            step()
    return Footprint(peak, counter.get_total_flops(), convolutions)


class _Memory(TorchDispatchMode):
    """Follow the storages of all tensors from their making to their end."""

    def __init__(self) -> None:
        super().__init__()
        self.live = self.peak = self.convolutions = 0
        self.known: set[int] = set()

    def __torch_dispatch__(self, operator, types, arguments=(), keywords=None):
        result = operator(*arguments, **(keywords or {}))
        self.convolutions += operator is torch.ops.aten.convolution.default
        for value in tree_leaves(result):
            if isinstance(value, torch.Tensor):
                self._follow(value.untyped_storage())
        return result

    def _follow(self, storage: torch.UntypedStorage) -> None:
        key, size = storage._cdata, storage.nbytes()
        if key in self.known:
            return
        self.known.add(key)
        self.live += size
        self.peak = max(self.peak, self.live)
        weakref.finalize(storage, self._end, key, size)

    def _end(self, key: int, size: int) -> None:
        self.known.discard(key)
        self.live -= size
