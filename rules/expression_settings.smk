"""The short functions by which the rules of the expression wing ask for their files and settings."""

from syncohort.core.kinds import is_own
from syncohort.core.naming import FULL, fold_names

STATISTICS = "results/{cohort}/expression/statistics/{split}"
SELECTION = "results/{cohort}/expression/{selection}/{split}"
MODEL = f"{SELECTION}/{{model}}"
CROSS_VALIDATION = "results/{cohort}/expression/{selection}/cross_validation/{model}"
JUDGED = ("metrics", "learning_curve", "self_test")


def model_setting(wildcards):
    """Settings of the model that the wildcards name."""
    return setting("expression", "models")(wildcards)[wildcards.model]


def own_code(wildcards):
    """The file of a generator of the user's own: a change of it re-runs its jobs."""
    kind = model_setting(wildcards)["kind"]
    return {"code": kind} if is_own(kind) else {}


def selection_evidence(wildcards):
    """Files by which a selection chooses genes, besides the cohort itself."""
    expression = setting("expression")(wildcards)
    pathway, listed = expression["pathway"], expression["list"]
    if wildcards.selection == "deg":
        return {name: expand(f"{STATISTICS}/{name}.tsv", **wildcards)[0] for name in ("test", "fold_change")}
    if wildcards.selection == "pathway" and not pathway["genes"]:
        kegg = pathway["kegg"] and dataset_record(f"kegg/{pathway['kegg']}")
        return {"kegg": kegg} if kegg else {"gene_sets": pathway["gene_sets"]}
    if wildcards.selection == "list" and listed["file"]:
        return {"file": listed["file"]}
    return {}


def named_gene_sets(wildcards):
    """File of gene sets, where the settings name one."""
    path = setting("expression", "pathway", "gene_sets")(wildcards)
    return {"gene_sets": path} if path else {}


def selection_settings(wildcards):
    """Settings by which a selection chooses genes; those of another selection would re-run it for nothing."""
    expression = setting("expression")(wildcards)
    if wildcards.selection == "deg":
        return {"threshold": expression["fold_change"]["threshold"], "alpha": expression["test"]["alpha"]}
    return expression[wildcards.selection]


def sample_settings(wildcards):
    """Settings by which a split's model is sampled: the cohort to take away, or draws for the scores of a fold."""
    expression = setting("expression")(wildcards)
    return expression["sample"] if wildcards.split == FULL else {"draws": expression["evaluate"]["draws"]}


def folds_of(wildcards):
    """Names of the folds of a cohort, of all repeats."""
    splits = setting("splits")(wildcards)
    return fold_names(splits["folds"], splits["repeats"])


def fold_scores(wildcards):
    """Scores, learning curves and self-tests of every fold of a model."""
    folds = folds_of(wildcards)
    return {table: expand(f"{MODEL}/{table}.tsv", split=folds, **wildcards) for table in JUDGED}


def exported_model(wildcards):
    """Final synthetic cohort of the model that users take away: the first in the settings."""
    first = next(iter(setting("expression", "models")(wildcards)))
    return expand(f"{MODEL}/synthetic.h5ad", split=FULL, model=first, **wildcards)


def synthetic_cohorts(cohort):
    """Synthetic cohorts that users take away."""
    selections = SETTINGS.cohorts[cohort].values["expression"]["selections"]
    return expand("results/{cohort}/expression/{selection}/synthetic.h5ad", cohort=cohort, selection=selections)


def expression_material(wildcards):
    """Everything on gene expression that a cohort's report is made of."""
    expression = setting("expression")(wildcards)
    folds = folds_of(wildcards)
    each = {**wildcards, "selection": expression["selections"], "model": list(expression["models"])}
    statistics = ["removed", "test", "fold_change"] if "deg" in expression["selections"] else ["removed"]
    return [
        *expand(f"{STATISTICS}/{{table}}.tsv", split=FULL, table=statistics, **each),
        *expand(f"{SELECTION}/genes.tsv", split=[FULL, *folds], **each),
        *expand(
            f"{MODEL}/history.tsv",
            split=[FULL, *folds],
            **{**each, "model": trained_models(expression["models"], "expression")},
        ),
        *expand(f"{MODEL}/{{file}}", split=FULL, file=["model.json", "synthetic.h5ad"], **each),
        *expand(f"{MODEL}/metrics.tsv", split=folds, **each),
        *expand(f"{CROSS_VALIDATION}{{ending}}.tsv", ending=["", ".learning_curve", ".self_test"], **each),
    ]
