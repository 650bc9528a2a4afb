"""Wall time of the demo through Slurm against the same demo without it, one after the other on the same cores.

Run: python benchmarks/benchmark_slurm.py, as a user of a Slurm whose only node is this machine. `sudo ROOT=/tmp/slurm
tests/slurm/slurm-up.sh` starts one, slurm-down.sh ends it. The profile is the one that is shipped, unchanged.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORES = len(os.sched_getaffinity(0))
DEMO = ("--config", "cohorts=[demo]")


def run(folder: Path, *options: str) -> tuple[float, str]:
    """Seconds that the demo takes in a fresh clone, and what was printed."""
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    start = time.perf_counter()
    done = subprocess.run(
        ["snakemake", *options, *DEMO],
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(done.stdout)
    return seconds, done.stdout


def main() -> None:
    """Print both times and their ratio."""
    if not shutil.which("sbatch") or subprocess.run(["sinfo"], capture_output=True).returncode:
        print("No Slurm answers here, so there is nothing to compare.")
        return
    with tempfile.TemporaryDirectory() as folder:
        alone, printed = run(Path(folder, "alone"), "--cores", str(CORES))
        steps = re.findall(r"(\d+) of \1 steps", printed)[-1]
        through, printed = run(Path(folder, "slurm"), "--profile", "slurm-gpu")
        jobs = len(set(re.findall(r"SLURM jobid (\d+)", printed)))
    print(f"{steps} steps on {CORES} cores: {alone:.0f} s; through Slurm, in {jobs} jobs: {through:.0f} s")
    print(f"ratio {through / alone:.2f}, {(through - alone) / jobs:.1f} s per Slurm job")


if __name__ == "__main__":
    main()
