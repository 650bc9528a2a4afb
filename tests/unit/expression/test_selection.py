from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest

from syncohort.core.cohort import make_cohort
from syncohort.core.errors import InputError
from syncohort.core.scale import Scale
from syncohort.expression.selection import differential_genes, listed_genes, most_variable_genes, pathway_genes, select

REMOVED = pd.DataFrame(
    [["sample", "E", "no expression in any gene"], ["gene", "Z", "no expression in any training sample"]],
    columns=["kind", "name", "reason"],
)


def cohort_of(values: dict[str, list[float]], scale: Scale = Scale("counts")) -> anndata.AnnData:  # noqa: B008
    matrix = np.array(list(values.values()), dtype=float).T
    samples = pd.DataFrame(
        {"patient_id": [f"P{row}" for row in range(len(matrix))], "condition": "tumour"},
        index=[f"S{row}" for row in range(len(matrix))],
    )
    return make_cohort(matrix, samples, pd.DataFrame(index=list(values)), scale, provenance={})


COHORT = cohort_of({"A": [1, 2, 3], "B": [0, 5, 9], "C": [4, 4, 4], "D": [9, 1, 1], "E": [3, 2, 2]})


def tables(p_values: list[float], changes: list[float], alpha: float = 0.05) -> tuple[pd.DataFrame, pd.DataFrame]:
    genes = [f"G{number}" for number in range(len(p_values))]
    p_adjusted = np.minimum(1, len(genes) * np.array(p_values))
    test = pd.DataFrame(
        {"gene": genes, "p_value": p_values, "p_adjusted": p_adjusted, "significant": p_adjusted <= alpha}
    )
    # In another order, since the tables are matched by gene.
    return test, pd.DataFrame({"gene": genes, "log2_fold_change": changes}).iloc[::-1]


def test_every_requested_gene_gets_a_status(caplog):
    caplog.set_level("INFO", logger="syncohort")
    table = select("pathway", ["D", "X", "Z", "C", "A", "B", "A", "Y"], COHORT, REMOVED)
    assert table.to_numpy().tolist() == [
        ["D", "selected"],
        ["X", "not in the cohort"],
        ["Z", "removed by the filter"],
        ["C", "constant"],
        ["A", "selected"],
        ["B", "selected"],
        ["Y", "not in the cohort"],
    ]
    assert caplog.messages == [
        "2 of 7 requested genes are not in the cohort: X, Y",
        "1 of 7 requested genes are removed by the filter: Z",
        "1 of 7 requested genes are constant: C",
        "selection pathway has 3 genes",
    ]


def test_a_removed_sample_is_no_removed_gene():
    assert select("list", ["E", "A", "B"], COHORT, REMOVED)["status"].tolist() == ["selected"] * 3


@pytest.mark.parametrize(
    ("selection", "remedy"),
    [
        ("pathway", "Name another pathway in expression.pathway or give expression.pathway.genes"),
        ("list", "Add genes to expression.list.genes or expression.list.file"),
        ("all", "Give a cohort with more genes or set expression.all.number to null"),
    ],
)
def test_fewer_than_three_genes(selection, remedy):
    with pytest.raises(InputError) as error:
        select(selection, ["A", "B", "C", "Z", "X", "Y"], COHORT, REMOVED)
    assert str(error.value) == (
        f"Selection {selection} leaves 2 of 6 requested genes, and at least 3 are needed: 2 not in the cohort; "
        f"1 removed by the filter; 1 constant. {remedy}; the cohort spells its genes like A."
    )


def test_deg_takes_both_directions_and_the_threshold_itself():
    test, change = tables([1e-9, 1e-9, 1e-9, 1e-9, 0.5, 1e-9], [1.5, -1.5, 1.499, 3.0, 4.0, -2.0])
    assert differential_genes(test, change) == ["G0", "G1", "G3", "G5"]
    assert differential_genes(test, change, threshold=0.585) == ["G0", "G1", "G2", "G3", "G5"]


def test_too_few_deg_say_what_other_settings_would_leave():
    # Bonferroni needs p <= 0.01: G0, G1; Benjamini and Hochberg add G2 and G3 (0.02 <= 3/5 x 0.05, 0.03 <= 4/5 x 0.05).
    test, change = tables([1e-6, 0.001, 0.02, 0.03, 0.9], [2.0, 1.0, 1.8, -0.9, 5.0])
    with pytest.raises(InputError) as error:
        differential_genes(test, change)
    assert str(error.value) == (
        "Selection deg leaves 1 of 5 genes, and at least 3 are needed: 2 are significant at expression.test.alpha "
        "0.05 and 3 have |log2 fold change| >= 1.5. Half the expression.fold_change.threshold (0.75) would leave 2 "
        "genes, expression.test.correction: benjamini_hochberg would leave 2, and both 4."
    )


