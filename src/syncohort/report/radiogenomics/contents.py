"""What the report knows of a cohort's radiogenomics, as read from its results."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from syncohort.core.io import read_json, read_tsv
from syncohort.core.kinds import read_kind
from syncohort.radiogenomics.evaluation import ALPHA
from syncohort.radiogenomics.pairing import PAIRED

# The kind of model that predicts the median.
INTERCEPT = "intercept"


@dataclass(frozen=True, eq=False)
class RadiogenomicsReport:
    """What the wing found.

    Parameters
    ----------
    account
        Everybody with expression or images: `patient_id`, `status`, `reason`.
    scores, comparisons
        Errors of every model, and their differences from the models compared with.
    average_errors, feature_errors
        The same in the layout of the publication.
    predictions
        Model → its predictions of all folds.
    histories
        Network → fold → the course of its training.
    permutations, searches
        Models on exchanged features, and the learning rates that were tried; empty where there were none.
    associations, modules, false_alarms
        The association map, the number of genes of each module, and the share of permutations with a false alarm.
    attributions, enrichment
        Genes of the first network and gene sets among them; empty without a network.
    intercept
        Name of the model that predicts the median and that all others were compared with; None without one.
    truth
        What was planted in a simulated cohort: `trait`, `module`, `correlation`; None for patients.
    """

    account: pd.DataFrame
    scores: pd.DataFrame
    comparisons: pd.DataFrame
    average_errors: pd.DataFrame
    feature_errors: pd.DataFrame
    predictions: Mapping[str, pd.DataFrame]
    histories: Mapping[str, Mapping[str, pd.DataFrame]]
    permutations: pd.DataFrame
    searches: pd.DataFrame
    associations: pd.DataFrame
    modules: Mapping[str, int]
    false_alarms: Mapping[str, float]
    attributions: pd.DataFrame
    enrichment: pd.DataFrame
    intercept: str | None
    truth: pd.DataFrame | None

    @classmethod
    def load(cls, folder: Path, settings: Mapping[str, Any], folds: list[str]) -> Self:
        """Read the results of `results/{cohort}/radiogenomics`; `settings` is the mapping `radiogenomics`."""
        models = settings["models"]
        networks = [name for name, model in models.items() if read_kind(model["kind"], "radiogenomics").trained]
        return cls(
            account=read_tsv(folder / "patients.tsv"),
            scores=read_tsv(folder / "scores.tsv"),
            comparisons=read_tsv(folder / "comparisons.tsv"),
            average_errors=read_tsv(folder / "average_errors.tsv"),
            feature_errors=read_tsv(folder / "feature_errors.tsv"),
            predictions={
                name: pd.concat([read_tsv(folder / fold / name / "predictions.tsv") for fold in folds])
                for name in models
            },
            histories={
                name: {fold: read_tsv(folder / fold / name / "history.tsv") for fold in folds} for name in networks
            },
            permutations=read_tsv(folder / "permutations.tsv"),
            searches=read_tsv(folder / "searches.tsv"),
            associations=read_tsv(folder / "associations.tsv"),
            modules=read_json(folder / "modules.json"),
            false_alarms=read_json(folder / "false_alarms.json"),
            attributions=read_tsv(folder / "attributions.tsv") if networks else pd.DataFrame(),
            enrichment=read_tsv(folder / "enrichment.tsv") if networks else pd.DataFrame(),
            intercept=next((name for name in settings["compare_with"] if models[name]["kind"] == INTERCEPT), None),
            truth=read_tsv(folder / "truth.tsv") if "simulated" in settings["features"] else None,
        )

    @property
    def pairs(self) -> int:
        """Patients with both."""
        return int((self.account["status"] == PAIRED).sum())

    @property
    def features(self) -> list[str]:
        """Names of the features, in the order of the tables."""
        return list(dict.fromkeys(self.scores["feature"]))

    @property
    def models(self) -> list[str]:
        """Names of the models, in the order of the tables."""
        return list(dict.fromkeys(self.scores["model"]))

    def better_than(self, reference: str | None, measure: str = "mae") -> set[tuple[str, str]]:
        """Pairs of model and feature whose errors are significantly below those of another model."""
        table = self.comparisons
        won = table[
            (table["reference"] == reference)
            & (table["measure"] == measure)
            & (table["difference"] < 0)
            & (table["p_adjusted"] <= ALPHA)
        ]
        return set(zip(won["model"], won["feature"], strict=True))
