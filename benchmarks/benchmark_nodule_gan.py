"""The radiogenomic GAN at full size: parameters, memory and operations by calculation, time and memory as measured.

Time is measured on a CUDA card, or with `--cpu` on this processor. A row per preset and precision; `ratio` compares
with the first. Other sizes by `--side` and `--width`.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.core.schema import read_schema
from syncohort.nodule.gan import RadiogenomicGan
from syncohort.nodule.gan_settings import GanSettings
from syncohort.nodule.material import Batch
from syncohort.nodule.training import network_size
from syncohort.training.footprint import footprint

# Genes of the authors' data, and the steps of their 500 epochs.
GENES, PUBLISHED_STEPS = 5172, 114_000
PRESETS, PRECISIONS = ("paper", "default"), ("fp32", "bf16")


def step_of(preset: str, precision: str, side: int, width: int, device: torch.device) -> Callable[[], Callable]:
    """Give the function that makes networks, an empty minibatch and the step to measure."""
    rules = read_schema("cohort")["properties"]["nodule"]["properties"]["models"]["additionalProperties"]["properties"]
    values = {key: rule["presets"][preset] for key, rule in rules.items() if "presets" in rule}
    values |= {"width": width, "precision": precision}
    settings = GanSettings.of(values, device)

    def prepare() -> Callable[[], dict[str, torch.Tensor]]:
        rows = settings.batch_size
        image = lambda: torch.zeros(rows, 1, side, side, device=device)  # noqa: E731
        batch = Batch(image(), image(), image(), torch.zeros(rows, GENES, device=device), image(), image())
        material = SimpleNamespace(images=batch.image, masks=batch.mask, draw=lambda _rows, _stream: batch)
        task = RadiogenomicGan(material, network_size(values, GENES, side), settings, lambda _: 0.0, 0, device)
        prepare.parameters = sum(
            value.numel() for part in (task.networks, task.discriminator) for value in part.parameters()
        )
        return task.step

    return prepare


def measure(prepare: Callable[[], Callable], steps: int, device: torch.device) -> dict[str, float]:
    """Measure seconds per step, and the peak of memory: of the card, or of this process so far."""
    card = device.type == "cuda"
    if card:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    wait = torch.cuda.synchronize if card else lambda: None
    step = prepare()
    for _ in range(min(3, steps)):
        step()
    wait()
    started = time.perf_counter()
    for _ in range(steps):
        step()
    wait()
    seconds = (time.perf_counter() - started) / steps
    peak = torch.cuda.max_memory_reserved() if card else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "GB measured": peak / 1e9, "published training, h": seconds * PUBLISHED_STEPS / 3600}


def table(side: int, width: int, steps: int, device: torch.device | None) -> pd.DataFrame:
    """Give a row per preset and precision; without a device nothing is timed."""
    rows = {}
    for preset in PRESETS:
        for precision in PRECISIONS:
            calculated = step_of(preset, precision, side, width, torch.device("cpu"))
            found = footprint(calculated)
            row = {"parameters, M": calculated.parameters / 1e6, "GB": found.peak_bytes / 1e9}
            row["TFLOP"] = found.operations / 1e12
            if device is not None:
                row |= measure(step_of(preset, precision, side, width, device), steps, device)
            rows[f"{preset}, {precision}"] = row
    result = pd.DataFrame(rows).T
    result["GB, ratio"] = result["GB"] / result["GB"].iloc[0]
    if "seconds" in result:
        result["speed, ratio"] = result["seconds"].iloc[0] / result["seconds"]
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=128)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--cpu", action="store_true")
    given = parser.parse_args(arguments)
    names = ["cpu"] if given.cpu else ["cuda"] * torch.cuda.is_available()
    device = torch.device(names[0]) if names else None
    print(table(given.side, given.width, given.steps, device).to_string(float_format="%.3f"))
    if device is None:
        print("No CUDA card: time was not measured; --cpu measures it on this processor.")


if __name__ == "__main__":
    main()
