"""The Methods text on gene expression."""

from collections.abc import Iterator

from syncohort.core.cohort import scale_of
from syncohort.core.kinds import Kind, read_kind
from syncohort.expression.spaces import NAMED
from syncohort.report.contents import CohortReport
from syncohort.report.datasets import describe
from syncohort.report.expression.contents import ModelReport
from syncohort.report.rendering import templates
from syncohort.report.summary import CohortNumbers

UNITS = {"counts": "counts", "tpm": "TPM", "fpkm": "FPKM"}


def expression_methods(report: CohortReport) -> tuple[str, dict[str, str]]:
    """Write the text on gene expression, and give the references that its kinds of generators bring along."""
    scale = scale_of(report.cohort)
    datasets = report.provenance.get("datasets", [])
    # Each model once, whatever the number of selections it was fitted to.
    models = {model.name: model for selection in report.selections for model in selection.models}
    kinds = {name: read_kind(model.settings["kind"], "expression") for name, model in models.items()}
    references = {key: text for kind in kinds.values() for key, text in kind.references.items()}
    text = (
        templates()
        .get_template("methods_expression.txt")
        .render(
            report=report,
            settings=report.settings,
            source=next(iter(report.settings["source"].values())),
            datasets=describe(datasets),
            expression=report.settings["expression"],
            numbers=CohortNumbers.of(report.cohort),
            scale=scale,
            unit=scale.unit if scale.is_log else UNITS[scale.name],
            generators=[(model, _generator(model, kinds[model.name])) for model in models.values()],
            covariates=list(_covariates(report)),
            most_variable=NAMED,
        )
    )
    return text, references


def _generator(model: ModelReport, kind: Kind) -> str:
    """Say what a generator is, in the words of its kind; one without words goes by its docstring."""
    own = f"is of the kind {kind.name}: {kind.description}".rstrip(".") + "."
    return templates().from_string(kind.methods or own).render(model.settings)


def _covariates(report: CohortReport) -> Iterator[str]:
    """Name what the generators are told of a sample."""
    if report.cohort.obs["condition"].nunique() > 1:
        yield "the condition"
    yield from report.settings["covariates"]["categorical"]
    yield from (f"standardised {name}" for name in report.settings["covariates"]["numeric"])
