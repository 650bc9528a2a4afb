"""3D pix2pix at full size: memory and operations by calculation, and on a CUDA card time and memory as measured.

The reference is the plain loop: fp32, everything kept for the way back. `ratio` compares a row with it.
"""

import sys
import time
from pathlib import Path

import pandas as pd
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.core.config import read_schema
from syncohort.mri.generator_network import Pix2PixSettings
from syncohort.mri.memory import empty_step
from syncohort.training.footprint import footprint

SHAPE = (64, 240, 240)
STEPS = 10
# Updates of the published training, each a discriminator's or a generator's; one of our steps makes both.
PUBLISHED_STEPS = 94_720
VARIANTS = {
    "thesis, plain fp32": ("thesis", {"lean": False, "precision": "fp32"}),
    "thesis, lean fp32": ("thesis", {"precision": "fp32"}),
    "thesis, plain bf16": ("thesis", {"lean": False, "precision": "bf16"}),
    "thesis, lean bf16": ("thesis", {"precision": "bf16"}),
    "default, lean bf16": ("default", {"precision": "bf16"}),
}


def step_of(preset: str, changed: dict, device: torch.device):
    """Give the function that makes networks, inputs and a step."""
    rules = read_schema("cohort")["properties"]["mri"]["properties"]["models"]["additionalProperties"]["properties"]
    values = {key: rule["presets"][preset] for key, rule in rules.items() if "presets" in rule}
    values |= {"lean": True, **changed}
    settings = Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})
    return empty_step(settings, 4, SHAPE, 3, device)


def measure(preset: str, changed: dict) -> dict[str, float]:
    """Measure a variant on the card: seconds per step and peak gigabytes."""
    device = torch.device("cuda")
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    step = step_of(preset, changed, device)()
    for _ in range(3):
        step()
    torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(STEPS):
        step()
    torch.cuda.synchronize()
    seconds = (time.perf_counter() - started) / STEPS
    hours = seconds * PUBLISHED_STEPS / 3600
    return {
        "seconds": seconds,
        "GB on the card": torch.cuda.max_memory_reserved() / 1e9,
        "published training, h": hours,
    }


def main() -> None:
    """Print a row per variant."""
    rows = {}
    for name, (preset, changed) in VARIANTS.items():
        calculated = footprint(step_of(preset, changed, torch.device("cpu")))
        rows[name] = {"GB": calculated.peak_bytes / 1e9, "TFLOP": calculated.operations / 1e12}
        if torch.cuda.is_available():
            rows[name] |= measure(preset, changed)
    table = pd.DataFrame(rows).T
    table["GB, ratio"] = table["GB"] / table["GB"].iloc[0]
    if "seconds" in table:
        table["speed, ratio"] = table["seconds"].iloc[0] / table["seconds"]
    print(table.to_string(float_format="%.2f"))
    if not torch.cuda.is_available():
        print("No CUDA card: time and the card's own memory were not measured.")


if __name__ == "__main__":
    main()
