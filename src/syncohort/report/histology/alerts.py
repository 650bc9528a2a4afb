"""Alerts on histology: what a reader must know before trusting the numbers of tiles."""

from collections.abc import Iterator, Mapping
from typing import Any

from syncohort.histology.metrics import CELLS
from syncohort.histology.steering import OWN, PROGRAMME, REAL, SWAPPED
from syncohort.report.alert import Alert
from syncohort.report.histology.contents import HistologyReport, TileModelReport
from syncohort.report.histology.verdict import ALPHA, TOLD_APART, following, profile_rows, tissue_row, utility
from syncohort.report.image_alerts import excluded_images, near_training, short_training
from syncohort.report.wording import count, decimal, names

FEW_SLIDES, LEAST_UTILITY, SEEN = 20, 0.95, 0.5


def histology_alerts(report: HistologyReport, settings: Mapping[str, Any]) -> Iterator[Alert]:
    """Collect the alerts; `settings` is the complete mapping `histology`."""
    if "simulated" in settings["source"]:
        text = "The slides are drawn, and their cells follow genes by construction: they test the method, no tissue."
        yield Alert("note", text)
    yield from excluded_images(report.manifest, "slide_id", "slide")
    if report.noise is None:
        text = "No model of tiles is trained on noise alone, so nothing says what expression adds (condition: noise)."
        yield Alert("warning", text)
    row = tissue_row(report.models[0])
    if row is not None and row["ceiling"] < TOLD_APART:
        yield Alert(
            "note",
            "Tissues are hardly told apart by what is measured in real tiles (balanced accuracy "
            f"{decimal(row['ceiling'], 2)}), so what a classifier learns from synthetic ones says little.",
        )
    for model in report.models:
        untold = "how real tiles can become or how closely they can follow the expression"
        yield from short_training(model.name, model.histories, untold)
        yield from _likeness(model)
        if model.conditioned:
            yield from _steering(model)


def _likeness(model: TileModelReport) -> Iterator[Alert]:
    scores = model.metrics.set_index(["metric", "space"])
    kernel = scores.loc[("mmd", CELLS)]
    if kernel["value"] > (kernel["floor"] + kernel["ceiling"]) / 2:
        yield Alert(
            "warning", f"{model.name}: tiles are nearer to shuffled pixels than to real tiles (kernel distance)."
        )
    [nearest] = model.metrics.loc[model.metrics["metric"] == "nearest_training", "value"]
    yield from near_training(model.name, nearest, "tile")
    if (share := utility(model)) < LEAST_UTILITY:
        yield Alert(
            "warning",
            f"{model.name}: classifiers of tissue trained on synthetic tiles are {100 * share:.0f} % as accurate on "
            "real ones as those trained on real tiles.",
        )


def _steering(model: TileModelReport) -> Iterator[Alert]:
    against, own = profile_rows(model.steering, OWN)
    slides = int(own["slides"].max())
    if slides < FEW_SLIDES:
        yield Alert("warning", f"{model.name}: steering was tested on only {count(slides, 'held-out slide')}.")
    followed = following(own)
    if followed.empty:
        yield Alert("warning", f"{model.name}: the tiles follow the expression in nothing that was measured.")
    swapped = profile_rows(model.steering, SWAPPED)[1]
    still = [measure for measure in followed.index if swapped.loc[measure, "p_value"] <= ALPHA / len(own)]
    if still:
        yield Alert(
            "warning",
            f"{model.name}: told another patient’s expression, tiles still follow this one’s "
            f"{names([measure.replace('_', ' ') for measure in still])}: something beside the expression steers them.",
        )
    if against == PROGRAMME:
        seen = profile_rows(model.steering, REAL)[1]
        lost = [name for name in own.index if name not in followed.index and seen.loc[name, "correlation"] > SEEN]
        if lost:
            yield Alert(
                "note",
                f"{model.name}: real tiles show the programmes of {names([one.replace('_', ' ') for one in lost])}, "
                "and synthetic ones do not follow them.",
            )
