"""One read-only checkout and one read-only data folder serve two people at once, who write into their folders only."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import anndata
import pytest

from syncohort.core.config import merge

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("Snakefile", "rules", "scripts", "src", "config", "envs", "profiles")
# To root nothing is read-only, but for this.
POWERLESS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []


def contents(folder):
    """Every file below a folder, with its time and size."""
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*") if path.is_file()}


def protect(folder):
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)


@pytest.fixture
def shared(tmp_path, finished):
    """A read-only checkout, a read-only folder of data and an empty home that nobody may write to."""
    for name in ("checkout", "data", "home"):
        (tmp_path / name).mkdir()
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        options = {"ignore": shutil.ignore_patterns("__pycache__")} if copy is shutil.copytree else {}
        copy(ROOT / name, tmp_path / "checkout" / name, **options)
    for name in ("cohort.h5ad", "gene_sets.gmt"):
        shutil.copy2(finished / f"results/tiny/{name}", tmp_path / "data" / name)
    for name in ("checkout", "data", "home"):
        protect(tmp_path / name)
    yield tmp_path
    for path in [tmp_path, *tmp_path.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)


def start(shared, person, *targets):
    """Start the workflow as a person who works in a folder of their own, with a temporary folder and a cache."""
    folder = shared / person
    own = {"HOME": shared / "home", "TMPDIR": folder / "tmp", "XDG_CACHE_HOME": folder / "cache"}
    for name in ("tmp", "cache"):
        (folder / name).mkdir(parents=True)
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--snakefile",
        str(shared / "checkout/Snakefile"),
        "--cores",
        "1",
        *targets,
    ]
    return subprocess.Popen(
        [*POWERLESS, *command],
        cwd=folder,
        env={**os.environ, **{key: str(value) for key, value in own.items()}},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_two_people_two_cohorts_one_checkout_one_data_folder(shared, tiny, workplace):
    matrix = shared / "data/cohort.h5ad"
    small = merge(tiny, {"expression": {"selections": ["pathway"]}})
    small["expression"]["pathway"]["gene_sets"] = str(shared / "data/gene_sets.gmt")
    scale = str(anndata.read_h5ad(matrix).uns["scale"])
    local = small | {"source": {"local": {"matrix": [str(matrix)], "scale": scale, "genes_in": "columns"}}}
    for person, seed, cohorts in [("ann", 1, {"one": local}), ("bob", 2, {"one": local, "two": small})]:
        type(workplace)(shared / person).configure(seed=seed, **cohorts)
    before = {name: contents(shared / name) for name in ("checkout", "data", "home")}

    model = "expression/pathway/full/wgan-gp/model.safetensors"
    targets = {"ann": [], "bob": [f"results/{cohort}/{model}" for cohort in ("one", "two")]}
    runs = {person: start(shared, person, *files) for person, files in targets.items()}
    printed = {person: run.communicate()[0] for person, run in runs.items()}
    for person, run in runs.items():
        assert run.returncode == 0, printed[person]

    assert {name: contents(shared / name) for name in before} == before
    assert (shared / "ann/results/one/report.html").exists()
    models = [(shared / f"{person}/results/one/{model}").read_bytes() for person in runs]
    assert models[0] != models[1], "each has a seed of their own"
    assert (shared / f"bob/results/two/{model}").exists()
    for person in runs:
        allowed = {"config", "results", "logs", "work", ".snakemake", "tmp", "cache"}
        assert {path.name for path in (shared / person).iterdir()} <= allowed
