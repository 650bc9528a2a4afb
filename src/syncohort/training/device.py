"""The device a training runs on and the precision that suits it."""

import logging
import os
from contextlib import AbstractContextManager, nullcontext

import torch

from syncohort.core.errors import InputError
from syncohort.core.resources import PEAK_GPU_MEMORY
from syncohort.training.distributed import ALONE, ProcessGroup

logger = logging.getLogger("syncohort")


def choose_device(threads: int, group: ProcessGroup = ALONE) -> torch.device:
    """Choose the card of this process when there are any, else the CPU, and make the arithmetic repeatable.

    Parameters
    ----------
    threads
        CPU threads, of all processes together.
    group
        Processes that train together; each takes a card of its own.

    Raises
    ------
    InputError
        When there are cards, but fewer than processes.
    """
    torch.set_num_threads(max(1, threads // group.size))
    # `use_deterministic_algorithms` does the same, and loads torch's compiler first, as long as torch itself takes.
    torch.set_deterministic_debug_mode("warn")
    # Without a workspace of fixed size, cuBLAS may sum in another order from run to run.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if not torch.cuda.is_available():
        return torch.device("cpu")
    if torch.cuda.device_count() < group.size:
        raise InputError(
            f"{group.size} GPUs were asked for, but this job sees {torch.cuda.device_count()}. "
            "Lower gpu of the rule (--set-resources), or gpus_per_training of the cluster's profile."
        )
    torch.cuda.set_device(group.rank)
    return torch.device("cuda", group.rank)


def log_peak_memory(device: torch.device) -> None:
    """Log how much of the card's memory this process had taken at most, or that there was no card."""
    if device.type == "cuda":
        logger.info(PEAK_GPU_MEMORY, torch.cuda.max_memory_reserved(device) / 1e6)
    else:
        logger.info("Trained on the CPU: no GPU memory was used.")


def memory_gigabytes(device: torch.device) -> float | None:
    """Memory of a card in GB; None for the CPU."""
    return torch.cuda.get_device_properties(device).total_memory / 1e9 if device.type == "cuda" else None


def has_bf16_units(device: torch.device) -> bool:
    """Whether a device computes in bf16 itself; where it is emulated, a convolution can take ten times as long."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    # Not part of torch's public interface, so they may be gone one day.
    return any(
        getattr(torch.cpu, name, lambda: False)() for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    )


def choose_precision(precision: str, device: torch.device) -> str:
    """Decide what `auto` means on a device, `bf16` where it has units for it and `fp32` elsewhere, and log it."""
    if precision != "auto":
        return precision
    chosen = "bf16" if has_bf16_units(device) else "fp32"
    logger.info("computing in %s on %s", chosen, device.type)
    return chosen


def autocast(device: torch.device, precision: str) -> AbstractContextManager:
    """Give the autocast context for a precision: `auto` is bf16 on a CUDA card that has it and fp32 elsewhere.

    bf16 has the range of fp32, so no gradient scaler is needed.

    Raises
    ------
    InputError
        When bf16 is demanded of a CUDA card without it.
    """
    supported = device.type == "cpu" or has_bf16_units(device)
    if precision == "bf16" and not supported:
        raise InputError(
            f"precision is bf16, but {torch.cuda.get_device_name(device)} computes none; set precision to auto or fp32."
        )
    if precision == "bf16" or (precision == "auto" and device.type == "cuda" and supported):
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return nullcontext()
