"""KEGG's flat file gives the symbols of its genes and nothing else."""

import pytest

from syncohort.core.errors import InputError
from syncohort.sources.download.cache import Dataset
from syncohort.sources.services.kegg import parse_entry, read_pathway
from tests.services.kegg import INVENTED, RELEASE, flat_file

SYMBOLS = [symbol for symbol in INVENTED.genes.values() if symbol]


@pytest.fixture
def make_dataset(tmp_path):
    """Make a fetched pathway of some text."""

    def make(text, release=RELEASE):
        (tmp_path / "hsa99901.txt").write_text(text)
        (tmp_path / "release.txt").write_text(release)
        return Dataset("kegg/hsa99901", tmp_path, {"notice": "Academic use only."})

    return make


@pytest.fixture
def entry():
    return flat_file("hsa99901", INVENTED)


def test_symbols_in_the_order_of_the_entry(make_dataset, entry, caplog):
    caplog.set_level("INFO")
    assert read_pathway(make_dataset(entry), "hsa99901") == SYMBOLS
    assert caplog.messages == [
        "KEGG pathway hsa99901, Invented signalling - Homo sapiens (human) (Release 120.0+/11-20, Nov 26): 30 gene "
        "symbols, 1 genes without one or repeated",
        "Academic use only.",
    ]


def test_line_endings_of_other_systems(make_dataset, entry):
    assert read_pathway(make_dataset(entry.replace("\n", "\r\n")), "hsa99901") == SYMBOLS


def test_prefix_of_older_answers(make_dataset, entry):
    older = entry.replace("ENTRY       hsa99901", "ENTRY       path:hsa99901")
    assert read_pathway(make_dataset(older), "hsa99901") == SYMBOLS


def test_symbols_as_kegg_writes_them(make_dataset):
    genes = (
        "GENE        3265  HRAS; HRas proto-oncogene, GTPase [KO:K02833]\n"
        "            3105  HLA-A; major histocompatibility complex, class I, A [KO:K06751]\n"
        "            100132285  KIR2DS2; killer cell immunoglobulin like receptor; two Ig domains\n"
        "            105369632  uncharacterized LOC105369632; with a semicolon\n"
        "            7157  TP53; tumor protein p53 [KO:K04451] [EC:3.1.3.67 2.7.11.1]\n"
        "            3265  HRAS; HRas proto-oncogene, GTPase [KO:K02833]\n"
        "COMPOUND    C00076  Calcium cation; Ca2+\n"
    )
    text = f"ENTRY       hsa99901                    Pathway\n{genes}///\n"
    assert read_pathway(make_dataset(text), "hsa99901") == ["HRAS", "HLA-A", "KIR2DS2", "TP53"]


def test_unknown_release_is_no_obstacle(make_dataset, entry, caplog):
    caplog.set_level("INFO")
    read_pathway(make_dataset(entry, "nothing of use"), "hsa99901")
    assert "(release unknown)" in caplog.text


def test_keys_and_their_lines(entry):
    fields = parse_entry(entry.splitlines())
    assert fields["NAME"] == ["Invented signalling - Homo sapiens (human)"]
    assert fields["DESCRIPTION"] == [
        "GENE here is no key; nor is what follows.",
        "A description goes on in a second line.",
    ]
    assert len(fields["GENE"]) == 31
    assert fields["AUTHORS"] == ["Nobody N."]


WRONG = [
    ("", "{folder}/hsa99901.txt is cut off, for it lacks the end mark ///. "),
    ("ENTRY       hsa99901   Pathway\nGENE        1  A; a\n", "{folder}/hsa99901.txt is cut off, for it lacks"),
    ("ENTRY       hsa00010   Pathway\n///\n", "{folder}/hsa99901.txt is the entry 'hsa00010 Pathway', not hsa99901. "),
    ("ENTRY       hsa99901   Pathway\n///\n", "hsa99901 has no genes with symbols. Name another pathway, such as "),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG, ids=["empty", "cut off", "another entry", "no genes"])
def test_what_is_no_pathway(make_dataset, tmp_path, text, sentence):
    with pytest.raises(InputError) as error:
        read_pathway(make_dataset(text), "hsa99901")
    assert str(error.value).startswith(f"expression.pathway.kegg: {sentence.format(folder=tmp_path)}")
