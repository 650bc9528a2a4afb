"""The Methods text: what was done, in sentences made from the settings and numbers actually used."""

import unicodedata

from syncohort.report.contents import CohortReport
from syncohort.report.expression.methods import expression_methods
from syncohort.report.histology.methods import histology_methods
from syncohort.report.mri.methods import REFERENCES as IMAGE_REFERENCES
from syncohort.report.mri.methods import image_methods
from syncohort.report.nodule.methods import nodule_methods
from syncohort.report.radiogenomics.methods import radiogenomics_methods
from syncohort.report.references import REFERENCES


def methods_text(report: CohortReport) -> tuple[list[str], list[str]]:
    """Write the paragraphs of the Methods text and the references they cite, in alphabetical order."""
    text, references, datasets = "", REFERENCES | IMAGE_REFERENCES, report.provenance.get("datasets", [])
    if report.cohort is not None:
        text, own = expression_methods(report)
        references = references | own
    if report.images is not None:
        text += "\n\n" + image_methods(report)
        datasets = [*datasets, *report.images.provenance["datasets"]]
    for wing in (report.nodules, report.histology):
        if wing is not None:
            datasets = [*datasets, *wing.provenance["datasets"]]
    wings = (
        (report.nodules, nodule_methods),
        (report.histology, histology_methods),
        (report.radiogenomics, radiogenomics_methods),
    )
    for found, write in wings:
        if found is not None:
            more, own = write(report)
            text, references = text + "\n\n" + more, references | own
    # Paragraphs end in two line breaks; single ones are those of the template.
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    cited = " ".join(paragraphs)
    listed = {text for key, text in references.items() if key in cited} | {dataset["citation"] for dataset in datasets}
    return [paragraph for paragraph in paragraphs if paragraph], sorted(listed, key=_without_accents)


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFD", text).casefold()
