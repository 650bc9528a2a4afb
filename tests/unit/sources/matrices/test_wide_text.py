"""Some columns of large matrices, in little memory."""

import gzip
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncohort.core.errors import InputError
from syncohort.sources.matrices.wide_text import read_heading, read_samples

TABLE = "#1.2\n2\t3\nName\tDescription\ts1\ts2\ts3\nENSG1.1\tA\t1\tNA\t3\nENSG2.1\tB\t4.5\t\t6e-1\n"
# In a process of its own, whose peak the kernel counts; what the libraries need is taken off.
PEAK_MEMORY = """
import re, sys
from pathlib import Path
from syncohort.sources.matrices.wide_text import read_heading, read_samples
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
path, before = Path(sys.argv[1]), peak()
heading = read_heading(path, "key")
values, _ = read_samples(path, heading[1:11], names=heading[:1], key="key")
assert values.shape == (10, 4000), values.shape
print(peak() - before)
"""


@pytest.mark.parametrize("name", ["m.gct", "m.gct.gz"])
def test_chosen_samples(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(TABLE.encode()) if name.endswith("gz") else TABLE.encode())
    assert read_heading(path, "key", 2) == ["Name", "Description", "s1", "s2", "s3"]
    values, names = read_samples(path, ["s3", "s2"], names=["Name", "Description"], key="key", skip=2)
    np.testing.assert_array_equal(values, np.array([[3, 0.6], [np.nan, np.nan]], dtype=np.float32))
    assert names.to_numpy().tolist() == [["ENSG1.1", "A"], ["ENSG2.1", "B"]]


def test_damaged_files(tmp_path):
    path = tmp_path / "m.tsv.gz"
    path.write_bytes(gzip.compress(TABLE.encode() * 500)[:200])
    with pytest.raises(InputError, match=r"^key: .*could not be read: .*It may be cut off or damaged"):
        read_samples(path, ["s1"], names=["Name"], key="key", skip=2)
    path = tmp_path / "m.tsv"
    path.write_text(TABLE.replace("4.5", "high"))
    with pytest.raises(InputError, match=r"^key: .*could not be read: .*high"):
        read_samples(path, ["s1"], names=["Name"], key="key", skip=2)
    path.write_text("<html>\n")
    with pytest.raises(InputError, match=r"is not a table: '<html>"):
        read_heading(path, "key")


def test_memory_is_bounded(tmp_path):
    """A matrix of 220 MB of text, of which ten samples are read."""
    path = tmp_path / "m.tsv.gz"
    row = "\t".join(f"{number % 997}.25{number % 89:02d}" for number in range(6000))
    with gzip.open(path, "wt", compresslevel=1) as opened:
        opened.write("\t".join(["gene", *(f"s{number}" for number in range(6000))]) + "\n")
        for number in range(4000):
            opened.write(f"G{number}\t{row}\n")
    run = subprocess.run(
        [sys.executable, "-c", PEAK_MEMORY, str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    assert int(run.stdout) < 200 * 1024, "more than 200 MiB for ten columns"


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.floats(0, 1e6, width=32), min_size=4, max_size=4), min_size=1, max_size=6),
    st.permutations(range(4)),
)
def test_any_order_of_samples(tmp_path_factory, rows, order):
    path = tmp_path_factory.mktemp("wide") / "m.tsv"
    lines = ["gene\ta\tb\tc\td", *("\t".join([f"G{n}", *map(repr, row)]) for n, row in enumerate(rows))]
    path.write_text("\n".join(lines) + "\n")
    values, _ = read_samples(path, ["abcd"[place] for place in order], names=["gene"], key="key")
    np.testing.assert_array_equal(values, np.array(rows, dtype=np.float32).T[list(order)])
