"""Settings of gene expression that make no sense."""

from typing import Any

from syncohort.core.errors import InputError, suggest
from syncohort.core.validation import show


def check_expression(values: dict[str, Any], where: str) -> None:
    """Refuse settings of expression that make no sense."""
    expression, covariates = values["expression"], values["covariates"]
    pathway = expression["pathway"]
    if "pathway" in expression["selections"] and not pathway["genes"]:
        given = [key for key in ("kegg", "gene_sets") if pathway[key]]
        if len(given) != 1:
            raise InputError(
                f"{where}: selection pathway needs one of expression.pathway.kegg, gene_sets (with name) or genes, "
                f"found {' and '.join(given) or 'nothing'}."
            )
        if given == ["gene_sets"] and not pathway["name"]:
            raise InputError(
                f"{where}: expression.pathway.gene_sets needs expression.pathway.name, the set to take; found nothing."
            )
    if "list" in expression["selections"] and not (expression["list"]["genes"] or expression["list"]["file"]):
        raise InputError(
            f"{where}: the selection list needs genes, found none. Give expression.list.genes or expression.list.file."
        )
    if values["samples"]["keep"] and "simulated" in values["source"]:
        raise InputError(
            f"{where}: samples.keep chooses by columns of a sample sheet, and a simulated cohort has none. Remove it."
        )
    known = ["condition", *covariates["categorical"], *covariates["numeric"]]
    for name, value in expression["sample"]["covariates"].items():
        if name not in known:
            raise InputError(
                f"{where}: expression.sample.covariates names {name}, which is no covariate of this cohort"
                f"{suggest(name, known)} Known: {', '.join(known)}."
            )
        if name in covariates["numeric"]:
            try:
                expression["sample"]["covariates"][name] = float(value)
            except ValueError:
                raise InputError(
                    f"{where}: expression.sample.covariates.{name} must be a number, for {name} is a numeric "
                    f"covariate; found {show(value)}."
                ) from None
