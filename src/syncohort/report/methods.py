"""The Methods text: what was done, in sentences made from the settings and numbers actually used."""

import unicodedata
from collections.abc import Iterator

from syncohort.core.cohort import scale_of
from syncohort.expression.evaluation import NAMED
from syncohort.report.contents import CohortReport
from syncohort.report.datasets import describe
from syncohort.report.rendering import templates
from syncohort.report.summary import CohortNumbers

REFERENCES = {
    "Benjamini and Hochberg, 1995": (
        "Benjamini Y, Hochberg Y. Controlling the false discovery rate: a practical and powerful approach to multiple "
        "testing. Journal of the Royal Statistical Society B 57(1):289–300, 1995."
    ),
    "Gulrajani et al., 2017": (
        "Gulrajani I, Ahmed F, Arjovsky M, Dumoulin V, Courville A. Improved training of Wasserstein GANs. Advances in "
        "Neural Information Processing Systems 30, 2017."
    ),
    "Kanehisa and Goto, 2000": (
        "Kanehisa M, Goto S. KEGG: Kyoto Encyclopedia of Genes and Genomes. Nucleic Acids Research 28(1):27–30, 2000."
    ),
    "Kingma and Ba, 2015": (
        "Kingma DP, Ba J. Adam: a method for stochastic optimization. International Conference on Learning "
        "Representations, 2015."
    ),
    "Mann and Whitney, 1947": (
        "Mann HB, Whitney DR. On a test of whether one of two random variables is stochastically larger than the "
        "other. Annals of Mathematical Statistics 18(1):50–60, 1947."
    ),
    "Mölder et al., 2021": (
        "Mölder F, Jablonski KP, Letcher B, et al. Sustainable data analysis with Snakemake. F1000Research 10:33, 2021."
    ),
    "Székely and Rizzo, 2013": (
        "Székely GJ, Rizzo ML. Energy statistics: a class of statistics based on distances. Journal of Statistical "
        "Planning and Inference 143(8):1249–1272, 2013."
    ),
    "Viñas et al., 2022": (
        "Viñas R, Andrés-Terré H, Liò P, Bryson K. Adversarial generation of gene expression data. Bioinformatics "
        "38(3):730–737, 2022."
    ),
    "Virshup et al., 2021": (
        "Virshup I, Rybakov S, Theis FJ, Angerer P, Wolf FA. anndata: annotated data. bioRxiv 2021.12.16.473007, 2021."
    ),
    "Wilcoxon, 1945": "Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bulletin 1(6):80–83, 1945.",
}
UNITS = {"counts": "counts", "tpm": "TPM", "fpkm": "FPKM"}


def methods_text(report: CohortReport) -> tuple[list[str], list[str]]:
    """Write the paragraphs of the Methods text and the references they cite, in alphabetical order."""
    scale = scale_of(report.cohort)
    datasets = report.provenance.get("datasets", [])
    versions = {"snakemake": "", **report.provenance["versions"]}
    text = (
        templates()
        .get_template("methods.txt")
        .render(
            report=report,
            settings=report.settings,
            source=next(iter(report.settings["source"].values())),
            datasets=describe(datasets),
            expression=report.settings["expression"],
            numbers=CohortNumbers.of(report.cohort),
            scale=scale,
            unit=scale.unit if scale.is_log else UNITS[scale.name],
            # Each model once, whatever the number of selections it was trained on.
            models={model.name: model for selection in report.selections for model in selection.models}.values(),
            covariates=list(_covariates(report)),
            most_variable=NAMED,
            versions=versions,
            packages=[
                f"{name} {version}" for name, version in versions.items() if name not in ("syncohort", "snakemake")
            ],
        )
    )
    # Paragraphs end in two line breaks; single ones are those of the template.
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    cited = " ".join(paragraphs)
    references = {reference for key, reference in REFERENCES.items() if key in cited}
    references |= {dataset["citation"] for dataset in datasets}
    return [paragraph for paragraph in paragraphs if paragraph], sorted(references, key=_alphabetical)


def _alphabetical(reference: str) -> str:
    """Sort letters with accents beside those without."""
    return unicodedata.normalize("NFD", reference)


def _covariates(report: CohortReport) -> Iterator[str]:
    """Name what the networks are told of a sample."""
    if report.cohort.obs["condition"].nunique() > 1:
        yield "the condition"
    yield from report.settings["covariates"]["categorical"]
    yield from (f"standardised {name}" for name in report.settings["covariates"]["numeric"])
