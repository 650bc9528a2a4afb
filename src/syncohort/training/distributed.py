"""One training on several GPUs: a process per GPU, each with its share of every minibatch, started by torchrun.

All processes draw the same random numbers and hold the same weights; each computes the losses of its own rows, and the
gradients are added up. So the training is, but for rounding, that of one process, whatever the number of GPUs, and its
checkpoint holds nothing that belongs to one process alone.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import distributed
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from syncohort.training.task import RandomStream

# After SIGTERM: time to finish a step and save the checkpoint before torchrun kills what is left.
SHUTDOWN_SECONDS = 100


@dataclass(frozen=True)
class Share:
    """The rows of a minibatch that fall to one process.

    Parameters
    ----------
    rows
        Its rows; none where there are more processes than rows.
    total
        Rows of the whole minibatch.
    """

    rows: slice
    total: int

    def of(self, stream: RandomStream) -> "ShareOfStream":
        """Random numbers for these rows, from a stream that all processes have in the same state."""
        return ShareOfStream(stream, self)

    def mean(self, values: torch.Tensor) -> torch.Tensor:
        """Part of this share in the mean of one value per row; the parts of all processes add up to the mean."""
        return values.sum() / self.total


@dataclass(frozen=True)
class ShareOfStream:
    """A random stream of which each process sees its rows: numbers are drawn for the whole minibatch and cut.

    The first argument of the methods, the number of rows, is that of the share.
    """

    stream: RandomStream
    share: Share

    def normal(self, _rows: int, *shape: int) -> torch.Tensor:
        """Draw standard normal numbers."""
        return self.stream.normal(self.share.total, *shape)[self.share.rows]

    def uniform(self, _rows: int, *shape: int) -> torch.Tensor:
        """Draw numbers uniform on [0, 1)."""
        return self.stream.uniform(self.share.total, *shape)[self.share.rows]


@dataclass(frozen=True)
class ProcessGroup:
    """The processes of one training, as one of them sees it.

    Parameters
    ----------
    rank
        Number of this process, from 0; the first one owns checkpoint, log and outputs.
    size
        Number of processes.
    """

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes."""
        return self.rank == 0

    def share(self, total: int) -> Share:
        """Rows of a minibatch of `total` rows that fall to this process."""
        return Share(slice(total * self.rank // self.size, total * (self.rank + 1) // self.size), total)

    def add_up(self, parameters: Iterable[torch.nn.Parameter], *losses: torch.Tensor) -> list[torch.Tensor]:
        """Add up the gradients of all processes in place, to be called between `backward` and the optimiser's step.

        Parameters
        ----------
        parameters
            The same ones in every process, with gradients of this process's share.
        *losses
            Scalars, this process's parts of the losses.

        Returns
        -------
        list of torch.Tensor
            The losses of the whole minibatch, detached.
        """
        parts = [loss.detach().clone() for loss in losses]
        if self.size > 1:
            tensors = [*(each.grad for each in parameters if each.grad is not None), *parts]
            together = parameters_to_vector(tensors)
            distributed.all_reduce(together)
            vector_to_parameters(together, tensors)
        return parts

    def any(self, flag: bool) -> bool:
        """Whether the flag is set in any process; all processes wait for each other here."""
        if self.size == 1:
            return flag
        # On the CPU, by gloo: it waits for the other processes, not for the work queued on the GPUs.
        flags = torch.tensor(int(flag))
        distributed.all_reduce(flags, op=distributed.ReduceOp.MAX)
        return bool(flags)

    def from_leader(self, compute: Callable[[], float]) -> float:
        """Compute a number in the first process and give it to all."""
        value = torch.tensor(compute() if self.leads else 0.0, dtype=torch.float64)
        if self.size > 1:
            distributed.broadcast(value, src=0)
        return float(value)


ALONE = ProcessGroup()


@contextmanager
def process_group() -> Iterator[ProcessGroup]:
    """Join the processes that torchrun started; without torchrun this process is alone."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        yield ALONE
        return
    distributed.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    yield ProcessGroup(distributed.get_rank(), distributed.get_world_size())
    # Not after an error: then the others may never come, and torchrun ends them.
    distributed.destroy_process_group()


def relaunch(processes: int) -> None:
    """Start the running script anew under torchrun with several processes, in the place of this one.

    Returns at once when one process is enough or torchrun has started this one.
    """
    if processes <= 1 or "TORCHELASTIC_RUN_ID" in os.environ:
        return
    # One node only: no name of the host need be known to anyone.
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    # Else torchrun sets it, and says so; the threads are set in the script.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    options = ["--standalone", "--local-addr=127.0.0.1", f"--nproc-per-node={processes}"]
    torchrun = ["-m", "torch.distributed.run", *options, f"--shutdown-timeout={SHUTDOWN_SECONDS}"]
    os.execv(sys.executable, [sys.executable, *torchrun, *sys.argv])


def requested_gpus(resources: Mapping[str, Any]) -> int:
    """Number of GPUs that a rule's resources ask for: `gpu: 2`, or `gres: gpu:h200:2` where a site knows only that."""
    return int(resources.get("gpu") or str(resources.get("gres") or 0).rsplit(":", 1)[-1])
