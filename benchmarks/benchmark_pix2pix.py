"""3D pix2pix at full size: memory and operations by calculation, and on a CUDA card time and memory as measured.

The reference is the plain loop: fp32, everything kept for the way back. `ratio` compares a row with it. Without a card
nothing is timed, unless `--shape` names a size that a processor can take, as `--shape 16 48 48 --width 8` does.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.core.schema import read_schema
from syncohort.mri.generator_network import Pix2PixSettings
from syncohort.mri.memory import empty_step
from syncohort.training.device import choose_device
from syncohort.training.footprint import footprint

SHAPE, WIDTH = (64, 240, 240), 64
WARM_UP, STEPS = 3, 10
# Updates of the published training, each a discriminator's or a generator's; one of our steps makes both.
PUBLISHED_STEPS = 94_720
# Preset, what is changed in it, and whether a card may round fp32 to TF32 in convolutions, as PyTorch lets it.
VARIANTS = {
    "thesis, plain fp32": ("thesis", {"lean": False, "precision": "fp32"}, False),
    "thesis, plain TF32": ("thesis", {"lean": False, "precision": "fp32"}, True),
    "thesis, lean TF32": ("thesis", {"lean": True, "precision": "fp32"}, True),
    "thesis, plain bf16": ("thesis", {"lean": False, "precision": "bf16"}, True),
    "thesis, lean bf16": ("thesis", {"lean": True, "precision": "bf16"}, True),
    "default, lean bf16": ("default", {"lean": True, "precision": "bf16"}, True),
}


def step_of(
    preset: str, changed: dict[str, Any], shape: tuple[int, ...], width: int, device: torch.device
) -> Callable[[], Callable[[], Any]]:
    """Give the function that makes networks, inputs and a step."""
    rules = read_schema("cohort")["properties"]["mri"]["properties"]["models"]["additionalProperties"]["properties"]
    values = {key: rule["presets"][preset] for key, rule in rules.items() if "presets" in rule}
    values |= {**changed, "width": width}
    settings = Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})
    return empty_step(settings, 4, shape, 3, device)


def measure(prepare: Callable[[], Callable[[], Any]], device: torch.device) -> dict[str, float]:
    """Measure a variant: seconds per step, and on a card peak gigabytes."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    step = prepare()
    for _ in range(WARM_UP):
        step()
    started = _now(device)
    for _ in range(STEPS):
        step()
    seconds = (_now(device) - started) / STEPS
    measured = {"seconds": seconds, "published training, h": seconds * PUBLISHED_STEPS / 3600}
    if device.type == "cuda":
        measured["GB on the card"] = torch.cuda.max_memory_reserved() / 1e9
    return measured


def _now(device: torch.device) -> float:
    """Seconds of the clock, once everything that was asked of a card is done."""
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def main() -> None:
    """Print a row per variant."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", type=int, nargs=3, metavar=("Z", "Y", "X"), help="voxels; by default 64 240 240")
    parser.add_argument("--width", type=int, default=WIDTH, help="channels of the first level; by default 64")
    given = parser.parse_args()
    # As a training does it: repeatable arithmetic has its price.
    device = choose_device(threads=1)
    shape, timed = tuple(given.shape or SHAPE), device.type == "cuda" or given.shape is not None
    rows = {}
    for name, (preset, changed, rounded) in VARIANTS.items():
        torch.backends.cudnn.allow_tf32 = rounded
        calculated = footprint(step_of(preset, changed, shape, given.width, torch.device("cpu")))
        rows[name] = {"GB": calculated.peak_bytes / 1e9, "TFLOP": calculated.operations / 1e12}
        if timed:
            rows[name] |= measure(step_of(preset, changed, shape, given.width, device), device)
    table = pd.DataFrame(rows).T
    table["GB, ratio"] = table["GB"] / table["GB"].iloc[0]
    if timed:
        table["speed, ratio"] = table["seconds"].iloc[0] / table["seconds"]
        print(f"timed on {torch.cuda.get_device_name(device) if device.type == 'cuda' else 'a processor, one thread'}")
    print(table.to_string(float_format="%.3g"))
    if not timed:
        print("No CUDA card: time and the card's own memory were not measured.")


if __name__ == "__main__":
    main()
