"""The device a training runs on and the precision that suits it."""

import os
from contextlib import AbstractContextManager, nullcontext

import torch

from syncohort.core.errors import InputError


def choose_device(threads: int) -> torch.device:
    """Choose CUDA when there is a card, else the CPU with `threads` threads, and make the arithmetic repeatable."""
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True, warn_only=True)
    # Without a workspace of fixed size, cuBLAS may sum in another order from run to run.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def has_bf16_units(device: torch.device) -> bool:
    """Whether a device computes in bf16 itself; where it is emulated, a convolution can take ten times as long."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    # Not part of torch's public interface, so they may be gone one day.
    return any(
        getattr(torch.cpu, name, lambda: False)() for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    )


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
