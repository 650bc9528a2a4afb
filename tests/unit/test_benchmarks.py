"""Benchmarks are not run by the tests, but they must still find and import what they measure."""

import runpy
import subprocess
import sys
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest
import torch
import yaml

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
BENCHMARKS = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_it_can_be_imported_by_its_path_alone(path, tmp_path):
    load = f"import runpy; runpy.run_path({str(path)!r}, run_name='imported')"
    subprocess.run([sys.executable, "-P", "-c", load], cwd=tmp_path, check=True, env={"PATH": "/usr/bin:/bin"})


def test_the_ablation_scores_kinds_old_and_of_ones_own(tmp_path, monkeypatch, capsys):
    rng, samples = np.random.default_rng(1), 60
    obs = pd.DataFrame({"patient_id": [f"P{number}" for number in range(samples)]})
    obs = obs.assign(condition=["tumour", "normal"] * 30, role=["train"] * 40 + ["validation"] * 20)
    obs.index = [f"{patient}-01" for patient in obs["patient_id"]]
    values = rng.normal(size=(samples, 30)) + (obs["condition"] == "tumour").to_numpy()[:, None]
    anndata.AnnData(values.astype(np.float32), obs=obs).write_h5ad(tmp_path / "normalised.h5ad")
    variants = {"normal": {"kind": "normal"}, "private": {"kind": str(FOLDER / "private_means.py"), "epsilon": 1}}
    (tmp_path / "variants.yaml").write_text(yaml.safe_dump(variants))
    given = [tmp_path / "normalised.h5ad", "--variants", tmp_path / "variants.yaml", "--categorical", "condition"]
    monkeypatch.setattr(sys, "argv", ["ablation.py", *map(str, given)])
    runpy.run_path(str(FOLDER / "ablation.py"), run_name="__main__")
    rows = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines()}
    energy = {name: float(row[row.index("energy_distance") + 1]) for name, row in rows.items()}
    assert energy["normal"] < energy["private"]


def test_the_noise_of_private_means():
    noise_multiplier = runpy.run_path(str(FOLDER / "private_means.py"))["noise_multiplier"]
    # ε = 1 and δ = 10⁻⁵: ρ = (√(ln 10⁵ + 1) − √(ln 10⁵))² = 0.02082, σ = 1 / √(2 ρ).
    assert noise_multiplier(1.0, 1e-5) == pytest.approx(4.9006, abs=0.0002)


def test_a_step_of_the_radiogenomic_gan_is_calculated_and_measured():
    benchmark = runpy.run_path(str(FOLDER / "benchmark_nodule_gan.py"), run_name="imported")
    table = benchmark["table"](side=16, width=2, steps=1, device=torch.device("cpu"))
    assert table.index.tolist() == ["paper, fp32", "paper, bf16", "default, fp32", "default, bf16"]
    assert (table[["TFLOP", "seconds", "GB measured"]] > 0).all(axis=None)
    # The precision changes no weights; the first layer of the gene encoder alone holds more than 2.6 million.
    assert table["parameters, M"].nunique() == 2
    assert (table["parameters, M"] > 5172 * 512 / 1e6).all()
    # Gradients and two moments beside the weights, 4 bytes each, are the least there is.
    assert (table["GB"] > 4 * 4 * table["parameters, M"] / 1e3).all()
