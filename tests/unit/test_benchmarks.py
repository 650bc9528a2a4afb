"""Benchmarks are not run by the tests, but they must still find and import what they measure."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = sorted((Path(__file__).resolve().parents[2] / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_it_can_be_imported_by_its_path_alone(path, tmp_path):
    load = f"import runpy; runpy.run_path({str(path)!r}, run_name='imported')"
    subprocess.run([sys.executable, "-P", "-c", load], cwd=tmp_path, check=True, env={"PATH": "/usr/bin:/bin"})
