"""Alerts on CT nodules: what a reader must know before trusting their numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

from syncohort.nodule.metrics import NODULES
from syncohort.nodule.radiogenomic_map import CODE
from syncohort.report.alert import Alert
from syncohort.report.image_alerts import excluded_images, near_training, short_training
from syncohort.report.nodule.contents import NoduleModelReport, NoduleReport
from syncohort.report.nodule.genes import separated_by
from syncohort.report.nodule.verdict import ALPHA
from syncohort.report.wording import count, decimal, names, words

FEW_PATIENTS = 20
LEAST_SPREAD, MOST_SPREAD = 0.8, 1.25
LEAST_FOUND, LEAST_REAL = 0.8, 0.5


def nodule_alerts(report: NoduleReport, settings: Mapping[str, Any]) -> Iterator[Alert]:
    """Collect the alerts; `settings` is the complete mapping `nodule`."""
    if "simulated" in settings["source"]:
        text = "The CT are simulated phantoms whose nodules follow genes by construction: they test the method."
        yield Alert("note", text)
    yield from excluded_images(report.manifest, "subject_id", "subject", " with CT")
    if settings["prepare"]["backgrounds"] == "inpainted":
        yield Alert("note", "Backgrounds are slices whose nodule was painted over: they are smooth where it was.")
    yield Alert(
        "note",
        "Every synthetic slice shows the CT of a real patient around its nodule: treat it as that patient’s.",
    )
    for model in report.models:
        told = " or how closely they can follow the genes" if model.conditioned else ""
        yield from short_training(model.name, model.histories, f"how real nodules can become{told}")
        yield from _likeness(model)
        if model.conditioned:
            yield from _genes(model)


def _likeness(model: NoduleModelReport) -> Iterator[Alert]:
    spread = model.metrics[model.metrics["metric"] == "nodule_variance"].set_index("space")["value"]
    if NODULES not in spread.index:
        yield Alert("warning", f"{model.name}: hardly any slice has a nodule, so that nothing can be said of them.")
        return
    spread = spread.drop(NODULES)
    wrong = {
        "alike (mode collapse)": spread[spread < LEAST_SPREAD],
        "too different from each other": spread[spread > MOST_SPREAD],
    }
    for kind, ratios in wrong.items():
        if len(ratios):
            listed = names([f"{feature} {decimal(ratio, 2)}" for feature, ratio in ratios.items()])
            text = f"nodules are {kind}; their variance over that of real ones is: {listed}"
            yield Alert("warning", f"{model.name}: {text}.")
    scores = model.metrics[model.metrics["space"] == NODULES].set_index("metric")
    found = scores.loc["detection"]
    if found["ceiling"] < LEAST_REAL:
        text = f"the detector finds only {100 * found['ceiling']:.0f} % of held-out real nodules: it judges nothing"
        yield Alert("warning", f"{model.name}: {text} (nodule.detector).")
    elif found["value"] < LEAST_FOUND * found["ceiling"]:
        shares = [f"{100 * found[side]:.0f} %" for side in ("value", "ceiling")]
        text = f"the detector finds {shares[0]} of synthetic nodules and {shares[1]} of real ones."
        yield Alert("warning", f"{model.name}: {text}")
    yield from near_training(model.name, scores.loc["nearest_training", "value"], "nodule")


def _genes(model: NoduleModelReport) -> Iterator[Alert]:
    table = model.conditioning
    patients = int(table["patients"].max())
    if patients < FEW_PATIENTS:
        yield Alert("warning", f"{model.name}: genes were tested on only {count(patients, 'held-out patient')}.")
    silent = table[(table["swapped_p"] > ALPHA)]["feature"].map(words)
    if len(silent):
        yield Alert(
            "note",
            f"{model.name}: another patient’s genes change {names(list(silent))} no more than other noise does.",
        )
    if model.map is not None:
        yield from _map(model)


def _map(model: NoduleModelReport) -> Iterator[Alert]:
    table = model.map.separability
    tested = table.loc[table["q_value"].notna(), "variable"].nunique()
    if tested and not separated_by(model, CODE):
        yield Alert(
            "warning",
            f"{model.name}: the learnt gene code separates held-out patients by none of {count(tested, 'feature')} and "
            "labels better than chance: its map shows nothing that is known of them.",
        )
