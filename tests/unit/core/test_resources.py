import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

import syncohort
from syncohort.core.errors import InputError
from syncohort.core.resources import PEAK_GPU_MEMORY, measured_resources

HEADING = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


@pytest.fixture
def logs(tmp_path):
    """Benchmark files as Snakemake writes them: of a rule of its own, one per cohort and one per split."""
    for name, seconds, memory, cpu in [
        ("report_write_index", "0.04", "-", "0"),
        ("one/cohort_split", "1.5", "150.25", "0.9"),
        ("one/train/all.fold0", "10.0", "400.0", "9.0"),
        ("one/train/all.fold1", "30.0", "300.0", "25.0"),
        ("two/train/all.fold0", "20.0", "NA", "NA"),
    ]:
        path = tmp_path / f"{name}.benchmark.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{HEADING}{seconds}\t0:00:01\t{memory}\t1\t1\t1\t0\t0\t90\t{cpu}\n")
    (tmp_path / "one/cohort_split.log").write_text("done")
    for name, megabytes in [("one/train/all.fold0", 812.4e6), ("two/train/all.fold0", 1999.6e6)]:
        line = PEAK_GPU_MEMORY % (megabytes / 1e6)
        (tmp_path / f"{name}.log").write_text(f"12:00:00 step 1/1\n12:00:01 {line}\n")
    return tmp_path


def test_jobs_of_a_rule_are_joined_over_splits_and_cohorts(logs):
    table = measured_resources(logs).set_index("rule")
    assert table["jobs"].to_dict() == {"cohort_split": 1, "report_write_index": 1, "train": 3}
    assert table.loc["train"].to_list() == [3, 20.0, 30.0, 25.0, 400.0, 2000.0]
    assert math.isnan(table.loc["report_write_index", "memory_mb_max"])
    assert math.isnan(table.loc["cohort_split", "gpu_memory_mb_max"])


def printed_table(logs):
    command = [sys.executable, "-m", "syncohort.core.resources", str(logs)]
    environment = {**os.environ, "PYTHONPATH": str(Path(syncohort.__file__).parents[1])}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.splitlines()


def test_the_command_prints_the_table(logs):
    heading, _, _, train = printed_table(logs)
    assert heading.split() == [
        "rule",
        "jobs",
        "seconds_median",
        "seconds_max",
        "cpu_seconds_max",
        "memory_mb_max",
        "gpu_memory_mb_max",
    ]
    assert train.split() == ["train", "3", "20.0", "30.0", "25.0", "400.0", "2000.0"]


def test_the_command_says_that_there_was_no_gpu(logs):
    for log in logs.glob("*/train/*.log"):
        log.write_text("12:00:00 Trained on the CPU: no GPU memory was used.\n")
    *_, train, last = printed_table(logs)
    assert train.split() == ["train", "3", "20.0", "30.0", "25.0", "400.0", "-"]
    assert last == "No job had a GPU: the trainings ran on the CPU."


def test_a_folder_without_benchmarks_is_refused(tmp_path):
    with pytest.raises(InputError) as refused:
        measured_resources(tmp_path)
    assert str(refused.value) == (
        f"No *.benchmark.tsv below {tmp_path}. Run the workflow first, or name the folder of its logs."
    )