GMT = "hsa05214\tna\tEGFR\tTP53\tPTEN\nhsa05211\tna\tVHL\tEPAS1\tVHL\t\n\n"


@pytest.fixture
def gmt(tmp_path) -> Path:
    (tmp_path / "sets.gmt").write_text(GMT)
    return tmp_path / "sets.gmt"


def test_pathway_from_gmt_or_given(gmt):
    assert pathway_genes(gene_sets=gmt, name="hsa05211") == ["VHL", "EPAS1"]
    assert pathway_genes(gene_sets=gmt, name="hsa05211", genes=[" VHL ", "MET"]) == ["VHL", "MET"]


def test_pathways_of_kegg_have_their_known_sizes(shared_data):
    gene_sets = shared_data / "kegg/KEGG_hsa_2011-03-15_symbols_org.Hs.eg.db-3.16.gmt"
    assert len(pathway_genes(gene_sets=gene_sets, name="hsa05214")) == 65
    assert len(pathway_genes(gene_sets=gene_sets, name="hsa05211")) == 70


@pytest.mark.parametrize(
    ("name", "hint"),
    [("hsa5214", "; did you mean hsa05214?"), ("glioma", ". It begins with hsa05214, hsa05211.")],
)
def test_unknown_pathway(gmt, name, hint):
    with pytest.raises(InputError) as error:
        pathway_genes(gene_sets=gmt, name=name)
    assert str(error.value) == f"expression.pathway.name: {name} is not among the 2 sets of {gmt}{hint}"


def test_gmt_that_is_none(gmt):
    gmt.write_text(GMT + "EGFR\nTP53\n")
    with pytest.raises(InputError) as error:
        pathway_genes(gene_sets=gmt, name="hsa05211")
    assert str(error.value) == (
        f"expression.pathway.gene_sets: line 4 of {gmt} is not GMT: name, description and genes, separated by tabs."
    )


@pytest.mark.parametrize("given", [{}, {"name": "hsa05214"}, {"gene_sets": "sets.gmt"}, {"genes": []}])
def test_pathway_without_genes(given):
    with pytest.raises(InputError) as error:
        pathway_genes(**given)
    assert str(error.value) == (
        "Selection pathway has no genes. Set expression.pathway.kegg, or expression.pathway.gene_sets (a GMT file) and "
        "expression.pathway.name (a set in it), or expression.pathway.genes."
    )


def test_listed_genes_from_configuration_and_file(tmp_path):
    (tmp_path / "genes.txt").write_text("# mine\nMET\n\n VHL # kidney\nEGFR\n")
    assert listed_genes(genes=["VHL", "KIT"], file=tmp_path / "genes.txt") == ["VHL", "KIT", "MET", "EGFR"]
    assert listed_genes(genes=["VHL"]) == ["VHL"]


def test_list_without_genes(tmp_path):
    (tmp_path / "genes.txt").write_text("# none yet\n")
    with pytest.raises(InputError) as error:
        listed_genes(genes=[], file=tmp_path / "genes.txt")
    assert str(error.value) == (
        "Selection list has no genes. Set expression.list.genes, or expression.list.file to a file with one gene "
        "symbol per line."
    )


def test_files_that_cannot_be_read_are_named_with_their_key(tmp_path):
    with pytest.raises(InputError, match=r"^expression.list.file: .*none.txt does not exist"):
        listed_genes(file=tmp_path / "none.txt")
    (tmp_path / "sets.gmt.gz").write_bytes(b"\x1f\x8b\x08\x00\xff\xfe")
    with pytest.raises(InputError, match=r"^expression.pathway.gene_sets: .*sets.gmt.gz could not be read"):
        pathway_genes(gene_sets=tmp_path / "sets.gmt.gz", name="hsa05214")


def test_most_variable_genes_are_judged_on_the_log_scale():
    # LARGE varies most in counts (sd 50, but 5 %); SMALL tenfold.
    cohort = cohort_of({"LARGE": [950, 1000, 1050], "FLAT": [7, 7, 7], "SMALL": [1, 10, 100], "MIDDLE": [5, 10, 20]})
    assert most_variable_genes(cohort, number=2) == ["SMALL", "MIDDLE"]
    assert most_variable_genes(cohort, number=3) == ["LARGE", "SMALL", "MIDDLE"]
    assert most_variable_genes(cohort) == ["LARGE", "FLAT", "SMALL", "MIDDLE"]
    assert most_variable_genes(cohort, number=9) == ["LARGE", "FLAT", "SMALL", "MIDDLE"]


def test_equal_variances_are_taken_in_the_cohorts_order():
    cohort = cohort_of({"B": [0, 2], "A": [2, 0], "C": [4, 6]}, Scale("log2"))
    assert most_variable_genes(cohort, number=2) == ["B", "A"]
