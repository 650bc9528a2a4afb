import dataclasses
import re
import unicodedata

import pytest

from syncohort.core.config import merge
from syncohort.report.methods import REFERENCES, methods_text


def text_with(report, **changes) -> tuple[str, list[str]]:
    """Methods text after changes of the settings, given as nested mappings."""
    paragraphs, references = methods_text(dataclasses.replace(report, settings=merge(report.settings, changes)))
    return " ".join(paragraphs), references


@pytest.mark.parametrize(
    "phrase",
    [
        "144 samples (72 tumour, 72 normal) of 72 patients, 72 of them with both, with expression of 400 genes as "
        "log2(x + 1)",
        "Source: The Cancer Genome Atlas Research Network, Nature 499:43–49, 2013.",
        "5 cross-validation folds",
        "15 % took no part in gradient updates",
        "Wilcoxon signed-rank test on the matched tumour and normal samples (Wilcoxon, 1945) with Bonferroni’s "
        "correction, adjusted p ≤ 0.01, and |log2 fold change| ≥ 1.5",
        "pseudo-count of 1.",
        "of 400 tested",
        "holds the 46 genes of the gene set hsa05211",
        "Both networks are told the condition, sex, standardised age.",
        "learning rates 0.0002 (generator) and 0.0002 (critic), batches of 32, 5 critic updates per generator update",
        "λ = 10, for at most 10,000 generator updates.",
        "RMSprop",
        "means over 3 draws",
        "Syncohort 0.1.0 (commit 0123456789ab) under Snakemake 9.13.4 (Mölder et al., 2021)",
        "the 12 most variable ones",
    ],
)
def test_text_carries_the_values_used(report, phrase: str):
    assert phrase in text_with(report)[0]


def test_text_follows_the_settings(report):
    text, references = text_with(
        report, expression={"test": {"method": "rank_sum", "correction": "benjamini_hochberg", "alpha": 0.05}}
    )
    assert "Wilcoxon rank-sum test (Wilcoxon, 1945; Mann and Whitney, 1947)" in text
    assert "control of the false discovery rate (Benjamini and Hochberg, 1995), adjusted p ≤ 0.05" in text
    assert REFERENCES["Benjamini and Hochberg, 1995"] in references
    assert REFERENCES["Mann and Whitney, 1947"] in references


def test_sentences_are_set_apart(report):
    for changes in ({}, {"source": {"simulated": {}}, "expression": {"evaluate": {"named_genes": ["A"]}}}):
        paragraphs = text_with(report, **changes)[0]
        assert not re.search(r"[a-z)][.,;:][A-Za-z]|\s[.,;]|\s\s|\n", paragraphs)


def test_only_what_is_cited_is_listed(report):
    _, references = text_with(report)
    assert REFERENCES["Benjamini and Hochberg, 1995"] not in references
    for key in (
        "Gulrajani et al., 2017", "Viñas et al., 2022", "Wilcoxon, 1945", "Mölder et al., 2021", "Virshup et al., 2021"
    ):  # fmt: skip
        assert REFERENCES[key] in references
    assert references == sorted(references, key=lambda text: unicodedata.normalize("NFD", text))


def test_a_simulated_cohort_is_called_simulated(report):
    text, _ = text_with(report, source={"simulated": {"patients": 60}}, citation="")
    assert "stands for no real patients" in text
    assert "Source:" not in text


def test_named_genes_are_counted(report):
    text, _ = text_with(report, expression={"evaluate": {"named_genes": ["A", "B"]}})
    assert "and on 2 genes named beforehand" in text


KIRC = {"name": "gdc/TCGA-KIRC", "title": "Counts of TCGA-KIRC", "version": "45", "licence": "Free."}
KIRC["citation"] = "Zed AB, Heath AP, et al. A vision. Journal 375(12):1109–1112, 2016."
CGGA = {"name": "cgga/693", "title": "RNA-seq of 693 gliomas", "version": "Of 2020.", "licence": "Free."}
CGGA["citation"] = "Åberg Consortium. The atlas. Journal 1(1):1–2, 2021. doi:10/1999.2."


def of_datasets(report, *datasets):
    """Say in the provenance that the cohort was read from datasets."""
    return dataclasses.replace(report, provenance={**report.provenance, "datasets": datasets})


def test_public_datasets_are_named_and_cited(report):
    text, references = text_with(of_datasets(report, KIRC, CGGA))
    assert "Data: Counts of TCGA-KIRC; version: 45 (Zed et al., 2016)." in text
    assert "Data: RNA-seq of 693 gliomas; version: Of 2020 (Åberg Consortium, 2021)." in text
    assert (references[0], references[-1]) == (CGGA["citation"], KIRC["citation"])


def test_datasets_of_one_citation_are_told_together(report):
    alike = [{**KIRC, "name": f"gdc/{name}", "title": f"Counts of {name}"} for name in "ABCD"]
    text, references = text_with(of_datasets(report, *alike[:2]))
    assert "Data: Counts of A and Counts of B; version: 45 (Zed et al., 2016)." in text
    assert references.count(KIRC["citation"]) == 1
    text, _ = text_with(of_datasets(report, *alike))
    assert "Data: 4 datasets of gdc (A, B, C, D); version: 45 (Zed et al., 2016)." in text


def test_a_kegg_pathway_is_cited(report):
    text, references = text_with(report, expression={"pathway": {"kegg": "hsa05214"}})
    assert "genes of the KEGG pathway hsa05214 (Kanehisa and Goto, 2000)" in text
    assert "KEGG was used under its terms for academic use" in text
    assert REFERENCES["Kanehisa and Goto, 2000"] in references
    assert REFERENCES["Kanehisa and Goto, 2000"] not in text_with(report)[1]


@pytest.mark.parametrize(("missing", "words"), [("zero", "read as not detected"), ("drop_genes", "were left out, and")])
def test_missing_values_of_any_source(report, missing, words):
    geo = dataclasses.replace(report, settings={**report.settings, "source": {"geo": {"missing": missing}}})
    assert words in text_with(geo)[0]
