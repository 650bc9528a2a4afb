"""Writes that are whole or absent, and equal for equal content."""

import errno
import os
import subprocess

import numpy as np
import pandas as pd
import pytest

from syncohort.core.cohort import make_cohort, write_cohort
from syncohort.core.errors import InputError
from syncohort.core.io import atomic_path, read_tsv, sha256, write_tsv
from syncohort.core.scale import Scale


def test_failure_keeps_the_old_file_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "table.tsv"
    path.write_text("old")

    def write_half():
        with atomic_path(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_temporary_name_keeps_the_suffixes(tmp_path):
    with atomic_path(tmp_path / "table.tsv.gz") as temporary:
        assert temporary.suffixes[-2:] == [".tsv", ".gz"]
        temporary.touch()


def test_full_disk_is_told_and_keeps_the_old_file(tmp_path):
    path = tmp_path / "table.tsv"
    path.write_text("old")
    with pytest.raises(InputError) as error, atomic_path(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(error.value) == (
        f"The disk is full: {path} could not be written. Free some space or work in another folder "
        "(snakemake --directory), then start again; finished files are kept."
    )
    assert path.read_text() == "old"


def table(path):
    write_tsv(pd.DataFrame({"value": os.urandom(200_000).hex()}, index=range(2)), path)


def cohort(path):
    samples = pd.DataFrame({"patient_id": ["P1", "P2"], "condition": "tumour"}, index=["S1", "S2"])
    genes = pd.DataFrame(index=[f"G{number}" for number in range(50_000)])
    values = np.random.default_rng(0).random((2, 50_000))
    write_cohort(make_cohort(values, samples, genes, Scale("counts"), {}), path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize(("write", "name"), [(table, "table.tsv"), (table, "table.tsv.gz"), (cohort, "cohort.h5ad")])
def test_really_full_disk(tmp_path, write, name):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        with pytest.raises(InputError, match="The disk is full"):
            write(tmp_path / name)
        assert list(tmp_path.iterdir()) == []
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_equal_tables_give_equal_gzip_bytes(tmp_path):
    table = pd.DataFrame({"gene": ["NA", "TP53"], "value": [1.5, None]})
    first, second = tmp_path / "first.tsv.gz", tmp_path / "second.tsv.gz"
    write_tsv(table, first)
    os.utime(first, (0, 0))
    write_tsv(table, second)
    assert sha256(first) == sha256(second)


def test_gene_named_na_survives_the_round_trip(tmp_path):
    table = pd.DataFrame({"gene": ["NA", "TP53"], "value": [1.5, None]})
    write_tsv(table, tmp_path / "table.tsv")
    assert read_tsv(tmp_path / "table.tsv").equals(table)
