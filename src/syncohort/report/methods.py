"""The Methods text: what was done, in sentences made from the settings and numbers actually used."""

import unicodedata

from syncohort.report.contents import CohortReport
from syncohort.report.expression.methods import expression_methods
from syncohort.report.references import REFERENCES
from syncohort.report.rendering import templates
from syncohort.report.sections import SECTIONS


def methods_text(report: CohortReport) -> tuple[list[str], list[str]]:
    """Write the paragraphs of the Methods text and the references they cite, in alphabetical order."""
    written = [expression_methods(report)] if report.cohort is not None else []
    written += [SECTIONS[wing].methods(report) for wing in report.wings]
    references = REFERENCES.copy()
    for _, own in written:
        references |= own
    # Paragraphs end in two line breaks; single ones are those of the template.
    text = "\n\n".join([*(paragraphs for paragraphs, _ in written), _run(report)])
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    cited = " ".join(paragraphs)
    listed = {text for key, text in references.items() if key in cited}
    listed |= {dataset["citation"] for dataset in report.datasets}
    return [paragraph for paragraph in paragraphs if paragraph], sorted(listed, key=_without_accents)


def _run(report: CohortReport) -> str:
    """Say with what versions the results were made."""
    versions = {"snakemake": "", **report.provenance["versions"]}
    packages = [f"{name} {version}" for name, version in versions.items() if name not in ("syncohort", "snakemake")]
    expressed, commit = report.cohort is not None, report.provenance["commit"]
    template = templates().get_template("methods_run.txt")
    return template.render(versions=versions, packages=packages, expressed=expressed, commit=commit)


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFD", text).casefold()
