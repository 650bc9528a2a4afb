"""GMT files and gene lists."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncohort.core.errors import InputError
from syncohort.sources.genes.gene_sets import read_gene_list, read_gmt, write_gmt

word = st.text(st.characters(codec="ascii", categories=["Lu", "Nd"]), min_size=1, max_size=8)


@settings(max_examples=30)
@given(st.dictionaries(word, st.lists(word, min_size=1, unique=True), min_size=1))
def test_written_sets_are_read_back(tmp_path_factory, sets):
    path = tmp_path_factory.mktemp("gmt") / "sets.gmt"
    write_gmt(sets, path)
    assert read_gmt(path) == sets


def test_tolerates_byte_order_mark_line_endings_and_trailing_tabs(write):
    path = write("sets.gmt", b"\xef\xbb\xbfA\tna\tTP53\tEGFR\tTP53\t\r\n\r\nB\t\tMYC\r\n")
    assert read_gmt(path) == {"A": ["TP53", "EGFR"], "B": ["MYC"]}


def test_gene_list(write):
    assert read_gene_list(write("genes.txt", "# ours\nTP53\n\n EGFR  # amplified\nTP53\n")) == ["TP53", "EGFR"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "A\tna\tTP53\nB\tna\n",
            "Gene sets: line 2 of {path} is not GMT: name, description and genes, separated by tabs.",
        ),
        ("A\tna\tTP53\nA\tna\tMYC\n", "Gene sets: {path} names the set 'A' twice, again in line 2. Rename one."),
        ("\n", "Gene sets: {path} is empty."),
    ],
)
def test_not_gmt(write, content, message):
    path = write("sets.gmt", content)
    with pytest.raises(InputError, match=f"^{re.escape(message.format(path=path))}$"):
        read_gmt(path)


def test_gene_list_of_a_table(write):
    path = write("genes.txt", "TP53\nEGFR\t7\n")
    message = f"Gene list: line 2 of {path} is 'EGFR\\t7'; expected one gene symbol per line and nothing else."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_gene_list(path)


@pytest.mark.parametrize(("reader", "what"), [(read_gmt, "Gene sets"), (read_gene_list, "Gene list")])
def test_missing_file(reader, what, tmp_path):
    message = (
        f"{what}: {tmp_path / 'none'} does not exist. Paths are relative to the folder the workflow runs in "
        f"({Path.cwd()})."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        reader(tmp_path / "none")


def test_kegg(shared_data):
    sets = read_gmt(shared_data / "kegg" / "KEGG_hsa_2011-03-15_symbols_org.Hs.eg.db-3.16.gmt")
    assert len(sets) == 229
    assert (len(sets["hsa05214"]), len(sets["hsa05211"])) == (65, 70)
