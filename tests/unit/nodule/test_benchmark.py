"""The benchmark of a training step runs at small size."""

import importlib.util
from pathlib import Path

import torch

SCRIPT = Path(__file__).parents[3] / "benchmarks/benchmark_nodule_gan.py"


def test_a_step_is_calculated_and_measured():
    spec = importlib.util.spec_from_file_location("benchmark_nodule_gan", SCRIPT)
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    table = benchmark.table(side=16, width=2, steps=1, device=torch.device("cpu"))
    assert table.index.tolist() == ["paper, fp32", "paper, bf16", "default, fp32", "default, bf16"]
    assert (table[["parameters, M", "GB", "TFLOP", "seconds", "GB measured"]] > 0).all(axis=None)
    # All have the published layers; the first of the gene encoder alone holds more than 2.6 million weights.
    assert table["parameters, M"].nunique() == 1
    assert table["parameters, M"].iloc[0] > 5172 * 512 / 1e6
    # Gradients and two moments beside the weights, 4 bytes each, are the least there is.
    assert (table["GB"] > 4 * 4 * table["parameters, M"] / 1e3).all()
