"""`snakemake --profile slurm-gpu` in a fresh clone: the report is there, and only trainings had a GPU."""

import re
from pathlib import Path

import pytest

SPLITS = ("full", "fold0", "fold1")
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
pytestmark = pytest.mark.slurm


def test_the_page_is_there(finished):
    assert (finished.folder / "results/tiny/report.html").stat().st_size > 10_000
    assert (finished.folder / "results/index.html").exists()


def test_exactly_the_trainings_had_a_gpu(slurm, finished):
    records = [slurm.job(job) for job in finished.jobs()]
    assert {record["JobState"] for record in records} == {"COMPLETED"}
    with_gpu = {record["Comment"] for record in records if "gpu" in record.get("TresPerJob", "")}
    trainings = {f"rule_expression_train_generator_wildcards_tiny_pathway_{split}_wgan-gp" for split in SPLITS}
    assert with_gpu == trainings
    assert {record["Partition"] for record in records if record["Comment"] in trainings} == {"gpu"}
    assert {record["Partition"] for record in records if record["Comment"] not in trainings} == {"cpu"}


def test_short_jobs_travel_together(finished):
    assert len(finished.jobs()) == 1 + len(SPLITS) + len(SPLITS) + len(SPLITS) + 1


def test_the_sbatch_lines(finished):
    assert sbatch_lines(finished) == (GOLDEN / "sbatch.gpus.txt").read_text()


def test_a_site_that_knows_only_gres_with_the_command_as_it_is_installed(slurm, training):
    (training.folder / "bin/snakemake").unlink()
    (training.folder / "sbatch.txt").unlink()
    training.configure(max_steps=30)
    training.site(gpu_request="gres", gpu_type="h200")
    training.run(training.target)
    assert sbatch_lines(training) == (GOLDEN / "sbatch.gres.txt").read_text()
    record = slurm.job(training.jobs()[0])
    assert (record["JobState"], record["TresPerNode"]) == ("COMPLETED", "gres:gpu:h200:1")


def sbatch_lines(clone):
    """How sbatch was called, without what differs from run to run, sorted; memory follows the files' sizes a little."""
    text = (clone.folder / "sbatch.txt").read_text().replace(str(clone.folder), "DIRECTORY")
    text = re.sub(r"--job-name \S+", "--job-name RUN", text)
    text = re.sub(r"--mem (\d+)", lambda match: f"--mem {round(int(match[1]), -2)}", text)
    return "".join(sorted(text.splitlines(keepends=True)))
