"""What the profile that Snakemake finds by itself adds to a command."""

import subprocess
import sys

import pytest

from .conftest import ROOT

# Snakemake's own reading of a command line, in a process of its own.
READ = (
    "import sys; from snakemake.cli import parse_args; _, args = parse_args(sys.argv[1:]); print(args.cores, args.jobs)"
)


def cores_and_jobs(*arguments: str) -> list[str]:
    command = [sys.executable, "-c", READ, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_download_needs_no_cores():
    cores, jobs = cores_and_jobs("download")
    assert int(cores) >= 1
    assert jobs == "None"
    assert cores_and_jobs("download", "--cores", "3") == ["3", "None"]


@pytest.mark.parametrize(
    "arguments", [[], ["all"], ["--config", "cache=download"]], ids=["nothing", "all", "a setting"]
)
def test_other_commands_ask_for_cores_as_ever(arguments):
    assert cores_and_jobs(*arguments) == ["None", "None"]


@pytest.mark.parametrize(
    "arguments", [["--profile", "slurm-gpu"], ["--profile=slurm-gpu"], ["--executor", "slurm"]], ids=" ".join
)
def test_a_cluster_gets_no_limit(arguments):
    assert cores_and_jobs(*arguments, "download", "all")[0] == "None"
