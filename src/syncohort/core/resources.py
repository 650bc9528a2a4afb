"""Time and memory per rule as jobs needed them: `python -m syncohort.core.resources [logs]`."""

import sys
from pathlib import Path

import pandas as pd

from syncohort.core.errors import InputError

SUFFIX = ".benchmark.tsv"


def measured_resources(logs: Path) -> pd.DataFrame:
    """Summarise the benchmark files of all jobs below a log folder.

    Parameters
    ----------
    logs
        Folder with `{rule}.benchmark.tsv`, `{cohort}/{rule}.benchmark.tsv` and `{cohort}/{rule}/….benchmark.tsv`.

    Returns
    -------
    DataFrame
        One row per rule: `rule`, `jobs`, `seconds_median`, `seconds_max` (wall time), `cpu_seconds_max` and
        `memory_mb_max` (peak resident memory; missing where every job was too short to be measured).

    Raises
    ------
    InputError
        When there are no benchmark files.
    """
    paths = sorted(logs.rglob(f"*{SUFFIX}"))
    if not paths:
        raise InputError(f"No *{SUFFIX} below {logs}. Run the workflow first, or name the folder of its logs.")
    # Snakemake writes a dash or NA for what it had no time to measure.
    jobs = pd.concat([pd.read_csv(path, sep="\t", na_values=["-"]).assign(rule=rule_of(path, logs)) for path in paths])
    return jobs.groupby("rule", as_index=False).agg(
        jobs=("s", "size"),
        seconds_median=("s", "median"),
        seconds_max=("s", "max"),
        cpu_seconds_max=("cpu_time", "max"),
        memory_mb_max=("max_rss", "max"),
    )


def rule_of(path: Path, logs: Path) -> str:
    """Name of the rule that a benchmark file belongs to."""
    parts = path.relative_to(logs).parts
    return parts[1] if len(parts) > 2 else parts[-1].removesuffix(SUFFIX)


if __name__ == "__main__":
    try:
        print(measured_resources(Path(*sys.argv[1:] or ["logs"])).to_string(index=False, float_format="%.1f"))
    except InputError as error:
        sys.exit(f"ERROR: {error}")
