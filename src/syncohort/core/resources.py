"""Time and memory per rule as jobs needed them: `python -m syncohort.core.resources [logs]`."""

import math
import re
import sys
from pathlib import Path

import pandas as pd

from syncohort.core.errors import InputError

SUFFIX = ".benchmark.tsv"
# The line of a training's log, in megabytes, as `logging` takes it.
PEAK_GPU_MEMORY = "Peak GPU memory: %.0f MB."


def measured_resources(logs: Path) -> pd.DataFrame:
    """Summarise the benchmark files of all jobs below a log folder.

    Parameters
    ----------
    logs
        Folder with `{rule}.benchmark.tsv`, `{cohort}/{rule}.benchmark.tsv` and `{cohort}/{rule}/….benchmark.tsv`.

    Returns
    -------
    DataFrame
        One row per rule: `rule`, `jobs`, `seconds_median`, `seconds_max` (wall time), `cpu_seconds_max`,
        `memory_mb_max` (peak resident memory; missing where every job was too short to be measured) and
        `gpu_memory_mb_max` (peak memory that PyTorch took on one GPU; missing where no job had one).

    Raises
    ------
    InputError
        When there are no benchmark files.
    """
    paths = sorted(logs.rglob(f"*{SUFFIX}"))
    if not paths:
        raise InputError(f"No *{SUFFIX} below {logs}. Run the workflow first, or name the folder of its logs.")
    # Snakemake writes a dash or NA for what it had no time to measure.
    tables = [
        pd.read_csv(path, sep="\t", na_values=["-"]).assign(rule=rule_of(path, logs), gpu_memory=gpu_memory_of(path))
        for path in paths
    ]
    jobs = pd.concat(tables)
    return jobs.groupby("rule", as_index=False).agg(
        jobs=("s", "size"),
        seconds_median=("s", "median"),
        seconds_max=("s", "max"),
        cpu_seconds_max=("cpu_time", "max"),
        memory_mb_max=("max_rss", "max"),
        gpu_memory_mb_max=("gpu_memory", "max"),
    )


def rule_of(path: Path, logs: Path) -> str:
    """Name of the rule that a benchmark file belongs to."""
    parts = path.relative_to(logs).parts
    return parts[1] if len(parts) > 2 else parts[-1].removesuffix(SUFFIX)


def gpu_memory_of(path: Path) -> float:
    """Peak GPU memory in megabytes from the log beside a benchmark file, NaN where it has none."""
    log = path.with_name(path.name.removesuffix(SUFFIX) + ".log")
    pattern = re.escape(PEAK_GPU_MEMORY).replace(re.escape("%.0f"), r"(\d+)")
    found = re.findall(pattern, log.read_text(encoding="utf-8")) if log.exists() else []
    return max(map(float, found), default=math.nan)


def main(logs: Path) -> None:
    """Print the table, and what its last column lacks."""
    table = measured_resources(logs)
    print(table.to_string(index=False, float_format="%.1f", na_rep="-"))
    if table["gpu_memory_mb_max"].isna().all():
        print("No job had a GPU: the trainings ran on the CPU.")


if __name__ == "__main__":
    try:
        main(Path(*sys.argv[1:] or ["logs"]))
    except InputError as error:
        sys.exit(f"ERROR: {error}")
