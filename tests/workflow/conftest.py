"""A working directory in which the real workflow runs on a tiny cohort, and a finished run to copy."""

import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
# Small enough for seconds, large enough that genes are significant in every fold.
TINY = {
    "title": "Tiny cohort",
    "source": {
        "simulated": {
            "patients": 24,
            "genes": 80,
            "modules": 2,
            "module_size": 12,
            "pathway_size": 14,
            "up": 8,
            "down": 8,
            "log2_fold_change": 2.5,
            "covariate_genes": 2,
            "zero_genes": 4,
        }
    },
    "covariates": {"categorical": ["sex"], "numeric": ["age"]},
    "splits": {"folds": 2},
    "expression": {
        "selections": ["deg", "pathway"],
        "test": {"correction": "benjamini_hochberg"},
        "pathway": {"gene_sets": "results/tiny/gene_sets.gmt", "name": "DEMO_PATHWAY"},
        "models": {"wgan-gp": {"generator_layers": [16], "critic_layers": [16], "max_steps": 30, "validate_every": 10}},
        "evaluate": {"draws": 2},
    },
}


class Workplace:
    """A working directory with a `config/` of its own, as someone has who uses a shared checkout."""

    def __init__(self, folder: Path, checkout: Path = ROOT) -> None:
        self.folder, self.checkout = folder, checkout

    def __truediv__(self, path: str) -> Path:
        return self.folder / path

    def configure(self, *, seed: int = 1, **cohorts: dict) -> None:
        """Write `config/config.yaml` and a file per cohort."""
        (self / "config/cohorts").mkdir(parents=True, exist_ok=True)
        (self / "config/config.yaml").write_text(yaml.safe_dump({"cohorts": list(cohorts), "seed": seed}))
        for name, settings in cohorts.items():
            (self / f"config/cohorts/{name}.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))

    def start(self, *arguments: str) -> subprocess.Popen:
        """Start the workflow; what it prints comes through the pipe."""
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(self.checkout / "Snakefile")]
        command += ["--directory", str(self.folder), "--cores", "2", *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder)

    def run(self, *arguments: str) -> str:
        """Run the workflow to its end, which must be a good one, and give what it printed."""
        process = self.start(*arguments)
        printed = process.communicate()[0]
        assert process.returncode == 0, printed
        return printed

    def fail(self, *arguments: str) -> str:
        """Run the workflow to its end, which must be a failure, and give what it printed."""
        process = self.start(*arguments)
        printed = process.communicate()[0]
        assert process.returncode != 0, printed
        return printed

    def planned(self, *arguments: str) -> dict[str, int]:
        """Jobs that the workflow would run, by rule."""
        printed = self.run("--dry-run", *arguments)
        if "Nothing to be done" in printed:
            return {}
        table = printed.split("Job stats:")[1].split("\n\n")[0]
        jobs = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", table, flags=re.MULTILINE)}
        assert jobs.pop("total") == sum(jobs.values())
        return {rule: count for rule, count in jobs.items() if rule != "all"}


@pytest.fixture
def tiny() -> dict:
    """Settings of the tiny cohort, to be changed as a test likes."""
    return copy.deepcopy(TINY)


@pytest.fixture
def workplace(tmp_path, tiny) -> Workplace:
    """A working directory in which nothing has run."""
    empty = Workplace(tmp_path / "empty")
    empty.configure(tiny=tiny)
    return empty


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory) -> Workplace:
    """The one finished run of the tiny cohort, shared by all workers; only to be read."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    run = Workplace(base / "finished")
    with FileLock(f"{run.folder}.lock"):
        if not (run / "finished").exists():
            run.configure(tiny=TINY)
            run.run()
            (run / "finished").touch()
    return run


@pytest.fixture
def finished(finished_run, tmp_path) -> Workplace:
    """A copy of the finished run to work in, times of modification kept."""
    shutil.copytree(finished_run.folder, tmp_path / "finished")
    return Workplace(tmp_path / "finished")
