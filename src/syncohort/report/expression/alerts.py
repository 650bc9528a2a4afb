"""Alerts on gene expression: what a reader must know before trusting its numbers."""

from collections.abc import Iterator

from syncohort.core.cohort import curation_of
from syncohort.core.naming import FULL
from syncohort.core.splits import TEST, TRAIN, roles_of
from syncohort.report.alert import Alert
from syncohort.report.contents import CohortReport
from syncohort.report.expression.contents import ModelReport, SelectionReport
from syncohort.report.expression.self_test import self_test_finding, self_test_rows
from syncohort.report.expression.verdict import CARE, SHARING_WEIGHTS, UNKNOWN, UNUSABLE, USES, judge_metrics
from syncohort.report.figures.training_curves import best_step
from syncohort.report.summary import CohortNumbers
from syncohort.report.wording import count, names
from syncohort.sources.curation import SCALE_IN_DOUBT

FEW_PATIENTS, FEW_PAIRS, FEW_TESTED = 50, 20, 10
CURATED_SHARE = 0.05


def expression_alerts(report: CohortReport) -> list[Alert]:
    """Collect the alerts on gene expression."""
    found = [*_self_test(report), *_small_numbers(report), *_curation(report), *_untrained_levels(report)]
    for selection in report.selections:
        found += _selection(selection)
        for model in selection.models:
            found += _training(selection, model)
            found += _scores(selection, model)
            found += _critic(selection, model)
    return found


def _self_test(report: CohortReport) -> Iterator[Alert]:
    rows = self_test_rows(report)
    if any(row.passed is False for row in rows):
        yield Alert("warning", self_test_finding(rows))


def _small_numbers(report: CohortReport) -> Iterator[Alert]:
    numbers = CohortNumbers.of(report.cohort)
    if numbers.patients < FEW_PATIENTS:
        yield Alert("warning", f"The cohort is small: {numbers.patients} patients. Scores vary much between folds.")
    paired = report.settings["expression"]["test"]["method"] == "signed_rank"
    selections = {selection.name for selection in report.selections}
    if 0 < numbers.pairs < FEW_PAIRS and paired and "deg" in selections:
        text = f"Only {numbers.pairs} patients have both tumour and normal, which the paired test needs."
        yield Alert("warning", text)
    tested = min((report.splits[split] == TEST).sum() for split in report.splits if split.startswith("fold"))
    if tested < FEW_TESTED:
        text = f"A fold is tested on as few as {tested} patients: its ceiling and its scores are noisy."
        yield Alert("warning", text)


def _curation(report: CohortReport) -> Iterator[Alert]:
    for row in curation_of(report.cohort).itertuples():
        if row.step == SCALE_IN_DOUBT:
            yield Alert("warning", row.rule)
        # Lines that meet everything describe the source; they are not losses.
        if CURATED_SHARE * row.of <= row.number < row.of:
            share = f"{row.number:,} of {row.of:,} ({100 * row.number / row.of:.0f} %)"
            yield Alert("note", f"Curation, {row.step}: {share}; {row.rule}")


def _untrained_levels(report: CohortReport) -> Iterator[Alert]:
    samples = report.cohort.obs
    for split in [name for name in report.splits if name == FULL or name.startswith("fold")]:
        trained = samples[(roles_of(report.cohort, report.splits, split) == TRAIN).to_numpy()]
        for covariate in report.settings["covariates"]["categorical"]:
            untrained = sorted(set(samples[covariate].astype(str)) - set(trained[covariate].astype(str)))
            if untrained:
                text = (
                    f"In {split} no training patient has {covariate} {names(untrained)}: its samples there are guesses."
                )
                yield Alert("warning", text)


def _selection(selection: SelectionReport) -> Iterator[Alert]:
    samples = selection.removed.loc[selection.removed["kind"] == "sample", "name"]
    if len(samples):
        yield Alert("warning", f"The filter removed {count(len(samples), 'sample')}: {names(samples)}.")
    left_out = selection.genes[selection.genes["status"] != "selected"]
    for status, genes in left_out.groupby("status")["gene"]:
        yield Alert("note", f"Selection {selection.name}: {count(len(genes), 'gene')} {status}: {names(genes)}.")


def _training(selection: SelectionReport, model: ModelReport) -> Iterator[Alert]:
    settings = model.settings
    unfinished = [
        split
        for split, history in model.histories.items()
        if settings["patience"]
        and history["step"].iloc[-1] >= settings["max_steps"]
        and history["step"].iloc[-1] - best_step(history) < settings["patience"] * settings["validate_every"]
    ]
    if unfinished:
        yield Alert(
            "warning",
            f"{selection.name}, {model.name}: early stopping was never reached in {', '.join(unfinished)}; the "
            f"training ended at max_steps = {settings['max_steps']:,} and might improve with more.",
        )


def _scores(selection: SelectionReport, model: ModelReport) -> Iterator[Alert]:
    unknown = [
        verdict.metric.label for use in USES for verdict in judge_metrics(use, model) if verdict.grade == UNKNOWN
    ]
    if unknown:
        yield Alert(
            "note",
            f"{selection.name}, {model.name}: the verdict does without {names(unknown)}, because a number is missing "
            "or the ceiling is no better than the floor.",
        )


def _critic(selection: SelectionReport, model: ModelReport) -> Iterator[Alert]:
    (verdict,) = judge_metrics(SHARING_WEIGHTS, model)
    if verdict.grade in (CARE, UNUSABLE):
        yield Alert(
            "warning",
            f"{selection.name}, {model.name}: the critic knows the patients it was trained on (AUC "
            f"{verdict.value:.2f}, {verdict.ceiling:.2f} for others). Keep model.safetensors, which holds it, as "
            "confidential as the data; the synthetic samples hold nothing of it.",
        )
