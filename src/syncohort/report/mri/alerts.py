"""Alerts on brain MRI: what a reader must know before trusting their numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

from syncohort.core.naming import REAL
from syncohort.report.alert import Alert
from syncohort.report.image_alerts import excluded_images, near_training
from syncohort.report.mri.contents import MriModelReport, MriReport
from syncohort.report.wording import count, decimal
from syncohort.sources.volumes.labels import NESTED

FEW_PATIENTS, FEW_REPEATS = 20, 3
# Local texture counts as real within these.
LEAST_TEXTURE, MOST_TEXTURE = 0.8, 1.25
# ½ (½ − 1)² + ½ (½)²: the loss of a discriminator that answers ½ to everything.
CHANCE, NEAR_CHANCE = 0.25, 0.2


def mri_alerts(report: MriReport, settings: Mapping[str, Any]) -> Iterator[Alert]:
    """Collect the alerts; `settings` is the complete mapping `mri`."""
    if "simulated" in settings["source"]:
        yield Alert("note", "The brains are simulated phantoms, much alike: they show the protocol, and no benefit.")
    yield from excluded_images(report.manifest, "subject_id", "subject", " with images")
    repeats = settings["segment"]["repeats"]
    if repeats < FEW_REPEATS:
        yield Alert(
            "warning",
            f"Only {count(repeats, 'segmentation network')} per training set: chance in a training cannot be told from "
            "what it was trained on (mri.segment.repeats).",
        )
    yield Alert(
        "note",
        "Every synthetic brain has the outline and the tissue of a real one, whose patient might be known by it: treat "
        "synthetic images as those of patients.",
    )
    for model in report.models:
        yield from _small(model)
        yield from _utility(model)
        yield from _fidelity(model)
        yield from _adversary(model)


def _small(model: MriModelReport) -> Iterator[Alert]:
    patients = int(model.dice["patients"].min())
    if patients < FEW_PATIENTS:
        yield Alert("warning", f"Images of only {count(patients, 'held-out patient')}: intervals are wide.")


def _utility(model: MriModelReport) -> Iterator[Alert]:
    others = model.dice[(model.dice["training_set"] != REAL) & model.dice["region"].isin(NESTED)]
    worse = others[others["difference_high"] < 0]
    for training_set, rows in worse.groupby("training_set", sort=False):
        parts = [f"{row.region} by {decimal(-row.difference, 2)}" for row in rows.itertuples()]
        yield Alert(
            "warning",
            f"{model.name}: networks trained on {training_set} segment worse than those trained on real subjects: "
            f"{', '.join(parts)}.",
        )


def _fidelity(model: MriModelReport) -> Iterator[Alert]:
    scores = model.metrics.set_index(["metric", "space"])
    textures = scores.loc[[name for name in scores.index if name[0].startswith("texture_")], "value"]
    if len(textures) and not textures.between(LEAST_TEXTURE, MOST_TEXTURE).all():
        yield Alert(
            "warning",
            f"{model.name}: the texture of white matter has {decimal(textures.min(), 2)} to "
            f"{decimal(textures.max(), 2)} of the power of real images.",
        )
    brain = scores.loc[("ssim", "brain")]
    if brain["value"] < brain["floor"]:
        yield Alert(
            "note",
            f"{model.name}: in the brain the label painted in the mean brightness of each class is more similar to "
            f"the real images ({decimal(brain['floor'], 2)}) than what the model makes of it "
            f"({decimal(brain['value'], 2)}): structural similarity punishes texture in the wrong place more than "
            "none.",
        )
    yield from near_training(model.name, scores.loc[("nearest_training", "whole images"), "value"], "subject")


def _adversary(model: MriModelReport) -> Iterator[Alert]:
    last = min(float(history["discriminator_loss"].iloc[-1]) for history in model.histories.values())
    if last > NEAR_CHANCE:
        yield Alert(
            "note",
            f"{model.name}: the adversarial part barely acts. At the end the discriminator’s loss is "
            f"{decimal(last, 2)}, where one that cannot tell real from synthetic has {decimal(CHANCE, 2)}; brightness "
            "and texture come from the other terms.",
        )
